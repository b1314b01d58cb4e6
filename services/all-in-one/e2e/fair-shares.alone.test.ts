import { readFileSync } from 'node:fs';
import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { fairestShares } from './fair-shares';
import { openScaledShape, type ScaledShape, urlOf } from './scaled-shape';

const SCALE = Number(process.env['LONG_SCALE'] ?? 0.05);
/** The first moments of a flood count most: a turn must be long enough that they are not all of it. */
const SECONDS = Math.max(4, 40 * SCALE);
const MOST = 2;
const WITHIN_MS = 3 * (SECONDS * 10_000 + 60_000);

/** The embedded database of a server: its password is a file, its port the fourth line of Postgres' own. */
function databaseIn(folder: string): string {
  const [, , , port] = readFileSync(`${folder}/cluster/postmaster.pid`, 'utf8').split('\n');
  return `postgres://runledger:${readFileSync(`${folder}/password`, 'utf8').trim()}@127.0.0.1:${port}/runledger`;
}

describe('nine quiet tenants beside one who floods, in one process', () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  beforeAll(async () => {
    folder = temporaryFolder('shares');
    server = await startAllInOne(`${folder.path}/data`);
  }, 120_000);
  afterAll(async () => {
    await server.process.stop();
    folder.remove();
  });

  it(
    `wait at most ${MOST} times as long, and are refused nothing`,
    async () => {
      const { url } = server;
      const databaseUrl = databaseIn(`${folder.path}/data/postgres`);
      const shares = await fairestShares({ write: url, read: url, databaseUrl }, 'one', SECONDS, MOST);
      expect((shares.flood['200'] ?? 0) + (shares.flood['202'] ?? 0)).toBeGreaterThan(100);
      expect(shares.beside / shares.alone).toBeLessThanOrEqual(MOST);
    },
    WITHIN_MS,
  );
});

/** Without a quota, which would stop the flood after a few seconds of each ten: that is tested in limits.e2e.test.ts. */
describe('nine quiet tenants beside one who floods, in the scaled shape', () => {
  let shape: ScaledShape;
  beforeAll(async () => {
    shape = await openScaledShape('shares');
  }, 120_000);
  afterAll(() => shape.stop(), 60_000);

  it(
    `wait at most ${MOST} times as long, and are refused nothing`,
    async () => {
      const [write, read] = [await urlOf(shape.start('ingest')), await urlOf(shape.start('query'))];
      await shape.start('projector').line(/ready/);
      const { databaseUrl } = shape;
      const shares = await fairestShares({ write, read, databaseUrl }, 'scaled', SECONDS, MOST);
      expect(shares.flood['202'] ?? 0).toBeGreaterThan(100);
      expect(shares.beside / shares.alone).toBeLessThanOrEqual(MOST);
    },
    WITHIN_MS,
  );
});
