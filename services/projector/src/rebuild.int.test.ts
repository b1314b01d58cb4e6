import { METRIC_POINT } from '@runledger/clickhouse';
import { PROJECTIONS, projectionState } from '@runledger/postgres';
import { eventually } from '@runledger/testkit';
import { allRows as rowsOf } from '../test/all-rows';
import { check, rebuild } from '../test/upkeep-lines';
import { facts, metrics, openScene, type Scene } from '../test/upkeep-scene';
import { recordWorld } from '../test/upkeep-world';
import { createCheckMetrics } from './check-metrics';
import { PROJECTION_VERSIONS } from './projection-versions';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene('rebuild');
  await recordWorld(scene);
  scene.keeper();
});
afterAll(() => scene.close());

const allRows = (): ReturnType<typeof rowsOf> => rowsOf(scene);
/** Names and definitions of everything in the schema. */
const shape = (): Promise<unknown> =>
  scene.source.query(
    `select c.relname, c.relkind, c.reloptions, pg_get_indexdef(c.oid) as index, pg_get_expr(c.relpartbound, c.oid) as bound,
       (select json_agg(json_build_array(a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated, a.attcollation,
         pg_get_expr(d.adbin, d.adrelid)) order by a.attnum) from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid
         and d.adnum = a.attnum where a.attrelid = c.oid and a.attnum > 0 and c.relkind in ('r', 'p')) as columns,
       (select json_agg(k.conname order by k.conname) from pg_constraint k where k.conrelid = c.oid) as constraints
     from pg_class c where c.relnamespace = 'read'::regnamespace order by 1`,
  );

it.each(PROJECTIONS)('of %s gives the live rows again, row for row, in the same tables', async (projection) => {
  const [rows, before] = [await allRows(), await shape()];
  const oids = await scene.source.query(`select oid from pg_class where relnamespace = 'read'::regnamespace`);
  expect(await rebuild(scene, projection)).toMatchObject({ kind: 'progress', what: projection, stage: 'done' });
  expect(await allRows()).toEqual(rows);
  expect(await shape()).toEqual(before);
  expect(await scene.source.query(`select oid from pg_class where relnamespace = 'read'::regnamespace`)).not.toEqual(
    oids,
  );
  const left = await scene.source.query(`select nspname from pg_namespace where nspname ~ '^(read|custody)_'`);
  expect(left).toEqual([]);
});

it.each(PROJECTIONS)(
  'of %s mends what an older release has not made, and what somebody has changed',
  async (projection) => {
    const rows = await allRows();
    const { source, clickhouse } = scene;
    await source.query('truncate read.run_writer, read.run_fingerprint, read.console_chunk');
    await source.query(`update read.run_metric set value = 777`);
    await source.query(`update custody.writer_receipt set points = 1 where topic = 'metrics'`);
    await clickhouse.command(`alter table ${METRIC_POINT} delete where step = 3 settings mutations_sync = 2`);
    await rebuild(scene, projection);
    const after = await allRows();
    const mended = {
      metadata: ['run_fingerprint'],
      console: ['console_chunk'],
      series: ['run_writer', 'run_metric', 'receipts', 'points'],
    };
    for (const table of mended[projection]) expect([table, after[table]]).toEqual([table, rows[table]]);
    for (const other of PROJECTIONS) if (other !== projection) await rebuild(scene, other);
    expect(await allRows()).toEqual(rows);
  },
);

it('goes on while runs are recorded and read, and nobody sees less than before', async () => {
  const { source, clickhouse, log } = scene;
  let going = true;
  const recording = (async () => {
    for (let i = 0; going; i++)
      await log.publish([
        metrics('busy', i),
        facts('busy', [{ type: 'tags.set', data: { tags: [{ key: `k${i}`, value: 'v' }] } }]),
        facts('busy', [{ type: 'tags.set', data: { tags: [{ key: 'last', value: String(i) }] } }]),
      ]);
  })();
  const seen: number[] = [];
  const reading = (async () => {
    while (going) {
      const tags: Array<{ n: string }> = await source.query(
        `select count(*) as n from read.run_tag where run = 'busy'`,
      );
      const [series]: Array<{ number: string }> = await source.query(
        `select number from custody.series where run = 'busy'`,
      );
      const points = await clickhouse.rows<{ n: string }>(
        `select count() as n from ${METRIC_POINT} final where series = {s:UInt32}`,
        { s: Number(series?.number ?? 0) },
      );
      const metric: Array<{ n: string }> = await source.query(
        'select coalesce(sum(points), 0) as n from read.run_metric where series = $1',
        [series?.number ?? 0],
      );
      seen.push(Number(tags[0]?.n), Number(points[0]?.n), Number(metric[0]?.n));
    }
  })();
  for (const projection of PROJECTIONS) expect(await rebuild(scene, projection)).toMatchObject({ stage: 'done' });
  going = false;
  await Promise.all([recording, reading]);
  await scene.settled();
  expect(seen.length).toBeGreaterThan(30);
  for (const kind of [0, 1, 2]) {
    const counts = seen.filter((_, i) => i % 3 === kind);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
  }
  expect((await check(scene)).differences).toEqual([]);
});

