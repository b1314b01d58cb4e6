import type { Log } from '@runledger/bus';
import { type ClickHouse, createPointReads, placeOfVersion } from '@runledger/clickhouse';
import { partitionOfRun, type Recorded, TOPICS } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import { proverOf } from '@runledger/merkle';
import { createCurveNames, createExpiryReads, findSeries } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import type { NotaryRoom } from './notary-room';
import { recordsOfSegment, segmentLine, segmentOf, segmentStream } from './segment';

export type PointName = Readonly<{ run: string; key: string; step: bigint }>;
/** A point, the message that it came in, the message's line in its segment, and the segment's leaf in the log. */
export type PointProof = Readonly<{
  time: bigint;
  value: number;
  /** Which of the message's points it is. */
  ordinal: number;
  message: Buffer;
  line: Readonly<{ text: string; index: number; size: number; proof: readonly Buffer[] }>;
  leaf: Readonly<{ index: number; entry: string; proof: string }>;
}>;

export type PointProver = Readonly<{
  /** @throws Fault missing NOTARY_NO_LOG, NOTARY_MISSING, NOTARY_POINTS_EXPIRED, unimplemented NOTARY_NO_SERIES */
  prove(workspace: string, point: PointName): Promise<PointProof[]>;
}>;

/** As many points of one step as an answer has. */
const MOST_POINTS = 20;

const missing = (why: string): Fault => new Fault('missing', 'NOTARY_MISSING', why);

type Parts = Readonly<{
  source: DataSource;
  log: Pick<Log, 'read'>;
  /** Null where this process knows of no series: then it cannot tell in which message a point came. */
  clickhouse: ClickHouse | null;
  room: NotaryRoom;
}>;

/** Proofs of single points, in two steps: the message's line in its segment, and the segment's leaf in the log. */
export function createPointProver({ source, log, clickhouse, room }: Parts): PointProver {
  const names = createCurveNames(source);
  const expiries = createExpiryReads(source);

  async function find(workspace: string, { run, key, step }: PointName) {
    if (clickhouse === null)
      throw new Fault('unimplemented', 'NOTARY_NO_SERIES', 'this notary was given no ClickHouse to find points in');
    const series = await findSeries(source, { workspace, run });
    const [number] = await names.keyNumbersOf(workspace, [key]);
    if (series === null || number === undefined) throw missing('there is no such point');
    const at = { series, key: number.number, from: step, to: step, limit: MOST_POINTS };
    const { points } = await createPointReads(clickhouse).points(at);
    if (points.length === 0) throw await absent(workspace, run);
    return points;
  }

  /** Whether there was ever such a point cannot be told once the run's have expired. */
  async function absent(workspace: string, run: string): Promise<Fault> {
    const expired = (await expiries.expiriesOf(workspace, [run])).find(({ what }) => what === 'points');
    if (expired === undefined) return missing('there is no such point');
    const { event, at } = expired;
    const message = `the points of run ${run} expired on ${at.slice(0, 10)}, as decided by event ${event}`;
    return new Fault('missing', 'NOTARY_POINTS_EXPIRED', message, { context: { details: { event, at } } });
  }

  async function proveMessage(workspace: string, partition: number, offset: number) {
    const topic = TOPICS.metrics.name;
    const leaf = await room.reads.searchStream(
      workspace,
      segmentStream(topic, partition),
      (entry) => segmentOf(entry).last < offset,
    );
    if (leaf === null) throw missing('the log does not have this point yet');
    const records = await recordsOfSegment(log, workspace, segmentOf(leaf.entry));
    const index = records.findIndex((record) => record.offset === offset);
    const record: Recorded | undefined = records[index];
    if (record === undefined)
      throw new Fault('bug', 'NOTARY_NO_MESSAGE', `${topic}/${partition}/${offset} has no line`);
    const lines = records.map((one) => segmentLine(one).text);
    const proof = proverOf(lines.map((text) => Buffer.from(text)))(index);
    return {
      message: Buffer.from(record.value),
      line: { text: lines[index] ?? '', index, size: lines.length, proof },
      leaf: { ...(await room.prove(workspace, leaf.index)), entry: leaf.entry.toString() },
    };
  }

  return {
    async prove(workspace, point) {
      await room.log(workspace);
      const partition = partitionOfRun('metrics', workspace, point.run);
      const proofs: PointProof[] = [];
      for (const { time, value, origin } of await find(workspace, point)) {
        const { offset, ordinal } = placeOfVersion(BigInt(origin));
        proofs.push({ time, value, ordinal, ...(await proveMessage(workspace, partition, offset)) });
      }
      return proofs;
    },
  };
}
