import { METRIC_POINT } from '@runledger/clickhouse';
import { erasureRules, retentionRules } from '@runledger/commands';
import { createRefusingLog, createRetentionPreview, Expirer, openExpiredSet } from '@runledger/erasure';
import { createLogger, Scope } from '@runledger/kernel';
import { PROJECTIONS } from '@runledger/postgres';
import { allRows } from '../test/all-rows';
import { check, rebuild } from '../test/upkeep-lines';
import { type Fact, facts, metrics, NOW, openScene, type Scene } from '../test/upkeep-scene';

let scene: Scene;
const logger = createLogger('test', 'silent');
const who = { workspace: 'default', actor: 'ada' };
let made = 0;
const id = (): string => `command-${++made}`;
const DAY_MS = 86_400_000;
const inDays = (days: number) => (): Date => new Date(Date.now() + days * DAY_MS);

/** Everything that is due so many days from now goes; without waiting for doors, since the test knows what they let in. */
async function expire(days: number): Promise<void> {
  const { source, log, clickhouse, commands } = scene;
  const expirer = new Expirer({ source, log, clickhouse, commands, logger, now: inDays(days), doorsMs: 0 });
  expect(await expirer.round()).toBe(true);
  await expirer.stop();
  await scene.settled();
}

const keep = (points: number | null) =>
  scene.commands.run(retentionRules, who, {
    id: id(),
    fields: { points, made },
    command: {
      ...{
        name: 'set-retention',
        project: 'default',
        policy: `policy-${++made}`,
        artifacts: null,
        reference: 'rule 4',
      },
      ...{ points, at: new Date().toISOString(), delayMs: 0 },
    },
  });

const started = (data: object = {}): Fact => ({
  type: 'run.started',
  data: { experiment: 'e1', startedAt: NOW, ...data },
});
const finished: Fact = { type: 'run.finished', data: { outcome: 'finished', finishedAt: NOW } };
/** A run with forty points of two metrics. */
async function record(run: string, first: Fact, ...more: Fact[]): Promise<void> {
  await scene.log.publish([
    facts(run, [first, ...more]),
    ...[0, 1, 2, 3].map((sequence) => metrics(run, sequence)),
    metrics(run, undefined),
    metrics(run, undefined),
  ]);
}

async function seriesOf(run: string): Promise<number> {
  const rows: Array<{ number: string }> = await scene.source.query('select number from custody.series where run = $1', [
    run,
  ]);
  return Number(rows[0]?.number);
}
async function pointsOf(run: string, table = METRIC_POINT): Promise<number> {
  const series = await seriesOf(run);
  const rows = await scene.clickhouse.rows<{ n: string }>(
    `select count() as n from ${table} final where series = {series:UInt32}`,
    { series },
  );
  return Number(rows[0]?.n);
}
const summariesOf = (run: string): Promise<unknown[]> =>
  scene.source.query(
    'select m.* from read.run_metric m join custody.series s on s.number = m.series where s.run = $1 order by m.key',
    [run],
  );
const decisions = (): Promise<Array<{ subject: string; actor: string; data: Record<string, unknown> }>> =>
  scene.source.query(
    `select subject, actor, data from custody.journal_event where type = 'points.expired' order by journalseq`,
  );

const journalLength = (): Promise<unknown> => scene.source.query('select count(*) from custody.journal_event');
/** What a policy would take, without setting it. */
async function preview(points: number | null, delayMs = 0) {
  const before = await journalLength();
  const said = await createRetentionPreview(scene.source, delayMs)('default', 'default', { points, artifacts: null });
  expect(await journalLength()).toEqual(before);
  return said.points;
}
const sumOf = (gone: ReadonlyArray<{ data: Record<string, unknown> }>, what: string): number =>
  gone.reduce((sum, { data }) => sum + Number(data[what]), 0);

beforeAll(async () => {
  scene = await openScene('expiry');
  await scene.commands.provide('default');
  scene.keeper();
  await record('old', started(), finished);
  await record('running', started());
  await record('reopened', started(), finished, started({ startedAt: '2030-01-01T00:00:00.000Z' }));
  await record('held', started(), finished);
  await record('parent', started(), finished);
  await record('fork', started({ fork: { run: 'parent', step: 3 } }));
  await scene.log.publish(Array.from({ length: 20 }, (_, i) => metrics('long', i, { points: 1_000 })));
  await scene.log.publish([facts('long', [started(), finished])]);
  await scene.settled();
  for (const { partition, offset } of await scene.log.ends(['runledger.metrics.v1']))
    scene.roller.stored(partition, offset);
  await scene.roller.rollHeld();
  expect(await pointsOf('long', 'runledger.metric_rollup_v1')).toBeGreaterThan(20);
  const hold = {
    name: 'place-hold',
    hold: 'h1',
    subjects: [],
    artifacts: [],
    runs: ['held'],
    projects: [],
    reference: 'c 3',
  } as const;
  await scene.commands.run(erasureRules, who, { id: id(), fields: {}, command: hold });
});
afterAll(() => scene.close());

it('keeps everything for ever while nobody says otherwise', async () => {
  await expire(10_000);
  expect(await decisions()).toEqual([]);
});

