import { createDatabase } from '@runledger/testkit';
import { logContract, type World } from '../log.contract';

const begin = async (more: { tailBytes?: number } = {}): Promise<World> => {
  const { url, drop } = await createDatabase('bus');
  return { place: { kind: 'postgres', url, ...more }, database: url, end: drop };
};

logContract('Postgres', () => begin());
logContract('Postgres, without the tail in memory', () => begin({ tailBytes: 0 }));
