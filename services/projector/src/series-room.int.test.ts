import { setTimeout as sleep } from 'node:timers/promises';
import { type Consumption, type Log, openPostgresLog } from '@runledger/bus';
import { type ClickHouse, METRIC_POINT, migrateClickHouse, openEmbeddedClickHouse } from '@runledger/clickhouse';
import { type LogRecord, type MetricBatch, metricRecord, writeMetricBatch } from '@runledger/contracts';
import { createLogger, Fault } from '@runledger/kernel';
import { openInProcessLive, type Signal } from '@runledger/live';
import { findSeries, listRunMetrics, openDataSource, pendingRange, rolledTo } from '@runledger/postgres';
import {
  createDatabase,
  eventually,
  type TemporaryFolder,
  type TestDatabase,
  temporaryFolder,
} from '@runledger/testkit';
import type { DataSource } from 'typeorm';
import { createDeadLetters } from './dead-letters';
import { SeriesRoller } from './series-roller';
import { SERIES_GROUP, seriesConsumer } from './series-room';
import { watchThresholds } from './series-thresholds';

const logger = createLogger('test', 'silent');
const SHARED = { workspace: 'default', source: 'test', actor: 'tester', recordedtime: '2026-11-24T10:00:00.000Z' };
const POINTS = 20;

/** Batch number `sequence` of a writer: steps go on where the batch before ended. */
function batch(run: string, sequence: number | undefined, more: { writer?: string; value?: number } = {}): LogRecord {
  const from = (sequence ?? 0) * POINTS;
  const steps = BigInt64Array.from({ length: POINTS }, (_, i) => BigInt(from + i));
  const made: MetricBatch = {
    run,
    writer: more.writer ?? 'w',
    sequence,
    id: `${run}-${sequence}`,
    time: 1_790_000_000_000,
    keys: ['loss', 'acc'],
    keyIndex: Uint32Array.from({ length: POINTS }, (_, i) => i % 2),
    steps,
    times: steps.map((s) => s + 1_790_000_000_000n),
    values: new Float64Array(POINTS).fill(more.value ?? 1),
  };
  return metricRecord(made, writeMetricBatch(made), SHARED);
}

