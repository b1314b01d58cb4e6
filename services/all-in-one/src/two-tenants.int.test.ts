import { createKeyStore } from '@runledger/access';
import { openScene } from '../test/governance-scene';
import { twoTenantsContract } from '../test/two-tenants.contract';

twoTenantsContract(async () => {
  const { source, keys, server, close } = await openScene();
  const draft = { workspace: 'other', label: 'admin', permissions: ['admin'] } as const;
  const { key: other } = await createKeyStore(source).create(draft);
  const isRead = ({ method, access }: (typeof server.routes)[number]) => method === 'GET' && access !== 'public';
  const reads = server.routes.filter(isRead).map(({ path }) => path);
  return { source, admins: { default: keys.admin, other }, doorOf: () => server.url, reads, close };
}, 3);
