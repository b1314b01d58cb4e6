import { randomUUID } from 'node:crypto';
import type { Log } from '@runledger/bus';
import { type ClickHouse, METRIC_POINT, type PointColumns, pointBlock } from '@runledger/clickhouse';
import {
  type DecisionType,
  eventRecord,
  FACTS,
  type FactType,
  type LogRecord,
  METRIC_BATCH_MEDIA_TYPE,
  type Position,
  partitionOfRun,
  recordKey,
  runOfSubject,
  runSubject,
  TOPICS,
} from '@runledger/contracts';
import type { Journal } from '@runledger/journal';
import type { Live, Signal } from '@runledger/live';
import {
  createConsoleStore,
  createMetadataStore,
  keyNumbers,
  type MetricSummary,
  mergeRunMetrics,
  mergeRunWriters,
  moveOffset,
  seriesNumbers,
  takeLease,
  type WriterSpan,
  writerRows,
} from '@runledger/postgres';
import { foldCatalog, foldFacts, readConsole, readDecisions, readFacts } from '@runledger/projections';
import { appendDecision, eventually } from '@runledger/testkit';
import type { DataSource } from 'typeorm';

type Stores = Readonly<{ source: DataSource; clickhouse: ClickHouse; log: Log; live: Live; journal: Journal }>;
export type Fact = Readonly<{ type: FactType; data: unknown; id?: string; time?: string }>;
export type Sent = Readonly<{
  workspace?: string;
  writer?: string;
  sequence?: number;
  actor?: string;
}>;
export type Point = Readonly<{ step: bigint | number; value: number; time?: number }>;
export type Curve = Readonly<{ run: string; key: string; points: readonly Point[] }> & Sent;

const NOW = '2026-01-02T03:04:05.678Z';
const halves = (numbers: readonly bigint[]): Int32Array => new Int32Array(BigInt64Array.from(numbers).buffer);

function factRecord(run: string, facts: readonly Fact[], sent: Sent): LogRecord {
  const { workspace = 'default', writer, sequence, actor = 'u1' } = sent;
  return eventRecord({
    topic: facts[0]?.type === 'console.written' ? 'console' : 'runs',
    workspace,
    subject: runSubject(run),
    source: 'test',
    actor,
    recordedtime: NOW,
    writer,
    sequence,
    events: facts.map(({ type, data, id = randomUUID(), time = NOW }) => ({
      id,
      type,
      time,
      dataversion: FACTS[type].version,
      data,
    })),
  });
}

function columnsOf(
  points: readonly Point[],
  where: { series: number; key: number; writer: number; at: Position },
): PointColumns {
  const rows = points.length;
  const { series, key, writer, at } = where;
  return {
    rows,
    series: new Uint32Array(rows).fill(series),
    key: new Uint32Array(rows).fill(key),
    step: halves(points.map((p) => BigInt(p.step))),
    time: halves(points.map((p) => BigInt(p.time ?? 0))),
    value: Float64Array.from(points, (p) => p.value),
    writer: new Uint32Array(rows).fill(writer),
    lp: new Uint16Array(rows).fill(at.partition),
    ver: halves(points.map((_, i) => BigInt.asIntN(64, ~((BigInt(at.offset) << 20n) | BigInt(i))))),
  };
}

/** Whether each point comes behind the one before it by (step, time), and so behind all of them. */
const risesStrictly = (given: ReadonlyArray<{ step: bigint; time: bigint }>): boolean =>
  given.slice(1).every(({ step, time }, i) => {
    const before = given[i] as { step: bigint; time: bigint };
    return (step - before.step || time - before.time) > 0n;
  });

