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

/** One workspace's share of what may wait: less than either log takes, so that it has room for others. */
const SHARE = 1 / 4;

class PendingBytes {
  readonly #of = new Map<string, number>();
  #all = 0;

  constructor(private readonly most: number) {}

  /** One that is larger than its share may pass when nothing of its workspace waits. */
  fits(workspace: string, bytes: number): boolean {
    const of = this.#of.get(workspace) ?? 0;
    return (this.#all === 0 || this.#all + bytes <= this.most) && (of === 0 || of + bytes <= this.most * SHARE);
  }

  add(workspace: string, bytes: number): void {
    this.#all += bytes;
    const of = (this.#of.get(workspace) ?? 0) + bytes;
    if (of > 0) this.#of.set(workspace, of);
    else this.#of.delete(workspace);
  }
}

/**
 * Nothing is acknowledged that the log does not have. Bytes that a slow log has not taken yet are bounded: beyond that,
 * clients are put off instead of filling the memory of this process.
 * @throws Fault overloaded BUS_BUSY, unavailable BUS_SLOW, and the log's own
 */
export function createPublish(log: Publishing, { publishTimeoutMs, pendingBytes }: PublishLimits): Publish {
  const pending = new PendingBytes(pendingBytes);
  return async (records) => {
    const bytes = records.reduce((sum, { value }) => sum + value.length, 0);
    const workspace = records[0]?.headers['ce_workspace'] ?? '';
    if (!pending.fits(workspace, bytes))
      throw new Fault('overloaded', 'BUS_BUSY', 'the log is behind; send the same again');
    pending.add(workspace, bytes);
    const publishing = (async () => log.publish(records))();
    // Also when nobody waits for it any more: until then it holds the memory.
    const settled = (): void => pending.add(workspace, -bytes);
    publishing.then(settled, settled);
    const positions = await withDeadline(publishing, publishTimeoutMs);
    return encodePositionToken({ incarnation: log.incarnation, log: positions, journal: [] });
  };
}
