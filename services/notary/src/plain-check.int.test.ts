import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventRecord, type LogRecord, type Position } from '@runledger/contracts';
import { ledgerCheckAnswer } from '@runledger/contracts/http';
import { createLogger } from '@runledger/kernel';
import { drawing } from '@runledger/testkit';
import { facts, HOST, metrics, openScene, type Scene } from '../test/notary-scene';
import { readLog } from '../test/read-log';
import { createLeavesCheck } from './check-leaves';
import { LedgerWatch } from './ledger-watch';
import { openNotaryRoom } from './notary-room';

// What the check in the background tells is held against a plain evaluation: of all that was recorded in two workspaces, and of
// all that was altered since, several things at once.
const SEED = 17;
const WORKSPACES = ['default', 'other'] as const;
type Workspace = (typeof WORKSPACES)[number];
/** A record as it was sent: the events of facts each with what it says, or points. */
type Sent = Readonly<{ at: Position; workspace: Workspace; run: string; says: ReadonlyMap<string, string> | null }>;
type Leaf = Readonly<{
  id: string;
  stream: string;
  segment?: { topic: string; partition: number; first: number; last: number };
}>;
type Log = Readonly<{ leaves: readonly Leaf[]; checkpoints: readonly number[] }>;
/** What was done to what is kept. */
type Deed =
  | Readonly<{ kind: 'record altered' | 'record said by another' | 'record of other ids' | 'record gone'; of: Sent }>
  | Readonly<{ kind: 'leaf altered' | 'tile altered'; workspace: Workspace; index: number }>
  | Readonly<{ kind: 'root altered'; workspace: Workspace; size: number }>
  | Readonly<{ kind: 'file altered' | 'file gone'; digest: string }>;

let scene: Scene;
const sent: Sent[] = [];
const logs = new Map<Workspace, Log>();
const draw = drawing(SEED);
const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T;

async function send(record: LogRecord, more: Omit<Sent, 'at'>): Promise<void> {
  const [at] = await scene.log.publish([record]);
  if (at !== undefined) sent.push({ at, ...more });
}

/** A file, named by a run. */
async function store(workspace: Workspace, run: string, id: string, text: string): Promise<void> {
  const bytes = async function* () {
    yield Buffer.from(text);
  };
  const { digest, size } = await scene.artifacts.put(bytes());
  const [recordedtime, dataversion] = ['2026-01-02T03:04:05.678Z', 1];
  const data = { path: 'w', digest, size, mediaType: 'text/plain' };
  const events = [{ id, type: 'artifact.stored', time: recordedtime, dataversion, data }];
  const shared = { source: 'test', actor: 'actor-1', recordedtime, topic: 'runs' } as const;
  const record = eventRecord({ ...shared, workspace, subject: `run/${run}`, events });
  await send(record, { workspace, run, says: new Map([[id, digest]]) });
}

async function recordAtRandom(): Promise<void> {
  const again: Array<Parameters<typeof facts>> = [];
  for (let round = 0; round < 90; round++) {
    const [workspace, run] = [pick(WORKSPACES), `r${Math.floor(draw() * 4)}`];
    const chance = draw();
    if (chance < 0.3) await send(metrics(run, round, 3, workspace), { workspace, run, says: null });
    else if (chance < 0.5) await store(workspace, run, `stored-${round}`, `file ${Math.floor(draw() * 5)}`);
    else {
      const ids = Array.from({ length: 1 + Math.floor(draw() * 3) }, (_, i) => `fact-${round}-${i}`);
      const said = { workspace, value: pick(['one', 'two']) };
      // The same events once more, in the same words or in others.
      const old = draw() < 0.3 ? pick(again) : undefined;
      const next: Parameters<typeof facts> =
        old === undefined
          ? [run, ids, said]
          : [old[0], old[1], { ...old[2], ...(draw() < 0.5 ? { value: 'three' } : {}) }];
      again.push(next);
      const [of, events, { workspace: where = 'default', value = '' } = {}] = next;
      await send(facts(...next), {
        workspace: where as Workspace,
        run: of,
        says: new Map(events.map((id) => [id, value])),
      });
    }
    if (round % 30 === 29) await scene.published();
  }
}

beforeAll(async () => {
  scene = await openScene();
  const notary = await scene.notary();
  await recordAtRandom();
  await scene.published();
  await notary.stop();
  for (const workspace of WORKSPACES) {
    const key = workspace === 'other' ? scene.keys.other : scene.keys.reader;
    const { entries } = await readLog({ url: scene.server.url, workspace, key }, `${HOST}/log/${workspace}`);
    const rows: Array<{ size: string }> = await scene.source.query(
      'select size from custody.ledger_checkpoint where workspace = $1 order by size',
      [workspace],
    );
    const leaves = entries.map((entry) => JSON.parse(entry.toString()) as Leaf);
    logs.set(workspace, { leaves, checkpoints: rows.map(({ size }) => Number(size)) });
  }
}, 120_000);
afterAll(() => scene.close());

const logOf = (workspace: Workspace): Log => logs.get(workspace) ?? { leaves: [], checkpoints: [] };

