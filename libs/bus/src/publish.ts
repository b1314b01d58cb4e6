import { encodePositionToken, type LogRecord, type Position } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import type { Log, Unmoved } from './log';

/** What this door needs of the log. */
export type Publishing = Pick<Log, 'incarnation' | 'publish' | 'publishUnmoved'>;
export type PublishLimits = Readonly<{
  /** Longest wait for the log; the outcome is unknown then, and the client sends the same again. */
  publishTimeoutMs: number;
  /** Most bytes that wait for the log at a time. */
  pendingBytes: number;
}>;

/** Answers the position token of records that are durable. */
export type Publish = (records: readonly LogRecord[]) => Promise<string>;
/** The same unless something has moved: then undefined, and nothing is stored. */
export type PublishUnmoved = (records: readonly LogRecord[], since: Unmoved) => Promise<string | undefined>;

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
export function createPublish(
  log: Publishing,
  { publishTimeoutMs, pendingBytes }: PublishLimits,
): Readonly<{ publish: Publish; publishUnmoved: PublishUnmoved | undefined }> {
  const pending = new PendingBytes(pendingBytes);

  async function bounded<T>(records: readonly LogRecord[], work: () => Promise<T>): Promise<T> {
    const bytes = records.reduce((sum, { value }) => sum + value.length, 0);
    const workspace = records[0]?.headers['ce_workspace'] ?? '';
    if (!pending.fits(workspace, bytes))
      throw new Fault('overloaded', 'BUS_BUSY', 'the log is behind; send the same again');
    pending.add(workspace, bytes);
    const publishing = (async () => work())();
    // Also when nobody waits for it any more: until then it holds the memory.
    const settled = (): void => pending.add(workspace, -bytes);
    publishing.then(settled, settled);
    return withDeadline(publishing, publishTimeoutMs);
  }

  const tokenOf = (positions: readonly Position[]): string =>
    encodePositionToken({ incarnation: log.incarnation, log: positions, journal: [] });

  return {
    publish: async (records) => tokenOf(await bounded(records, () => log.publish(records))),
    publishUnmoved:
      log.publishUnmoved === undefined
        ? undefined
        : async (records, since) => {
            const positions = await bounded(records, async () => log.publishUnmoved?.(records, since));
            return positions === undefined ? undefined : tokenOf(positions);
          },
  };
}
