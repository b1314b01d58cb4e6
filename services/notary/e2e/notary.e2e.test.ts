import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Log, openPostgresLog } from '@runledger/bus';
import { createLogger } from '@runledger/kernel';
import { openDataSource } from '@runledger/postgres';
import {
  createDatabase,
  eventually,
  type Spawned,
  spawnProgram,
  type TemporaryFolder,
  type TestDatabase,
  temporaryFolder,
  WORKSPACE,
} from '@runledger/testkit';
import type { DataSource } from 'typeorm';
import { facts, HOST, isPublished, metrics } from '../test/notary-scene';
import { brokenStreams, leavesOf, type ReadLog, readLog } from '../test/read-log';

const run = promisify(execFile);
const ORIGIN = `${HOST}/log/default`;

let database: TestDatabase;
let source: DataSource;
let log: Log;
let folder: TemporaryFolder;
let running: Spawned | undefined;
let sent = 0;

beforeAll(async () => {
  database = await createDatabase('notary_crash');
  source = await openDataSource(database.url);
  log = await openPostgresLog({ url: database.url, logger: createLogger('test', 'silent') });
  folder = temporaryFolder('notary');
});
afterAll(async () => {
  running?.kill('SIGKILL');
  await running?.ended;
  await log.close();
  await source.destroy();
  await database.drop();
  folder.remove();
});

function start(failpoint?: string): Spawned {
  running = spawnProgram(process.execPath, [`${WORKSPACE}/services/notary/dist/main.js`], {
    env: {
      RUNLEDGER_PORT: '0',
      RUNLEDGER_AUTH: 'off',
      RUNLEDGER_POSTGRES_URL: database.url,
      RUNLEDGER_NOTARY_HOST: HOST,
      RUNLEDGER_NOTARY_KEY: `${folder.path}/notary.key`,
      RUNLEDGER_NOTARY_SEGMENT_MS: '200',
      RUNLEDGER_LOG_LEVEL: 'warn',
      ...(failpoint === undefined ? {} : { RUNLEDGER_FAILPOINT: failpoint }),
    },
  });
  return running;
}
const urlOf = async (notary: Spawned): Promise<string> => (await notary.line(/ready at (\S+)/))[1] ?? '';
const read = (url: string): Promise<ReadLog> => readLog({ url, workspace: 'default', key: 'any' }, ORIGIN);
const publishedSize = async (): Promise<number> => {
  const [row]: Array<{ published: string }> = await source.query('select published from custody.ledger_log');
  return Number(row?.published ?? 0);
};

async function send(): Promise<void> {
  const n = sent++;
  await log.publish([facts(`run-${n % 7}`, [`event-${n}-a`, `event-${n}-b`]), metrics(`run-${n % 7}`, n)]);
}

it('a notary that is killed with -9 at each of its steps, under load, leaves nothing out and never takes a root back', async () => {
  let sending = true;
  const load = (async () => {
    for (; sending; await sleep(30)) await send();
  })();
  let size = 0;
  for (const failpoint of [
    'ledger.before-sequenced:3',
    'ledger.after-sequenced:3',
    'ledger.after-integrated:1',
    'ledger.after-signed:1',
    'ledger.after-published:1',
    'ledger.after-signed:2',
  ]) {
    expect([failpoint, await start(failpoint).ended]).toEqual([failpoint, 'SIGKILL']);
    const now = await publishedSize();
    expect(now).toBeGreaterThanOrEqual(size);
    size = now;
  }
  sending = false;
  await load;
  const healthy = start();
  const url = await urlOf(healthy);
  await eventually(() => isPublished(source, log), 60_000);

  const whole = await read(url);
  const leaves = leavesOf(whole);
  const ids = leaves.filter(({ type }) => type === 'tags.set').map(({ id }) => id);
  expect(new Set(ids)).toEqual(
    new Set(Array.from({ length: sent }, (_, n) => [`event-${n}-a`, `event-${n}-b`]).flat()),
  );
  expect(ids).toHaveLength(sent * 2);
  expect(leaves.reduce((sum, { segment }) => sum + (segment?.points ?? 0), 0)).toBe(sent * 10);
  expect(brokenStreams(whole)).toEqual([]);
  const signed: Array<{ size: string; root: Buffer }> = await source.query(
    'select size, root from custody.ledger_checkpoint order by size',
  );
  expect(signed.length).toBeGreaterThan(3);
  for (const one of signed)
    expect([one.size, whole.continues({ origin: ORIGIN, size: Number(one.size), root: one.root })]).toEqual([
      one.size,
      true,
    ]);
  expect(await healthy.stop()).toBe(0);
}, 240_000);