/** All the points in one summary, which is what their definition says, said naively. */
function summaryOf(
  points: readonly Point[],
  { series, key, at }: { series: number; key: number; at: Position },
): MetricSummary {
  const given = points.map((p) => ({ step: BigInt(p.step), time: BigInt(p.time ?? 0), value: p.value }));
  const sorted = [...given].sort((a, b) => Number(a.step - b.step) || Number(a.time - b.time) || a.value - b.value);
  const [first, latest, last] = [sorted[0], sorted.at(-1), given.at(-1)];
  if (first === undefined || latest === undefined || last === undefined) throw new Error('no points');
  const numbers = given.map((p) => p.value).filter((value) => !Number.isNaN(value));
  return {
    series,
    key,
    ...latest,
    firstStep: first.step,
    firstTime: first.time,
    min: numbers.length === 0 ? null : Math.min(...numbers),
    max: numbers.length === 0 ? null : Math.max(...numbers),
    hasNan: numbers.length < given.length,
    last: { origin: (BigInt(at.offset) << 20n) | BigInt(given.length - 1), step: last.step, value: last.value },
    points: given.length,
    unordered: !risesStrictly(given),
  };
}

/** How far the points come, said naively. */
function spanOf(points: readonly Point[], { series, writer }: { series: number; writer: number }): WriterSpan {
  const sorted = (numbers: bigint[]): bigint[] => numbers.sort((a, b) => Number(a - b));
  const steps = sorted(points.map((p) => BigInt(p.step)));
  const times = sorted(points.map((p) => BigInt(p.time ?? 0)));
  const ends = { firstStep: steps[0], lastStep: steps.at(-1), firstTime: times[0], lastTime: times.at(-1) };
  return { series, writer, ...(ends as Record<keyof typeof ends, bigint>), points: points.length };
}

/** What was read; a test records nothing that is refused. */
function accepted<M>({ message, refused }: { message: M | null; refused: readonly unknown[] }): M {
  if (message === null || refused.length > 0) throw new Error(JSON.stringify(refused));
  return message;
}

/** Adds a sequence to the receipt of a writer; false where it has it. */
async function grewReceipt(source: DataSource, gain: readonly unknown[]): Promise<boolean> {
  const [, changed]: [unknown, number] = await source.query(
    `update custody.writer_receipt set stored = stored + int8multirange(int8range($2::bigint, $2::bigint + 1)), points = points + $3::bigint
     where number = $1 and not stored @> $2::bigint`,
    [...gain],
  );
  return changed === 1;
}

