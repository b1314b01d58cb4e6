import type { Route } from './route-table';

const pattern = (path: string): RegExp =>
  new RegExp(
    `^${path
      .split('/')
      .map((part) => (part === '*' ? '.*' : part.startsWith(':') ? '[^/]+' : part.replaceAll(/[^\w-]/g, '\\$&')))
      .join('/')}$`,
  );

/** The methods that a path has routes for (RFC 9110, 10.2.1). None means that there is nothing at this path. */
export function createAllowedMethods(routes: readonly Route[]): (url: string) => string[] {
  const known = routes.map(({ method, path }) => ({ method, path: pattern(path) }));
  return (url) => {
    const [path = ''] = url.split('?');
    const methods = known.filter((route) => route.path.test(path)).map(({ method }) => method);
    return [...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : method)))].sort();
  };
}
