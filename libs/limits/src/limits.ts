/** What is counted. Series are metrics of runs to which points come, each once an hour. Reads are counted in milliseconds between the request and the end of its answer. */
export const QUANTITIES = ['requests', 'bytes', 'points', 'read-ms', 'series'] as const;
export type Quantity = (typeof QUANTITIES)[number];

/** Whom a quota is for: all of a workspace, all of a project where it is known, or one caller. */
export const SCOPES = ['workspace', 'project', 'caller'] as const;
export type LimitScope = (typeof SCOPES)[number];

/** Who asks, as libs/access knows them. `actor` is the caller: every key has its own, if nobody gave it another. */
export type Asker = Readonly<{ workspace: string; actor: string; project?: string | undefined }>;

/** Where a quota stands. What other processes have taken meanwhile shows a little later. */
export type Quota = Readonly<{
  scope: LimitScope;
  quantity: Quantity;
  /** Most of the quantity in a window. */
  limit: number;
  windowSeconds: number;
  remaining: number;
  /** Until the window ends. */
  resetSeconds: number;
}>;

/** Counts what is done, and refuses what is too much. One implementation, on memory or on Redis. */
export interface Limits {
  /**
   * Takes from every quota that the amount counts for, or from none. An amount beyond a whole quota takes all of it, so that
   * it may pass once in a window. 0 asks whether anything is left. Answers the tightest quota, or undefined without one.
   * @throws Fault overloaded LIMITS_EXCEEDED, with `context.quota` and `context.retryAfter` in seconds
   */
  take(who: Asker, quantity: Quantity, amount: number): Promise<Quota | undefined>;
  /**
   * Takes the series of a batch to which no points have come in this hour yet, as far as this process has seen them. What is refused counts as
   * not seen.
   * @throws Fault overloaded LIMITS_EXCEEDED
   */
  takeSeries(who: Asker, run: string, names: readonly string[]): Promise<void>;
  /** Counts what is known only afterwards; it may leave a quota in debt, and what comes next is refused. */
  charge(who: Asker, quantity: Quantity, amount: number): void;
  /** Every quota that holds for who asks. */
  quotas(who: Asker): Quota[];
  /** Every policy that there is, for people and headers: scope, quantity, limit and window. */
  readonly policies: ReadonlyArray<Pick<Quota, 'scope' | 'quantity' | 'limit' | 'windowSeconds'>>;
  close(): Promise<void>;
}