it('tells beforehand what a policy would take when it holds, and what is held', async () => {
  const held = { runs: 1, listed: [{ run: 'held', holds: ['h1'] }] };
  expect(await preview(0)).toMatchObject({ days: 0, runs: 2, held });
  expect(await preview(0.5)).toMatchObject({
    days: 0.5,
    runs: 0,
    metrics: 0,
    points: 0,
    held: { runs: 0, listed: [] },
  });
  // It would hold a day later, when they have been over for longer than that.
  const later = await preview(0.5, DAY_MS);
  expect(later).toMatchObject({ runs: 2, held });
  expect(Date.parse(later.from ?? '') - Date.now()).toBeGreaterThan(DAY_MS / 2);
  expect(await preview(null)).toMatchObject({ days: null, runs: 0, from: null });
});

it('takes the points of runs that ended so long ago, and leaves a record of what was there and by whose order it went', async () => {
  await keep(30);
  const summaries = await summariesOf('old');
  const { runs, metrics, points } = await preview(0);
  await expire(29);
  expect(await decisions()).toEqual([]);
  await expire(31);
  const gone = await decisions();
  expect(gone.map(({ subject }) => subject).sort()).toEqual(['expiry/long', 'expiry/old']);
  expect({ runs, metrics, points }).toEqual({
    runs: gone.length,
    metrics: sumOf(gone, 'metrics'),
    points: sumOf(gone, 'points'),
  });
  expect(await preview(0)).toMatchObject({ runs: 0, points: 0, held: { runs: 1 } });
  expect(gone.find(({ subject }) => subject === 'expiry/old')).toMatchObject({
    actor: 'system',
    data: {
      run: 'old',
      project: 'default',
      policy: expect.stringMatching(/^policy-/),
      days: 30,
      metrics: 2,
      points: 60,
    },
  });
  for (const run of ['old', 'long'])
    for (const table of [METRIC_POINT, 'runledger.metric_rollup_v1']) expect(await pointsOf(run, table)).toBe(0);
  for (const run of ['running', 'reopened', 'held', 'parent', 'fork'])
    expect([run, await pointsOf(run)]).toEqual([run, 50]);
  expect(await summariesOf('old')).toEqual(summaries);
});

it('is decided and carried out once, whoever looks again', async () => {
  const before = await decisions();
  await Promise.all([expire(31), scene.settled()]);
  expect(await decisions()).toEqual(before);
});

it.each(PROJECTIONS)('comes back by no rebuild: %s is row for row what it was', async (projection) => {
  const rows = await allRows(scene);
  expect(rows['points']?.length).toBeGreaterThan(0);
  expect(await rebuild(scene, projection)).toMatchObject({ stage: 'done' });
  expect(await allRows(scene)).toEqual(rows);
});

it('is no difference to the log, before and after a rebuild', async () => {
  expect((await check(scene)).differences).toEqual([]);
});

it('is a difference where somebody puts points back, which a check takes away, and so does whoever lets things expire', async () => {
  const series = await seriesOf('old');
  const copy = async (): Promise<void> => {
    const other = await seriesOf('running');
    await scene.clickhouse.command(
      `insert into ${METRIC_POINT} (series, key, step, time, value, writer, lp, ver)
       select ${series}, key, step, time, value, writer, lp, ver from ${METRIC_POINT} where series = ${other}`,
    );
    expect(await pointsOf('old')).toBe(50);
  };
  await copy();
  const { differences } = await check(scene, { repair: true });
  expect(differences).toMatchObject([
    { subject: 'run/old', where: 'clickhouse points', expected: null, repaired: true },
  ]);
  expect(await pointsOf('old')).toBe(0);
  await copy();
  await expire(31);
  expect(await pointsOf('old')).toBe(0);
  expect((await check(scene)).differences).toEqual([]);
});

it('takes no more points in, whole requests, and other facts as ever', async () => {
  const scope = new Scope();
  const log = createRefusingLog(scene.log, await openExpiredSet(scope, scene.source, logger));
  const refused = { kind: 'conflict', code: 'RETENTION_EXPIRED' };
  await expect(log.publish([metrics('running', 8), metrics('old', 8)])).rejects.toMatchObject(refused);
  await expect(
    log.publish([
      metrics('running', 9),
      facts('old', [{ type: 'tags.set', data: { tags: [{ key: 'a', value: 'b' }] } }]),
    ]),
  ).resolves.toHaveLength(2);
  await scene.settled();
  expect(await pointsOf('running')).toBe(60);
  await scope.stop();
});

it('goes once the hold is lifted, and the run that others come from once they are over', async () => {
  await scene.commands.run(erasureRules, who, { id: id(), fields: {}, command: { name: 'lift-hold', hold: 'h1' } });
  await scene.log.publish([facts('fork', [finished])]);
  await scene.settled();
  const before = (await decisions()).length;
  const { runs, points, held } = await preview(0);
  await expire(31);
  expect(await pointsOf('held')).toBe(0);
  expect(await pointsOf('fork')).toBe(0);
  await expire(31);
  expect(await pointsOf('parent')).toBe(0);
  const gone = (await decisions()).slice(before);
  expect(gone.map(({ data }) => data['run']).sort()).toEqual(['fork', 'held', 'parent']);
  expect({ runs, points, held }).toEqual({ runs: 3, points: sumOf(gone, 'points'), held: { runs: 0, listed: [] } });
  expect((await check(scene)).differences).toEqual([]);
});

it('is stopped by a policy that keeps for ever again', async () => {
  await keep(null);
  await scene.log.publish([facts('running', [finished])]);
  await scene.settled();
  await expire(10_000);
  expect(await pointsOf('running')).toBe(60);
});
