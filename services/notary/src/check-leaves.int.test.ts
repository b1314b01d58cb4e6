import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventRecord } from '@runledger/contracts';
import type { CheckLine, LedgerCheckAnswer } from '@runledger/contracts/http';
import { createLogger } from '@runledger/kernel';
import { announced, facts, metrics, openScene, type Scene } from '../test/notary-scene';
import { createLeavesCheck } from './check-leaves';
import { LedgerWatch } from './ledger-watch';
import { openNotaryRoom } from './notary-room';

let scene: Scene;
let file: string;

/** A stored file that a run names. */
async function stored(run: string) {
  const put = await scene.artifacts.put(
    (async function* () {
      yield Buffer.from('weights');
    })(),
  );
  const found = readdirSync(scene.artifactFolder, { recursive: true, withFileTypes: true }).find((one) => one.isFile());
  file = join(found?.parentPath ?? '', found?.name ?? '');
  const [time, dataversion] = ['2026-01-02T03:04:05.678Z', 1];
  const data = { path: 'w', ...put, mediaType: 'text/plain' };
  return eventRecord({
    source: 'test',
    actor: 'actor-1',
    recordedtime: time,
    workspace: 'default',
    topic: 'runs',
    subject: `run/${run}`,
    events: [{ id: `stored-${run}`, type: 'artifact.stored', time, dataversion, data }],
  });
}

beforeAll(async () => {
  scene = await openScene();
  const notary = await scene.notary();
  await scene.log.publish([announced('r1', { experiment: 'x' }), metrics('r1', 0), metrics('r2', 0)]);
  await scene.published();
  await scene.log.publish([facts('r1', ['a', 'b']), facts('r2', ['c'], { value: 'first' }), metrics('r1', 1)]);
  await scene.published();
  await scene.log.publish([await stored('r1'), await stored('r3')]);
  await scene.published();
  await notary.stop();
}, 120_000);
afterAll(() => scene.close());

async function check(key = scene.keys.admin, body: object = {}): Promise<{ status: number; lines: CheckLine[] }> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const answer = await fetch(`${scene.server.url}/api/v1/ledger/check`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  const lines = answer.status === 200 ? text.trimEnd().split('\n') : [];
  return { status: answer.status, lines: lines.map((line) => JSON.parse(line) as CheckLine) };
}

/** Where something differs, and of what. */
const named = ({ lines }: { lines: CheckLine[] }): string[] =>
  lines.flatMap((line) => (line.kind === 'difference' ? [`${line.where}: ${line.subject}`] : []));

/** What is said while one statement is undone again. */
async function after(tampering: string): Promise<string[]> {
  const { source } = scene;
  const tables = ['custody.log_record', 'custody.ledger_leaf', 'custody.ledger_tile', 'custody.ledger_checkpoint'];
  for (const [at, table] of tables.entries()) await source.query(`create table kept_${at} as select * from ${table}`);
  await source.query(tampering);
  const said = named(await check());
  for (const [at, table] of tables.entries()) {
    await source.query(`delete from ${table}`);
    await source.query(`insert into ${table} select * from kept_${at}`);
    await source.query(`drop table kept_${at}`);
  }
  expect(named(await check())).toEqual([]);
  return said;
}

it('finds nothing where nothing was touched, and compares every leaf and every checkpoint', async () => {
  const { lines } = await check();
  expect(lines).toEqual([
    expect.objectContaining({ kind: 'result', records: 9, compared: expect.any(Number) as number, differences: 0 }),
  ]);
  expect(lines[0]).toHaveProperty(
    'compared',
    (await scene.source.query('select from custody.ledger_checkpoint')).length,
  );
});

it('is for admins, and another workspace has nothing of it', async () => {
  expect((await check(scene.keys.reader)).status).toBe(403);
  expect((await check(scene.keys.otherAdmin)).lines).toEqual([expect.objectContaining({ kind: 'result', records: 0 })]);
});

const runs = `topic = 'runledger.runs.v1'`;
const points = `topic = 'runledger.metrics.v1'`;
const flip = (column: string) => `set ${column} = set_byte(${column}, 9, get_byte(${column}, 9) # 1)`;

