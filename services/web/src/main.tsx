import '@mantine/core/styles.css';
import './app/page.css';
import { createRoot } from 'react-dom/client';
import { beginSession } from './api/session';
import { App } from './app/app';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root');
await beginSession();
createRoot(root).render(<App />);
