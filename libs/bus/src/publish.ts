import { encodePositionToken, type LogRecord, type Position } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';

/** What this door needs of the log. */
export type Publishing = Readonly<{
  readonly incarnation: string;
  publish(records: readonly LogRecord[]): Promise<Position[]>;
}>;
export type PublishLimits = Readonly<{
  /** Longest wait for the log; the outcome is unknown then, and the client sends the same again. */
  publishTimeoutMs: number;
  /** Most bytes that wait for the log at a time. */
  pendingBytes: number;
}>;

/** Answers the position token of records that are durable. */
export type Publish = (records: readonly LogRecord[]) => Promise<string>;

async function withDeadline<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Fault('unavailable', 'BUS_SLOW', 'the log did not answer in time; send the same again'));
    }, ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Nothing is acknowledged that the log does not have. Bytes that a slow log has not taken yet are bounded: beyond that,
 * clients are put off instead of filling the memory of this process.
 * @throws Fault overloaded BUS_BUSY, unavailable BUS_SLOW, and the log's own
 */
export function createPublish(log: Publishing, { publishTimeoutMs, pendingBytes }: PublishLimits): Publish {
  let pending = 0;
  return async (records) => {
    const bytes = records.reduce((sum, { value }) => sum + value.length, 0);
    if (pending > 0 && pending + bytes > pendingBytes)
      throw new Fault('overloaded', 'BUS_BUSY', 'the log is behind; send the same again');
    pending += bytes;
    const publishing = (async () => log.publish(records))();
    const settled = (): void => {
      pending -= bytes; // also when nobody waits for it any more: until then it holds the memory
    };
    publishing.then(settled, settled);
    const positions = await withDeadline(publishing, publishTimeoutMs);
    return encodePositionToken({ incarnation: log.incarnation, log: positions, journal: [] });
  };
}
