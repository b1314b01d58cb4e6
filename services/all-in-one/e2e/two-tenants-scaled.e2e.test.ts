import { createKeyStore } from '@runledger/access';
import { openDataSource } from '@runledger/postgres';
import { twoTenantsContract } from '../test/two-tenants.contract';
import { openScaledShape, urlOf } from './scaled-shape';

const SERVICES = ['ingest', 'mlflow', 'query', 'projector', 'notary'] as const;

type Described = Readonly<{ paths: Record<string, Record<string, Readonly<{ security: readonly unknown[] }>>> }>;
type Route = Readonly<{ method: string; path: string; pattern: RegExp; isGuarded: boolean; url: string }>;

/** The routes of a process, as it describes them. */
async function routesAt(url: string): Promise<Route[]> {
  const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as Described;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({
      method: method.toUpperCase(),
      path: path.replaceAll('{path}', '*').replace(/\{(\w+)\}/g, ':$1'),
      pattern: new RegExp(`^${path.replaceAll('{path}', '.+').replace(/\{\w+\}/g, '[^/]+')}$`),
      isGuarded: security.length > 0,
      url,
    })),
  );
}

twoTenantsContract(async () => {
  const shape = await openScaledShape('tenants');
  const urls = await Promise.all(SERVICES.map((name) => urlOf(shape.start(name))));
  const routes = (await Promise.all(urls.map(routesAt))).flat();
  const source = await openDataSource(shape.databaseUrl, { poolSize: 2 });
  await source.query(`insert into custody.workspace (id, name) values ('other', 'Other')`);
  const draft = { workspace: 'other', label: 'admin', permissions: ['admin'] } as const;
  const { key: other } = await createKeyStore(source).create(draft);
  return {
    source,
    admins: { default: shape.key, other },
    doorOf: (method, path) => {
      const [place = ''] = path.split('?');
      const found = routes.find((route) => route.method === method && route.pattern.test(place));
      if (found === undefined) throw new Error(`no process answers ${method} ${path}`);
      return found.url;
    },
    reads: [
      ...new Set(routes.filter(({ method, isGuarded }) => method === 'GET' && isGuarded).map(({ path }) => path)),
    ],
    async close() {
      await source.destroy();
      await shape.stop();
    },
  };
}, 1);