/** The records that leaves of events were made of: of each wording the first, in the order in which they came. */
function originOf(workspace: Workspace): Map<number, Sent> {
  const origins = new Map<number, Sent>();
  const seen = new Set<string>();
  const next = new Map<string, number>();
  for (const one of sent.filter((each) => each.workspace === workspace))
    for (const [id, words] of one.says ?? []) {
      if (seen.has(`${id} ${words}`)) continue;
      seen.add(`${id} ${words}`);
      const index = logOf(workspace).leaves.findIndex((leaf, at) => leaf.id === id && at > (next.get(id) ?? -1));
      next.set(id, index);
      origins.set(index, one);
    }
  return origins;
}

const fileOf = (digest: string): string =>
  join(
    scene.artifactFolder,
    readdirSync(scene.artifactFolder, { recursive: true, encoding: 'utf8' }).find((name) =>
      name.endsWith(digest.slice('sha256:'.length + 2)),
    ) ?? '',
  );

/** What is to be found in a workspace, as `where: subject`. */
function expectedIn(workspace: Workspace, deeds: readonly Deed[]): string[] {
  const { leaves, checkpoints } = logOf(workspace);
  const origins = originOf(workspace);
  const own = deeds.filter((deed) => 'workspace' in deed && deed.workspace === workspace);
  const altered = own.flatMap((deed) => (deed.kind === 'leaf altered' ? [deed.index] : []));
  const doneTo = (one: Sent): Deed['kind'] | undefined => deeds.find((deed) => 'of' in deed && deed.of === one)?.kind;
  const payloads = [...origins].flatMap(([index, one]) => {
    const done = doneTo(one);
    const isOther = done === 'record altered' || done === 'record gone';
    const isSaidElse = done === 'record said by another' || done === 'record of other ids' || altered.includes(index);
    return [
      ...(isOther ? [`log: what leaf ${index} commits to: run/${one.run}`] : []),
      ...(isSaidElse && done !== 'record gone' ? [`log: what leaf ${index} says of its event: run/${one.run}`] : []),
    ];
  });
  const segments = leaves.flatMap(({ stream, segment }, index) => {
    if (segment === undefined) return [];
    const { topic, partition, first, last } = segment;
    const isIn = ({ at }: Sent): boolean =>
      at.topic === topic && at.partition === partition && at.offset >= first && at.offset <= last;
    return sent.some((one) => one.workspace === workspace && isIn(one) && doneTo(one) !== undefined)
      ? [`log: records ${first} to ${last} of leaf ${index}: ${stream}`]
      : [];
  });
  const indices = own.flatMap((deed) => ('index' in deed ? [deed.index] : []));
  /** What was added by one checkpoint is looked at together. */
  const tiles = checkpoints.flatMap((size, i) =>
    indices.some((index) => index < size && index >= (checkpoints[i - 1] ?? 0)) ? ['tiles: tile/0/0'] : [],
  );
  const trees = checkpoints.flatMap((size) =>
    altered.some((index) => index < size) ? [`leaves: checkpoint/${size}`] : [],
  );
  const notes = own.flatMap((deed) => ('size' in deed ? [`checkpoints: the note: checkpoint/${deed.size}`] : []));
  const files = deeds.flatMap((deed) => {
    if (!('digest' in deed)) return [];
    // Whoever names it first, of those whose record still says so.
    const naming = [...origins]
      .sort(([a], [b]) => a - b)
      .find(
        ([index, one]) =>
          one.says?.get(leaves[index]?.id ?? '') === deed.digest &&
          !deeds.some((other) => 'of' in other && other.of === one),
      );
    return naming === undefined ? [] : [`artifacts: the file of leaf ${naming[0]}: run/${naming[1].run}`];
  });
  return [...payloads, ...segments, ...tiles, ...trees, ...notes, ...files].sort();
}

const FLIP = (column: string, at: number): string =>
  `set ${column} = set_byte(${column}, ${at}, get_byte(${column}, ${at}) # 1)`;

/** Other words in place of those of facts, and other bytes in points. */
const other = ({ says }: Sent, words: string, by: string): string =>
  says === null
    ? FLIP('value', 9)
    : `set value = convert_to(replace(convert_from(value, 'UTF8'), '${words}', '${by}'), 'UTF8')`;

