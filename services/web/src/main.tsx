import './app/mantine.css';
import './app/page.css';
import { createRoot } from 'react-dom/client';
import { beginSession } from './api/session';
import { App } from './app/app';
import { pathOfMlflowLink } from './app/mlflow-link';
import { router } from './app/routes';

function followMlflowLink(): void {
  const path = pathOfMlflowLink(location.hash);
  if (path !== null) router.history.replace(path);
}

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root');
await beginSession();
followMlflowLink();
addEventListener('hashchange', followMlflowLink);
createRoot(root).render(<App />);