it.each([
  [
    'a record of the log that says something else',
    `update custody.log_record set value = convert_to(replace(convert_from(value, 'UTF8'), 'first', 'later'), 'UTF8') where ${runs}`,
    [/^log: what leaf \d commits to: run\/r2$/],
  ],
  [
    'a record that is not one any more',
    `update custody.log_record set value = 'x' where ${runs} and key = 'default/run/r2'`,
    [/^log: what leaf \d commits to: run\/r2$/],
  ],
  [
    'a record that somebody else is said to have sent',
    `update custody.log_record set headers = headers || '{"ce_actor": "actor-2"}' where ${runs} and key = 'default/run/r2'`,
    [/^log: what leaf \d says of its event: run\/r2$/],
  ],
  [
    'points that were altered',
    `update custody.log_record ${flip('value')} where ${points} and key = 'default/run/r2'`,
    [/^log: records 0 to \d of leaf \d: segment\/runledger\.metrics\.v1\/\d$/],
  ],
  [
    'a record that was taken out',
    `delete from custody.log_record where ${runs} and key = 'default/run/r2'`,
    [/^log: what leaf \d commits to: run\/r2$/],
  ],
  [
    'a leaf that was altered',
    `update custody.ledger_leaf set entry = convert_to(replace(convert_from(entry, 'UTF8'), 'actor-1', 'actor-2'), 'UTF8') where event = 'c'`,
    [
      /^log: what leaf \d says of its event: run\/r2$/,
      /^tiles: tile\/0\/0$/,
      /^leaves: checkpoint\/7$/,
      /^leaves: checkpoint\/9$/,
    ],
  ],
  ['a leaf that was taken out', `delete from custody.ledger_leaf where index = 4`, [/^leaves: leaf 4$/]],
  ['a tile', `update custody.ledger_tile ${flip('bytes')} where level = 0`, [/^tiles: tile\/0\/0$/]],
  [
    'a checkpoint of another root',
    `update custody.ledger_checkpoint ${flip('root')} where size = 7`,
    [/^checkpoints: the note: checkpoint\/7$/],
  ],
])('names %s', async (_, tampering, expected) => {
  const said = await after(tampering);
  expect(said).toEqual(expected.map((one) => expect.stringMatching(one) as string));
});

it.each([
  ['was altered', () => writeFileSync(file, 'weightz'), createHash('sha256').update('weightz').digest('hex')],
  ['was cut', () => writeFileSync(file, 'weight'), createHash('sha256').update('weight').digest('hex')],
  ['is gone', () => rmSync(file), null],
])('names a stored file that %s, once', async (_, tampering, found) => {
  const whole = readFileSync(file);
  tampering();
  const { lines } = await check();
  const quick = await check(scene.keys.admin, { artifacts: false });
  writeFileSync(file, whole);
  expect(lines.slice(0, -1)).toEqual([
    expect.objectContaining({
      subject: expect.stringMatching(/^run\/r[13]$/) as string, // they are in two partitions
      where: expect.stringMatching(/^artifacts: the file of leaf \d$/) as string,
      expected: { rows: 1, digest: createHash('sha256').update(whole).digest('hex') },
      found: found === null ? null : { rows: 1, digest: found },
    }),
  ]);
  expect(named(quick)).toEqual([]);
  expect(named(await check())).toEqual([]);
});

it('refuses a body that it does not know', async () => {
  expect((await check(scene.keys.admin, { files: true })).status).toBe(400);
});

describe('in the background', () => {
  const last = async (key: string): Promise<LedgerCheckAnswer['last']> => {
    const answer = await fetch(`${scene.server.url}/api/v1/ledger/check`, {
      headers: { authorization: `Bearer ${key}` },
    });
    return ((await answer.json()) as LedgerCheckAnswer).last;
  };
  function watch(hours: number): LedgerWatch {
    const { source, log, artifacts } = scene;
    const room = openNotaryRoom(source);
    const check = createLeavesCheck({ source, log, room, artifacts });
    return new LedgerWatch({ source, logger: createLogger('watch', 'silent'), reads: room.reads, check, hours });
  }

  it('is kept and told, to each workspace its own, and not done again before its time', async () => {
    expect(await last(scene.keys.reader)).toBeNull();
    const whole = readFileSync(file);
    writeFileSync(file, 'other');
    await watch(1).checkDue();
    const first = await last(scene.keys.reader);
    expect(first).toMatchObject({
      records: 9,
      differences: 1,
      found: [{ where: expect.stringMatching('^artifacts') as string }],
    });
    expect(await last(scene.keys.other)).toBeNull();
    writeFileSync(file, whole);
    await watch(1).checkDue();
    expect(await last(scene.keys.reader)).toEqual(first);
    await watch(0).checkDue();
    expect(await last(scene.keys.reader)).toMatchObject({ records: 9, differences: 0, found: [] });
  });

  it('ends when it is stopped', async () => {
    const stopped = watch(1);
    stopped.start();
    await stopped.stop();
  });
});