describe('the series room', () => {
  let database: TestDatabase;
  let folder: TemporaryFolder;
  let source: DataSource;
  let log: Log;
  let clickhouse: ClickHouse;
  let open: Consumption[] = [];
  const signals: Signal[] = [];
  const live = openInProcessLive(logger);
  live.subscribe((signal) => signals.push(signal));

  beforeAll(async () => {
    database = await createDatabase('series_room');
    folder = temporaryFolder('series-room');
    source = await openDataSource(database.url);
    log = await openPostgresLog({ url: database.url, logger });
    clickhouse = await openEmbeddedClickHouse({ dataDir: folder.path });
    await migrateClickHouse(clickhouse, { fsync: true });
    await clickhouse.command(`system stop merges ${METRIC_POINT}`);
  });
  afterAll(async () => {
    await log.close();
    await clickhouse.close();
    await source.destroy();
    await database.drop();
    folder.remove();
  });
  afterEach(async () => {
    for (const consumption of open) await consumption.stop();
    open = [];
  });

  async function openRoom(engine: ClickHouse = clickhouse): Promise<SeriesRoller> {
    const roller = new SeriesRoller({ source, clickhouse, logger });
    const deadLetters = createDeadLetters(log, SERIES_GROUP);
    const thresholds = watchThresholds(logger);
    const deps = { log, source, clickhouse: engine, live, roller, logger, deadLetters, holder: 'test', lingerMs: 5 };
    open.push(await log.consume(seriesConsumer({ ...deps, thresholds })));
    return roller;
  }

  /** Waits until everything published is projected. */
  const settled = () =>
    eventually(async () => {
      const behind: unknown[] = await source.query(
        `select 1 from custody.log_partition p left join custody.lease l
           on l.group_name = 'series' and l.topic = p.topic and l.partition = p.partition
         where p.topic = 'runledger.metrics.v1' and p.next_offset > coalesce(l.next_offset, 0)`,
      );
      return behind.length === 0 ? true : undefined;
    }, 20_000);

  /** Rows as they are stored, merges being stopped: a row stored twice counts twice. */
  async function rows(run: string): Promise<{ stored: number; shown: number }> {
    const [series]: Array<{ number: string }> = await source.query('select number from custody.series where run = $1', [
      run,
    ]);
    const count = async (final: string) => {
      const sql = `select count() as n from ${METRIC_POINT} ${final} where series = {s:UInt32}`;
      return Number((await clickhouse.rows<{ n: string }>(sql, { s: Number(series?.number ?? 0) }))[0]?.n);
    };
    return { stored: await count(''), shown: await count('final') };
  }

  const stand = async (partition: number): Promise<number | undefined> => {
    const found: Array<{ next_offset: string }> = await source.query(
      `select next_offset from custody.lease where group_name = 'series' and partition = $1`,
      [partition],
    );
    return found[0] === undefined ? undefined : Number(found[0].next_offset);
  };

  const receipt = async (run: string) => {
    const found: Array<{ stored: string; points: string }> = await source.query(
      'select stored::text, points from custody.writer_receipt where run = $1',
      [run],
    );
    return found[0];
  };

  it('stores every point once, moves receipt and offset with it, and says so', async () => {
    await openRoom();
    signals.length = 0;
    await log.publish([batch('a', 0), batch('b', 0), batch('a', 1), batch('a', 2)]);
    await settled();
    expect(await rows('a')).toEqual({ stored: 3 * POINTS, shown: 3 * POINTS });
    expect(await rows('b')).toEqual({ stored: POINTS, shown: POINTS });
    expect(await receipt('a')).toEqual({ stored: '{[0,3)}', points: String(3 * POINTS) });
    expect(signals).toContainEqual({ kind: 'series', workspace: 'default', run: 'a' });
    expect(signals).toContainEqual(expect.objectContaining({ kind: 'projected', group: 'series' }));
  });

  it('gives a repeat at another offset no second effect, in one batch, later, and after a restart', async () => {
    await openRoom();
    await log.publish([batch('c', 0), batch('c', 0), batch('c', 2)]);
    await settled();
    await log.publish([batch('c', 0), batch('c', 1)]);
    await settled();
    await open.pop()?.stop();
    await log.publish([batch('c', 2), batch('c', 1), batch('c', 3)]);
    await openRoom();
    await settled();
    expect(await rows('c')).toEqual({ stored: 4 * POINTS, shown: 4 * POINTS });
    expect(await receipt('c')).toEqual({ stored: '{[0,4)}', points: String(4 * POINTS) });
  });

  it('keeps a sequence that comes again with other points as a conflict, once, and stores nothing of it', async () => {
    await openRoom();
    const other = batch('other', 0, { value: 2 });
    await log.publish([batch('other', 0), batch('other', 0), batch('other', 1), other]);
    await settled();
    await open.pop()?.stop();
    await log.publish([batch('other', 1), batch('other', 1, { value: -0 }), other]);
    await openRoom();
    await settled();
    expect(await rows('other')).toEqual({ stored: 2 * POINTS, shown: 2 * POINTS });
    const conflicts = await source.query(
      `select kind, event, value from read.conflict where run = 'other' order by off`,
    );
    const said = { writer: 'w', points: POINTS, notStored: POINTS };
    expect(conflicts).toEqual([
      { kind: 'sequence', event: 'other-0', value: { ...said, sequence: 0 } },
      { kind: 'sequence', event: 'other-1', value: { ...said, sequence: 1 } },
    ]);
  });

  /** One point of `loss`, without a receipt. */
  function single(run: string, step: number, value = step): LogRecord {
    const steps = BigInt64Array.of(BigInt(step));
    const keyIndex = Uint32Array.of(0);
    const values = Float64Array.of(value);
    const names = { run, writer: '', sequence: undefined, id: `${run}-${step}`, time: 0, keys: ['loss'] };
    const made: MetricBatch = { ...names, keyIndex, steps, times: steps, values };
    return metricRecord(made, writeMetricBatch(made), SHARED);
  }
  const lossOf = async (run: string) => {
    const series = await findSeries(source, { workspace: 'default', run });
    return (await listRunMetrics(source, series ?? 0, { names: ['loss'], limit: 1 }))[0];
  };

  it('sums up each metric with the range that brings it', async () => {
    await openRoom();
    await log.publish([batch('sum', 0, { value: 3 }), batch('sum', 0, { value: 3 })]);
    await settled();
    await log.publish([batch('sum', 1, { value: 2 })]);
    await settled();
    expect(await lossOf('sum')).toMatchObject({
      step: 38n,
      value: 2,
      firstStep: 0n,
      min: 2,
      max: 3,
      hasNan: false,
      points: 20,
      unordered: false,
      last: { step: 38n, value: 2 },
    });
  });

  it('ends a curve at its last new point: a restart moves the end, a repeat without a sequence does not', async () => {
    await openRoom();
    for (const step of [1, 2, 9, 2]) {
      await log.publish([single('end', step)]);
      await settled();
    }
    expect(await lossOf('end')).toMatchObject({ step: 9n, last: { step: 9n }, unordered: true });
    await log.publish([single('end', 4), single('end', 9), single('end', 4)]);
    await settled();
    expect(await lossOf('end')).toMatchObject({ step: 9n, last: { step: 4n, value: 4 } });
  });

  it('shows a batch once that has no sequence and comes twice', async () => {
    await openRoom();
    await log.publish([batch('d', undefined, { writer: '' })]);
    await settled();
    await log.publish([batch('d', undefined, { writer: '' })]);
    await settled();
    expect(await rows('d')).toEqual({ stored: 2 * POINTS, shown: POINTS });
  });

  it('sets a record aside that can never be read, and stores those around it', async () => {
    await openRoom();
    const broken = { ...batch('e', 1), value: Buffer.from([0xff, 0xff, 0xff]) };
    await log.publish([batch('e', 0), broken, batch('e', 2)]);
    await settled();
    expect(await rows('e')).toEqual({ stored: 2 * POINTS, shown: 2 * POINTS });
    const dead: Array<{ code: string }> = await source.query('select code from read.dead_letter');
    expect(dead).toEqual([{ code: 'CONTRACTS_BAD_BATCH' }]);
  });

  it('looks for the rows when an answer is lost: those that are there are not stored again, those that are not are', async () => {
    let fails = 0;
    const unsure: ClickHouse = {
      ...({} as ClickHouse),
      command: (sql, params) => clickhouse.command(sql, params),
      rows: (sql, params, settings) => clickhouse.rows(sql, params, settings),
      bytes: (sql, format, params) => clickhouse.bytes(sql, format, params),
      settle: (id) => clickhouse.settle(id),
      close: () => clickhouse.close(),
      insertPart: async (table, block, insert) => {
        fails++;
        if (fails % 3 !== 2) await clickhouse.insertPart(table, block, insert);
        if (fails % 3 !== 0) throw new Fault('unavailable', 'CLICKHOUSE_FAILED', 'the answer was lost');
      },
    };
    await openRoom(unsure);
    for (let i = 0; i < 12; i++) {
      await log.publish([batch('f', i)]);
      await sleep(20);
    }
    await settled();
    expect(fails).toBeGreaterThan(3);
    expect(await rows('f')).toEqual({ stored: 12 * POINTS, shown: 12 * POINTS });
    expect(await receipt('f')).toEqual({ stored: '{[0,12)}', points: String(12 * POINTS) });
    expect(await lossOf('f')).toMatchObject({ points: (12 * POINTS) / 2, step: BigInt(12 * POINTS - 2) });
    for (let partition = 0; partition < 6; partition++) expect(await pendingRange(source, partition)).toBeNull();
  });

  it('rolls a series up once it is long, and keeps it rolled as points come', async () => {
    const roller = await openRoom();
    const per = 5_000;
    const long = (sequence: number, run = 'long', stride = 1): LogRecord => {
      const steps = BigInt64Array.from({ length: per }, (_, i) => BigInt((sequence * per + i) * stride));
      const made = {
        ...longBatch,
        run,
        sequence,
        id: `${run}-${sequence}`,
        steps,
        times: steps,
        values: Float64Array.from(steps, Number),
      };
      return metricRecord(made, writeMetricBatch(made), SHARED);
    };
    const longBatch = { writer: 'w', time: 0, keys: ['loss'], keyIndex: new Uint32Array(per) };
    const rolled = async () =>
      (
        await clickhouse.rows<{ width: number; points: string }>(
          'select width, sum(points) as points from runledger.metric_rollup_v1 final group by width order by width',
        )
      ).map(({ width, points }) => [width, Number(points)]);

    await log.publish([long(0)]);
    await settled();
    await roller.rollHeld();
    expect(await rolled()).toEqual([]); // short series are read from their points

    await log.publish([long(1), long(1)]);
    await settled();
    await roller.rollHeld();
    expect(await rolled()).toEqual([
      [128, 2 * per],
      [512, 2 * per],
      [32_768, 2 * per],
    ]);

    // A roller that knows nothing yet, as after a restart, goes on where the last one stood.
    await log.publish([long(2)]);
    await settled();
    const other = new SeriesRoller({ source, clickhouse, logger });
    for (let partition = 0; partition < 6; partition++) other.stored(partition, (await stand(partition)) ?? 0);
    await other.rollHeld();
    expect(await rolled()).toEqual([
      [128, 3 * per],
      [512, 3 * per],
      [32_768, 3 * per],
    ]);

    // Rollups of a release that made no finest ones get them as soon as something comes.
    await clickhouse.command(
      'alter table runledger.metric_rollup_v1 delete where width = 128 settings mutations_sync = 2',
    );
    await log.publish([long(3)]);
    await settled();
    const upgraded = new SeriesRoller({ source, clickhouse, logger });
    for (let partition = 0; partition < 6; partition++) upgraded.stored(partition, (await stand(partition)) ?? 0);
    await upgraded.rollHeld();
    expect(await rolled()).toEqual([
      [128, 4 * per],
      [512, 4 * per],
      [32_768, 4 * per],
    ]);

    // The finest buckets of a run that logs now and then would be nearly as many as its points.
    await log.publish([0, 1, 2].map((sequence) => long(sequence, 'sparse', 10)));
    await settled();
    await roller.rollHeld();
    expect(await rolled()).toEqual([
      [128, 4 * per],
      [512, 7 * per],
      [32_768, 7 * per],
    ]);
    const marks = await Promise.all(
      [0, 1, 2, 3, 4, 5].map(async (p) => (await rolledTo(source, p)) >= ((await stand(p)) ?? 0)),
    );
    expect(marks).toEqual(marks.map(() => true));
  });

  it('hands over between two members while points stream in, and stores each of them once', async () => {
    await openRoom();
    const publishing = (async () => {
      for (let i = 0; i < 60; i++) {
        await log.publish([batch('g', i), batch('h', i), batch('i', i)]);
        await sleep(10);
      }
    })();
    await sleep(150);
    await openRoom();
    await sleep(150);
    await open.shift()?.stop();
    await publishing;
    await settled();
    for (const run of ['g', 'h', 'i']) expect(await rows(run)).toEqual({ stored: 60 * POINTS, shown: 60 * POINTS });
  });
});