async function commit(deed: Deed): Promise<void> {
  const { source } = scene;
  const row = 'of' in deed ? [deed.of.at.topic, deed.of.at.partition, deed.of.at.offset] : [];
  const RECORD = 'where topic = $1 and partition = $2 and off = $3';
  switch (deed.kind) {
    case 'record altered':
      return void (await source.query(
        `update custody.log_record ${other(deed.of, '"data":{', '"data":{"no":1,')} ${RECORD}`,
        row,
      ));
    case 'record of other ids':
      return void (await source.query(
        `update custody.log_record ${other(deed.of, '"id":"', '"id":"x')} ${RECORD}`,
        row,
      ));
    case 'record said by another':
      return void (await source.query(
        `update custody.log_record set headers = headers || '{"ce_actor": "actor-2"}' ${RECORD}`,
        row,
      ));
    case 'record gone':
      return void (await source.query(`delete from custody.log_record ${RECORD}`, row));
    case 'leaf altered':
      return void (await source.query(
        `update custody.ledger_leaf set entry = convert_to(replace(convert_from(entry, 'UTF8'), '"recorded":"2', '"recorded":"3'), 'UTF8')
         where workspace = $1 and index = $2`,
        [deed.workspace, deed.index],
      ));
    case 'tile altered':
      return void (await source.query(
        `update custody.ledger_tile ${FLIP('bytes', deed.index * 32 + 5)} where workspace = $1 and level = 0 and index = 0`,
        [deed.workspace],
      ));
    case 'root altered':
      return void (await source.query(
        `update custody.ledger_checkpoint ${FLIP('root', 3)} where workspace = $1 and size = $2`,
        [deed.workspace, deed.size],
      ));
    case 'file altered':
      return writeFileSync(fileOf(deed.digest), 'something else');
    case 'file gone':
      return rmSync(fileOf(deed.digest));
    default:
      return deed satisfies never;
  }
}

const TABLES = ['custody.log_record', 'custody.ledger_leaf', 'custody.ledger_tile', 'custody.ledger_checkpoint'];

/** Does all of it, and undoes it when the work is done. */
async function withDeeds(deeds: readonly Deed[], work: () => Promise<void>): Promise<void> {
  const { source } = scene;
  const whole = new Map(
    deeds.flatMap((deed) =>
      'digest' in deed ? [[fileOf(deed.digest), readFileSync(fileOf(deed.digest))] as const] : [],
    ),
  );
  for (const [at, table] of TABLES.entries()) await source.query(`create table kept_${at} as select * from ${table}`);
  for (const deed of deeds) await commit(deed);
  await work();
  for (const [at, table] of TABLES.entries()) {
    await source.query(`delete from ${table}`);
    await source.query(`insert into ${table} select * from kept_${at}`);
    await source.query(`drop table kept_${at}`);
  }
  for (const [file, bytes] of whole) writeFileSync(file, bytes);
}

/** Different things, none of them twice. */
function deedsAtRandom(): Deed[] {
  const digests = [
    ...new Set(sent.flatMap(({ says }) => [...(says?.values() ?? [])].filter((words) => words.startsWith('sha256:')))),
  ];
  const made = Array.from({ length: Math.floor(draw() * 5) }, (): Deed => {
    const workspace = pick(WORKSPACES);
    const { leaves, checkpoints } = logOf(workspace);
    const index = Math.floor(draw() * leaves.length);
    return pick<() => Deed>([
      () => ({ kind: pick(['record altered', 'record said by another', 'record of other ids']), of: pick(sent) }),
      () => ({ kind: 'record gone', of: pick(sent) }),
      () => ({ kind: 'leaf altered', workspace, index }),
      () => ({ kind: 'tile altered', workspace, index }),
      () => ({ kind: 'root altered', workspace, size: pick(checkpoints) }),
      () => ({ kind: draw() < 0.5 ? 'file altered' : 'file gone', digest: pick(digests) }),
    ])();
  });
  const nameOf = ({ kind: _, ...what }: Deed): string => JSON.stringify(Object.values(what));
  return made.filter((deed, at) => made.findIndex((other) => nameOf(other) === nameOf(deed)) === at);
}

it(`tells all that was altered, by name, and nothing else, of seed ${SEED}`, async () => {
  const { source, log, artifacts, keys } = scene;
  const room = openNotaryRoom(source);
  const check = createLeavesCheck({ source, log, room, artifacts });
  const watch = new LedgerWatch({
    source,
    logger: createLogger('watch', 'silent'),
    reads: room.reads,
    check,
    hours: 0,
  });
  const kinds = new Set<string>();
  for (let round = 0; round < 20; round++) {
    const deeds = deedsAtRandom();
    await withDeeds(deeds, () => watch.checkDue());
    for (const workspace of WORKSPACES) {
      const authorization = `Bearer ${workspace === 'other' ? keys.other : keys.reader}`;
      const answer = await fetch(`${scene.server.url}/api/v1/ledger/check`, { headers: { authorization } });
      const { last } = ledgerCheckAnswer.parse(await answer.json());
      const expected = expectedIn(workspace, deeds);
      const found = (last?.found ?? []).map(({ where, subject }) => `${where}: ${subject}`).sort();
      const { leaves, checkpoints } = logOf(workspace);
      expect([deeds, found]).toEqual([deeds, expected]);
      expect(last).toMatchObject({
        records: leaves.length,
        compared: checkpoints.length,
        differences: expected.length,
        repaired: 0,
      });
      for (const one of expected) kinds.add(one.replace(/\d+/g, 'n').replace(/: (run|segment).*/, ''));
    }
  }
  expect([...kinds].sort()).toEqual([
    'artifacts: the file of leaf n',
    'checkpoints: the note: checkpoint/n',
    'leaves: checkpoint/n',
    'log: records n to n of leaf n',
    'log: what leaf n commits to',
    'log: what leaf n says of its event',
    'tiles: tile/n/n',
  ]);
}, 180_000);