it('of series lets the roller begin anew: its rollups are those of the points', async () => {
  const { log, roller, clickhouse, source } = scene;
  await log.publish(Array.from({ length: 20 }, (_, i) => metrics('long', i, { points: 1_000 })));
  await scene.settled();
  const roll = async (): Promise<unknown[]> => {
    for (const { partition, offset } of await log.ends(['runledger.metrics.v1'])) roller.stored(partition, offset);
    await roller.rollHeld();
    return clickhouse.rows(
      'select width, series, key, bucket, points, total from runledger.metric_rollup_v1 final order by all',
    );
  };
  const before = await roll();
  expect(before.length).toBeGreaterThan(20);
  await rebuild(scene, 'series');
  expect(await clickhouse.rows('select 1 from runledger.metric_rollup_v1')).toEqual([]);
  await log.publish([metrics('long', 20, { points: 10, value: 2 })]);
  await scene.settled();
  const after = await roll();
  expect(after.length).toBeGreaterThanOrEqual(before.length);
  const [series]: Array<{ number: string }> = await source.query(
    `select number from custody.series where run = 'long'`,
  );
  const whole = await clickhouse.rows<{ n: string }>(
    'select sum(points) as n from runledger.metric_rollup_v1 final where width = 128 and series = {s:UInt32}',
    { s: Number(series?.number) },
  );
  expect(whole).toEqual([{ n: '20010' }]);
});

it('is done by itself once the version of a projection is raised', async () => {
  const rows = await allRows();
  scene.keeper({ ...PROJECTION_VERSIONS, console: 9 });
  await eventually(async () => (await projectionState(scene.source, 'console'))?.version === 9, 20_000);
  expect(await allRows()).toEqual(rows);
});

it('refuses what would lose rows: a log that is not whole, and a release that reads less than before', async () => {
  const { source } = scene;
  const rows = await allRows();
  await source.query(
    `create table public.records as select * from custody.log_record where topic = 'runledger.console.v1'`,
  );
  await source.query(`delete from custody.log_record where topic = 'runledger.console.v1' and key = 'default/run/b'`);
  expect(await rebuild(scene, 'console')).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('PROJECTOR_LOG_GAP'),
  });
  await source.query('insert into custody.log_record select * from public.records on conflict do nothing');
  expect(await allRows()).toEqual(rows);
  await source.query(`create table public.letters as select * from read.dead_letter`);
  await source.query(`delete from read.dead_letter where group_name = 'metadata'`);
  expect(await rebuild(scene, 'metadata')).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('PROJECTOR_REBUILD_REFUSES'),
  });
  await source.query('insert into read.dead_letter select * from public.letters on conflict do nothing');
  expect(await allRows()).toEqual(rows);
  expect(await rebuild(scene, 'metadata')).toMatchObject({ stage: 'done' });
});

it('is not in the way of the check in the background, whose result is kept and told as a metric', async () => {
  const keeper = scene.keeper();
  await keeper.check();
  const { body } = await scene.ask('check');
  expect(body).toMatchObject({ last: { kind: 'result', differences: 0, found: [] } });
  const told = await createCheckMetrics(scene.source).metrics();
  expect(told).toMatch(/^runledger_check_differences 0$/m);
  expect(told).toMatch(/^runledger_check_finished_seconds 1\d{9}/m);
});

it('is for operators, and of projections that there are', async () => {
  expect((await scene.ask('rebuild', scene.keys.other, { projection: 'series' })).status).toBe(403);
  expect((await scene.ask('rebuild', undefined, { projection: 'all' })).status).toBe(400);
  const { body } = await scene.ask('check');
  expect(body).toMatchObject({
    projections: [{ projection: 'console' }, { projection: 'metadata', failed: null }, { projection: 'series' }],
  });
});
