import {
  decodePositionToken,
  instant,
  journalseqOf,
  type Position,
  partitionOf,
  type Recorded,
  TOPICS,
} from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import type { AsOf, PositionReads } from '@runledger/postgres';
import type { LogEnds } from './freshness';
import { partitionName } from './places';

/** The log, as far as reading as of a moment needs it. */
export interface LogPast extends LogEnds {
  offsetsAfter(topics: readonly string[], time: number): Promise<Position[]>;
  read(topic: string, partition: number, from: number, to: number): AsyncIterable<readonly Recorded[]>;
}

const CUT = [TOPICS.runs.name, TOPICS.metrics.name, TOPICS.console.name, TOPICS.catalog.name];
/** A relay may be that late: where a decision is looked for in the log begins so much before its own time. */
const CLOCKS_MS = 60_000;

type Found = Readonly<{ position: Position; time: number }>;
const nameOf = (position: Position): string => partitionName(position);

/**
 * The one place where a time or a position becomes what a reader would have seen. A time is what the log had appended by then. A
 * position is the moment at which the last of its records was appended, with the partitions that it names cut exactly
 * behind them.
 */
export function createAsOf(log: LogPast, reads: Pick<PositionReads, 'decidedAt'>) {
  const catalogOf = (workspace: string): number => partitionOf(workspace, TOPICS.catalog.partitions);

  async function atTime(workspace: string, time: number, exactly: readonly Position[] = []): Promise<AsOf> {
    const cuts = new Map((await log.offsetsAfter(CUT, time)).map((cut) => [nameOf(cut), cut.offset]));
    for (const position of exactly) cuts.set(nameOf(position), position.offset + 1);
    const of = ({ name, partitions }: { name: string; partitions: number }): number[] =>
      Array.from({ length: partitions }, (_, partition) => cuts.get(partitionName({ topic: name, partition })) ?? 0);
    return {
      runs: of(TOPICS.runs),
      metrics: of(TOPICS.metrics),
      console: of(TOPICS.console),
      catalog: of(TOPICS.catalog)[catalogOf(workspace)] ?? 0,
    };
  }

  async function recordAt(position: Position): Promise<Found> {
    const { topic, partition, offset } = position;
    for await (const [record] of log.read(topic, partition, offset, offset + 1))
      if (record !== undefined) return { position, time: record.appended };
    throw new Fault('invalid', 'READS_POSITION_AHEAD', 'this position lies beyond the end of the log');
  }

  async function decisionAt(workspace: string, journalseq: number): Promise<Found> {
    const decided = await reads.decidedAt(workspace, journalseq);
    if (decided === null)
      throw new Fault('invalid', 'READS_POSITION_AHEAD', 'this position lies beyond the end of the journal');
    const topic = TOPICS.catalog.name;
    const partition = catalogOf(workspace);
    const starts = await log.offsetsAfter([topic], decided - CLOCKS_MS);
    const from = starts.find((start) => start.partition === partition)?.offset ?? 0;
    for await (const records of log.read(topic, partition, from, Number.MAX_SAFE_INTEGER))
      for (const record of records)
        if (record.headers['ce_workspace'] === workspace && journalseqOf(record) === journalseq)
          return { position: { topic, partition, offset: record.offset }, time: record.appended };
    throw new Fault('unavailable', 'READS_BEHIND', 'this decision is not in the log yet; try again');
  }

  async function atPosition(workspace: string, text: string): Promise<AsOf> {
    const token = decodePositionToken(text);
    if (token.incarnation !== log.incarnation)
      throw new Fault('invalid', 'READS_FOREIGN_POSITION', 'this position belongs to another log than the one in use');
    const decided = token.journal.filter((one) => one.workspace === workspace);
    const found = await Promise.all([
      ...token.log.map(recordAt),
      ...decided.map(({ journalseq }) => decisionAt(workspace, journalseq)),
    ]);
    if (found.length === 0) throw new Fault('invalid', 'READS_BAD_AS_OF', 'this position names no record');
    return atTime(
      workspace,
      Math.max(...found.map(({ time }) => time)),
      found.map(({ position }) => position),
    );
  }

  /**
   * `text`: an instant of RFC 3339, not in the future, or a position token.
   * @throws Fault invalid READS_BAD_AS_OF, READS_FOREIGN_POSITION, READS_POSITION_AHEAD, CONTRACTS_BAD_POSITION; unavailable READS_BEHIND
   */
  return async function asOf(workspace: string, text: string): Promise<AsOf> {
    if (text.startsWith('p1.')) return atPosition(workspace, text);
    const time = instant.safeParse(text).success ? Date.parse(text) : Number.NaN;
    if (Number.isNaN(time))
      throw new Fault('invalid', 'READS_BAD_AS_OF', 'as_of must be an instant as of RFC 3339, or a position token');
    if (time > Date.now()) throw new Fault('invalid', 'READS_BAD_AS_OF', 'as_of must not lie in the future');
    return atTime(workspace, time);
  };
}
export type ResolveAsOf = ReturnType<typeof createAsOf>;