/** Writes to the log, and takes the projections forward, each when the test says so. */
export function createRecorder({ source, clickhouse, log, live, journal }: Stores) {
  const store = createMetadataStore(source);

  async function projectPartition(topic: string, partition: number): Promise<void> {
    let lease = await takeLease(source, { group: 'metadata', topic, partition }, 'test');
    const [end] = (await log.ends([topic])).filter((p) => p.partition === partition);
    for await (const records of log.read(topic, partition, lease.nextOffset, end?.offset ?? 0)) {
      const fromOffset = lease.nextOffset;
      const nextOffset = (records.at(-1)?.offset ?? 0) + 1;
      lease =
        topic === TOPICS.catalog.name
          ? await store.applyCatalog(
              lease,
              { messages: records.flatMap((r) => accepted(readDecisions(r))), refused: [], nextOffset },
              foldCatalog,
            )
          : await store.applyFacts(
              lease,
              { messages: records.flatMap((r) => accepted(readFacts(r))), refused: [], nextOffset },
              foldFacts,
            );
      const moved = records.flatMap(({ headers }): Signal[] => {
        const run = runOfSubject(headers['ce_subject'] ?? '');
        return run === null ? [] : [{ kind: 'facts', workspace: headers['ce_workspace'] ?? '', run }];
      });
      live.publish([...moved, { kind: 'projected', group: 'metadata', topic, partition, fromOffset, nextOffset }]);
    }
  }

  return {
    /** Appends facts of a run to the log; they are not projected yet. */
    async facts(run: string, facts: readonly Fact[], sent: Sent = {}): Promise<Position> {
      const [position] = await log.publish([factRecord(run, facts, sent)]);
      if (position === undefined) throw new Error('the log answered nothing');
      return position;
    },

    /** Decides something in the journal; it is relayed, and not projected yet. */
    async decision(
      subject: string,
      type: DecisionType,
      data: unknown,
      { workspace = 'default', actor = 'u1' }: Readonly<{ workspace?: string | undefined; actor?: string }> = {},
    ): Promise<number> {
      const journalseq = await appendDecision(journal, { workspace, subject, type, data, actor });
      await eventually(async () => {
        const [head] = await source.query('select relayed from custody.journal_head where workspace = $1', [workspace]);
        return Number((head as { relayed: string }).relayed) >= journalseq;
      });
      return journalseq;
    },

    /** Takes the metadata's projections to the end of the log. */
    async projectMetadata(): Promise<void> {
      for (const topic of [TOPICS.catalog, TOPICS.runs])
        for (let partition = 0; partition < topic.partitions; partition++)
          await projectPartition(topic.name, partition);
    },

    /** Takes what was printed to the end of the log. */
    async projectConsole(): Promise<void> {
      const topic = TOPICS.console.name;
      const lines = createConsoleStore(source);
      for (const { partition, offset } of await log.ends([topic])) {
        let lease = await takeLease(source, { group: 'console', topic, partition }, 'test');
        for await (const records of log.read(topic, partition, lease.nextOffset, offset)) {
          const messages = records.flatMap((r) => accepted(readConsole(r)));
          const nextOffset = (records.at(-1)?.offset ?? 0) + 1;
          lease = await lines.apply(lease, { messages, refused: [], nextOffset });
        }
      }
    },

    /** Appends a batch of metrics to the log; its points are not stored yet. */
    async metrics({ run, workspace = 'default' }: Curve): Promise<Position> {
      const key = recordKey(workspace, runSubject(run));
      const headers = { 'content-type': METRIC_BATCH_MEDIA_TYPE };
      const [position] = await log.publish([{ topic: TOPICS.metrics.name, key, headers, value: Buffer.from('-') }]);
      if (position === undefined) throw new Error('the log answered nothing');
      return position;
    },

    /**
     * Stores the points of a batch as the projector does, and moves the offset past it. A batch whose sequence was stored comes
     * to its rows once more, as after a crash, and to nothing else.
     */
    async projectMetrics(
      at: Position,
      { run, key, points, workspace = 'default', writer = '', sequence }: Curve,
    ): Promise<void> {
      const [series] = await seriesNumbers(source, [{ workspace, run }]);
      const [metric] = await keyNumbers(source, [{ workspace, key }]);
      const name = { workspace, run, topic: 'metrics', writer };
      const [receipt] = writer === '' ? [] : await writerRows(source, [name]);
      if (series === undefined || metric === undefined) throw new Error('no numbers');
      const where = { series: series.number, key: metric.number, writer: receipt?.number ?? 0, at };
      await clickhouse.insertPart(METRIC_POINT, pointBlock(columnsOf(points, where)), {
        queryId: randomUUID(),
        unless: 'select 1 where 0',
      });
      const isNew = sequence === undefined || (await grewReceipt(source, [receipt?.number, sequence, points.length]));
      const { topic, partition, offset } = at;
      await source.transaction(async (tx) => {
        const lease = await takeLease(source, { group: 'series', topic, partition }, 'test');
        await moveOffset(tx, lease, offset + 1);
        if (!isNew) return;
        await mergeRunMetrics(tx, [summaryOf(points, where)]);
        await mergeRunWriters(tx, [spanOf(points, where)]);
      });
      const projected = { kind: 'projected', group: 'series', topic, partition } as const;
      live.publish([
        { kind: 'series', workspace, run },
        { ...projected, fromOffset: offset, nextOffset: offset + 1 },
      ]);
    },

    /** Both, at once. */
    async stored(curve: Curve): Promise<Position> {
      const at = await this.metrics(curve);
      await this.projectMetrics(at, curve);
      return at;
    },

    partitionOf: partitionOfRun,
  };
}
export type Recorder = ReturnType<typeof createRecorder>;
