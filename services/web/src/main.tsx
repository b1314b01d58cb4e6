import '@mantine/core/styles.css';
import './page.css';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { beginSession } from './session';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root');
await beginSession();
createRoot(root).render(<App />);
