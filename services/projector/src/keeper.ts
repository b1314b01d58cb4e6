import { BackgroundLoop, isFault, restAfter } from '@runledger/kernel';
import {
  checkResultOf,
  failRebuild,
  type Projection,
  type ProjectionState,
  projectionStates,
  takeTurn,
} from '@runledger/postgres';
import type { CheckDeps } from './check-projection';
import { PROJECTION_VERSIONS } from './projection-versions';
import { runCheck } from './run-check';
import { NotYet, Rebuild } from './run-rebuild';

export type KeeperOptions = Readonly<{
  /** Hours between two checks in the background; 0: none. */
  checkHours: number;
  /** Versions of this release's projections; others in tests. */
  versions?: Readonly<Record<Projection, number>>;
  pollMs?: number;
}>;

const POLL_MS = 1_000;
/** After a start, so that nobody who only looks in pays for a check. */
const FIRST_CHECK_MS = 15 * 60_000;
/** A rebuild that failed by itself, and not because somebody demands what cannot be. */
const AGAIN_MS = 10 * 60_000;
const NOT_YET_MS = 500;
const HOUR_MS = 3_600_000;

/** Rebuilds what is old or asked for, and checks in the background. Of many processes one does each. */
export class Keeper {
  readonly #rebuilding: BackgroundLoop;
  readonly #checking: BackgroundLoop;
  readonly #startedAt = Date.now();
  readonly #notBefore = new Map<Projection, number>();

  constructor(
    private readonly deps: CheckDeps,
    private readonly options: KeeperOptions,
  ) {
    const { pollMs: everyMs = POLL_MS } = options;
    const failed = (err: unknown): void =>
      deps.logger.warn({ err }, 'the upkeep of the projections failed; it goes on');
    this.#rebuilding = new BackgroundLoop({ round: () => this.#rebuildAll(), everyMs, failed });
    this.#checking = new BackgroundLoop({ round: () => this.#checkWhenDue(), everyMs, failed });
  }

  get #versions(): Readonly<Record<Projection, number>> {
    return this.options.versions ?? PROJECTION_VERSIONS;
  }

  start(): void {
    this.#rebuilding.start();
    this.#checking.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#rebuilding.stop(), this.#checking.stop()]);
  }

  #isWanted({ name, version, demand, met }: ProjectionState): boolean {
    if (demand > met) return true;
    return version < this.#versions[name] && Date.now() >= (this.#notBefore.get(name) ?? 0);
  }

  async #rebuildAll(): Promise<void> {
    const wanted = (await projectionStates(this.deps.source)).filter((state) => this.#isWanted(state));
    if (wanted.length === 0) return;
    const release = await takeTurn(this.deps.source, 'rebuild');
    if (release === null) return;
    try {
      // What was wanted may have been done by whoever had the turn before.
      for (const { name } of wanted) {
        const [state] = (await projectionStates(this.deps.source)).filter((one) => one.name === name);
        if (state !== undefined && this.#isWanted(state)) await this.#rebuild(state);
      }
    } finally {
      await release();
    }
  }

  async #rebuild({ name, demand }: ProjectionState): Promise<void> {
    const { logger, source } = this.deps;
    const version = this.#versions[name];
    const { signal } = this.#rebuilding;
    logger.info({ projection: name, version }, 'rebuilding a projection from the log');
    const rebuild = new Rebuild(this.deps, name, { version, met: demand, signal, rest: async () => undefined });
    try {
      await this.#untilReady(() => rebuild.prepare());
      await rebuild.fill();
      await this.#untilReady(() => rebuild.swap());
      await rebuild.clean();
      logger.info({ projection: name, version }, 'a projection was rebuilt, and is read now');
    } catch (error) {
      if (signal.aborted) return;
      this.#notBefore.set(name, Date.now() + AGAIN_MS);
      await failRebuild(source, name, {
        demand,
        why: isFault(error) ? `${error.message} (${error.code})` : 'an engine failed',
      });
      throw error;
    }
  }

  /** Others compare or roll, or read for long what is to be dropped: that ends. */
  async #untilReady(work: () => Promise<void>): Promise<void> {
    for (;;) {
      this.#rebuilding.signal.throwIfAborted();
      try {
        await work();
        return;
      } catch (error) {
        if (!(error instanceof NotYet) && !isLockTimeout(error)) throw error;
        await this.#rebuilding.rest(NOT_YET_MS);
      }
    }
  }

  async #checkWhenDue(): Promise<void> {
    const { checkHours } = this.options;
    if (checkHours === 0 || Date.now() - this.#startedAt < FIRST_CHECK_MS) return;
    const last = await checkResultOf(this.deps.source, 'watch');
    if (last !== null && Date.now() - last.finishedAt.getTime() < checkHours * HOUR_MS) return;
    await this.check();
  }

  /** One check in the background, slowly. */
  async check(): Promise<void> {
    const { logger } = this.deps;
    const { signal } = this.#checking;
    const result = await runCheck(this.deps, {
      name: 'watch',
      repair: false,
      signal,
      rest: (workedMs) => this.#checking.rest(restAfter(workedMs)),
      tell: (event) => {
        if (event.kind === 'difference') logger.error({ difference: event }, 'what is read is not what the log says');
      },
    });
    logger.info(
      { records: result.records, differences: result.differences },
      'checked the projections against the log',
    );
  }
}

/** SQLSTATE of Postgres, also below TypeORM's wrapping: 55P03, lock_not_available. */
function isLockTimeout(error: unknown): boolean {
  const { driverError, code } = error as { driverError?: { code?: unknown }; code?: unknown };
  return (driverError?.code ?? code) === '55P03';
}
