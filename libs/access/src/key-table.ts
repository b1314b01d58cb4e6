import { setTimeout as sleep } from 'node:timers/promises';
import { Fault, type Logger } from '@runledger/kernel';
import type { KeyStore } from './key-store';
import type { LiveKey } from './live-key';

/** Older than this, the table is read again behind the request's back. */
const FRESH_MS = 1_000;
/** Older than this, a request waits for the reading: with READ_MS, a revocation is visible within five seconds. */
const STALE_MS = 2_500;
/** Longest time that a request waits for the table. */
const READ_MS = 2_000;
/** A key that is not in the table may be a new one: the store is asked for all such keys so often at most, whatever attackers send. */
const MISS_MS = 250;
/** While the database is away, no request waits for it more often than this. */
const RETRY_MS = 1_000;
/** How long the last table serves while the database is away, in which case nobody can revoke a key either. */
const GRACE_MS = 10 * 60_000;

export type KeyTable = Readonly<{
  /** @throws Fault unavailable ACCESS_KEYS_AWAY */
  find(hash: string): Promise<LiveKey | undefined>;
}>;

export type Clock = Readonly<{ now(): number; sleep(ms: number): Promise<unknown> }>;
const CLOCK: Clock = { now: Date.now, sleep };

/** All live keys in memory, read again while they are used: no request reads the database for itself. */
export function createKeyTable(
  store: Pick<KeyStore, 'live' | 'holds'>,
  logger: Logger,
  clock: Clock = CLOCK,
): KeyTable {
  let keys = new Map<string, LiveKey>();
  let readAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let failed = false;
  let reading: Promise<void> | undefined;
  let next: Readonly<{ hashes: Set<string>; done: Promise<void> }> | undefined;

  function fails(err: unknown): void {
    failed = true;
    logger.warn({ err }, 'the table of keys cannot be read; the last one serves');
  }

  async function load(): Promise<void> {
    const startedAt = clock.now(); // what commits during the reading may be missing from it
    triedAt = startedAt;
    try {
      keys = new Map((await store.live()).map((key) => [key.hash, key]));
      readAt = startedAt;
      failed = false;
    } catch (err) {
      fails(err);
    } finally {
      reading = undefined;
    }
  }

  function read(): Promise<void> {
    reading ??= load();
    return reading;
  }

  /** Wrong keys cost a look at an index, all of them together; only for one that is there the table is read. */
  async function look(hashes: ReadonlySet<string>): Promise<void> {
    await clock.sleep(Math.max(0, triedAt + MISS_MS - clock.now()));
    await reading;
    next = undefined;
    triedAt = clock.now();
    try {
      if (!(await store.holds([...hashes]))) return;
    } catch (err) {
      fails(err);
      return;
    }
    await read();
  }

  /** Begins from now on, and so sees every key that was made before. Shared by all who wait for it. */
  function lookFromNowOn(hash: string): Promise<void> {
    if (next === undefined) {
      const hashes = new Set<string>();
      next = { hashes, done: look(hashes) };
    }
    next.hashes.add(hash);
    return next.done;
  }

  async function orGiveUp(work: Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        failed = true;
        resolve();
      }, READ_MS);
    });
    await Promise.race([work, late]);
    clearTimeout(timer);
  }

  const mayTry = (): boolean => !failed || clock.now() - triedAt > RETRY_MS;

  return {
    async find(hash) {
      const arrived = clock.now();
      const age = arrived - readAt;
      if (age > STALE_MS) {
        if (mayTry()) await orGiveUp(read());
      } else if (age > FRESH_MS && mayTry()) void read();
      if (!keys.has(hash) && readAt < arrived && mayTry()) await orGiveUp(lookFromNowOn(hash));
      if (clock.now() - readAt > GRACE_MS)
        throw new Fault('unavailable', 'ACCESS_KEYS_AWAY', 'keys cannot be checked at the moment; try again');
      return keys.get(hash);
    },
  };
}