describe('a verifier of other people, written in Go', () => {
  let verify: (...more: string[]) => Promise<{ code: number; said: string }>;
  let notary: Spawned;

  beforeAll(async () => {
    const program = `${folder.path}/verify`;
    const cwd = `${WORKSPACE}/services/notary/e2e/verify`;
    await run('go', ['build', '-o', program, '.'], { cwd, timeout: 500_000 });
    notary = start();
    const url = `${await urlOf(notary)}/log/default`;
    await eventually(() => isPublished(source, log), 60_000);
    const vkey = (await (await fetch(`${url}/vkey`)).text()).trim();
    verify = (...more) =>
      run(program, ['-url', url, '-vkey', vkey, ...more], { timeout: 60_000 }).then(
        ({ stdout }) => ({ code: 0, said: stdout.trim() }),
        (error: { code: number; stderr: string }) => ({ code: error.code, said: error.stderr.trim() }),
      );
  }, 560_000);
  afterAll(async () => {
    await notary.stop();
  });

  it('reads the log, and agrees, also that it goes on from each earlier checkpoint', async () => {
    for (let i = 0; i < 150; i++) await send(); // more than one full tile
    await eventually(() => isPublished(source, log), 60_000);
    const size = await publishedSize();
    expect(size).toBeGreaterThan(300);
    expect(await verify()).toEqual({ code: 0, said: `${ORIGIN}: ${size} entries are as they were signed` });
    const notes: Array<{ note: string }> = await source.query(
      'select note from custody.ledger_checkpoint order by size',
    );
    for (const { note } of [notes[0], notes.at(-2)].flatMap((one) => one ?? [])) {
      writeFileSync(`${folder.path}/old.txt`, note);
      expect(await verify('-old', `${folder.path}/old.txt`)).toMatchObject({ code: 0 });
    }
  });

  const flip = (column: string) => `set_byte(${column}, 9, get_byte(${column}, 9) # 1)`;
  it.each([
    ['an entry', `update custody.ledger_leaf set entry = ${flip('entry')} where index = 5`, /^entry 5:/],
    [
      'a hash of a tile',
      `update custody.ledger_tile set bytes = ${flip('bytes')} where level = 0 and index = 0`,
      /^(entry 0|tiles):/,
    ],
    ['a root', `update custody.ledger_tile set bytes = ${flip('bytes')} where level = 1 and index = 0`, /tiles/],
  ])('names %s that was changed behind our back', async (_, tampering, name) => {
    const before: object[] = await source.query('select index, entry from custody.ledger_leaf order by index limit 6');
    const [leaf, tile] = ['ledger_leaf', 'ledger_tile'].map((table) => `custody.${table}`);
    await source.query(`create table kept_leaf as select * from ${leaf}`);
    await source.query(`create table kept_tile as select * from ${tile}`);
    await source.query(tampering);
    const { code, said } = await verify();
    expect([code, said]).toEqual([1, expect.stringMatching(name) as string]);
    await source.query(
      `update ${leaf} l set entry = k.entry from kept_leaf k where k.workspace = l.workspace and k.index = l.index`,
    );
    await source.query(
      `update ${tile} t set bytes = k.bytes from kept_tile k
       where k.workspace = t.workspace and k.level = t.level and k.index = t.index`,
    );
    await source.query('drop table kept_leaf, kept_tile');
    expect(await source.query('select index, entry from custody.ledger_leaf order by index limit 6')).toEqual(before);
    expect(await verify()).toMatchObject({ code: 0 });
  });

  it('refuses a checkpoint that somebody else signed', async () => {
    const other = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
    expect(await verify('-vkey', other)).toMatchObject({
      code: 1,
      said: expect.stringContaining('checkpoint') as string,
    });
  });
});
