import { RateLimiterRes } from 'rate-limiter-flexible';

/** What a quota is counted in: RateLimiterMemory, or RateLimiterRedis. They reject with a RateLimiterRes when it is used up. */
export interface Store {
  consume(key: string, amount: number): Promise<RateLimiterRes>;
  reward(key: string, amount: number): Promise<RateLimiterRes>;
}

type Options = Readonly<{
  /** Most of the quantity in a window. */
  limit: number;
  /** What is taken from the store at a time, and spent here without asking again. */
  lease: number;
  now?: () => number;
}>;

export type Standing = Readonly<{ remaining: number; resetMs: number }>;
type Answer = Standing & Readonly<{ refused: boolean }>;

type Entry = {
  /** Leased and not yet spent; below zero is a debt. */
  left: number;
  /** What the store had left after the last lease. */
  remaining: number;
  /** End of the window, ms since 1970. */
  until: number;
  /** The smallest amount that the store refused in this window: no larger one need be asked. */
  refused: number;
  leasing: Promise<void> | undefined;
};

/** More keys than this are looked through for those whose window has ended. */
const MANY_KEYS = 10_000;

/**
 * One quota for each key, counted in a store that may be far away. Most calls spend what was leased before and ask nobody; a refused
 * amount is remembered until the window ends, so that a flood costs the store nothing either.
 */
export class LeasedQuota {
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => number;

  constructor(
    private readonly store: Store,
    private readonly options: Options,
  ) {
    this.#now = options.now ?? Date.now;
  }

  /** Takes the amount, or nothing. */
  async take(key: string, amount: number): Promise<Answer> {
    const need = Math.min(amount, this.options.limit);
    for (;;) {
      const entry = this.#entry(key);
      if (entry.left > 0 && entry.left >= need) {
        entry.left -= need;
        return { refused: false, ...this.#standing(entry) };
      }
      const short = Math.max(1, need - entry.left);
      if (short >= entry.refused) return { refused: true, ...this.#standing(entry) };
      entry.leasing ??= this.#lease(key, entry, short).finally(() => {
        entry.leasing = undefined;
      });
      await entry.leasing;
    }
  }

  /** What was taken and is not needed, or was used without asking (below zero). */
  give(key: string, amount: number): void {
    this.#entry(key).left += Math.max(-this.options.limit, Math.min(amount, this.options.limit));
  }

  look(key: string): Standing {
    return this.#standing(this.#entry(key));
  }

  #standing({ left, remaining, until }: Entry): Standing {
    return { remaining: Math.max(0, remaining + left), resetMs: Math.max(0, until - this.#now()) };
  }

  #entry(key: string): Entry {
    const now = this.#now();
    const known = this.#entries.get(key);
    if (known !== undefined && (known.leasing !== undefined || now < known.until)) return known;
    if (this.#entries.size > MANY_KEYS)
      for (const [old, { until, leasing }] of this.#entries)
        if (until <= now && leasing === undefined) this.#entries.delete(old);
    const entry = { left: 0, remaining: this.options.limit, until: 0, refused: Infinity, leasing: undefined };
    this.#entries.set(key, entry);
    return entry;
  }

  /** Leases what is short, and more where there is more. */
  async #lease(key: string, entry: Entry, short: number): Promise<void> {
    const wish = Math.max(short, this.options.lease);
    for (const amount of wish > short ? [wish, short] : [short]) {
      const { granted, remaining, msBeforeNext } = await this.#ask(key, amount);
      entry.until = this.#now() + Math.max(1, msBeforeNext);
      if (granted) {
        entry.left += amount;
        entry.remaining = remaining;
        return;
      }
      // The store counts what it refuses, too.
      await this.store.reward(key, amount);
    }
    entry.refused = short;
    entry.remaining = 0;
  }

  async #ask(key: string, amount: number) {
    try {
      const { remainingPoints, msBeforeNext } = await this.store.consume(key, amount);
      return { granted: true, remaining: remainingPoints, msBeforeNext };
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      return { granted: false, remaining: 0, msBeforeNext: refusal.msBeforeNext };
    }
  }
}
