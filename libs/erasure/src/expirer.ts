import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@runledger/bus';
import { type ClickHouse, createPointRemoval } from '@runledger/clickhouse';
import type { Commands } from '@runledger/commands';
import { TOPICS } from '@runledger/contracts';
import { BackgroundLoop, type Logger, type Scope } from '@runledger/kernel';
import { createDueRuns, createExpiredRuns, takeTurn } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import { decideDue } from './decide-due';
import { DOORS_MS } from './expired-set';
import { createProjected, PATIENCE_MS, POLL_MS } from './projected';
import { type TakingPoints, takePoints, takePointsAgain } from './take-points';

export type ExpirerParts = Readonly<{
  source: DataSource;
  log: Pick<Log, 'ends'>;
  clickhouse: ClickHouse;
  commands: Pick<Commands, 'run'>;
  logger: Logger;
  /** Others in tests. */
  now?: () => Date;
  doorsMs?: number;
}>;

const PAUSE_MS = 10_000;
const AGAIN_MS = 3_600_000;

/**
 * Lets expire what is due by the policies of projects: first the decision, in the journal; then the points go. Of many processes one does
 * it, and one that was killed in between is followed by any other.
 */
export class Expirer {
  readonly #loop = new BackgroundLoop({
    round: () => this.round(),
    everyMs: PAUSE_MS,
    failed: (err) => this.parts.logger.warn({ err }, 'what has expired is still there; it is tried again'),
  });
  readonly #taking: TakingPoints;
  #againAt = 0;

  constructor(private readonly parts: ExpirerParts) {
    const { source, log, clickhouse, doorsMs = DOORS_MS } = parts;
    const removePoints = createPointRemoval(clickhouse);
    const { signal } = this.#loop;
    const passing = { topics: [TOPICS.runs.name, TOPICS.metrics.name], projections: ['metadata', 'series'] } as const;
    const settled = createProjected({ source, log, signal }, passing);
    this.#taking = { source, expired: createExpiredRuns(source), removePoints, settled, doorsMs };
  }

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** Everything that is to be done now, once. False: another process does it. */
  async round(): Promise<boolean> {
    const { source, commands, now = () => new Date() } = this.parts;
    const release = await takeTurn(source, 'retention');
    if (release === null) return false;
    try {
      await this.#taking.expired.takeOver();
      const { signal } = this.#loop;
      const { expired, settled } = this.#taking;
      const decided = await decideDue({ due: createDueRuns(source), expired, commands, settled, signal }, now());
      if (decided > 0) this.parts.logger.info({ decided }, 'points and artifacts of runs have expired');
      await this.#takeAll();
      return true;
    } finally {
      await release();
    }
  }

  async #takeAll(): Promise<void> {
    if (performance.now() >= this.#againAt && (await this.#patiently(() => takePointsAgain(this.#taking))) !== null)
      this.#againAt = performance.now() + AGAIN_MS;
    for (let taken: number | null = 1; taken !== null && taken > 0; )
      taken = await this.#patiently(() => takePoints(this.#taking));
  }

  /** Until it could be done, or somebody else takes too long. */
  async #patiently(work: () => Promise<number | null>): Promise<number | null> {
    for (const until = performance.now() + PATIENCE_MS; ; await sleep(POLL_MS)) {
      const done = await work();
      if (done !== null || this.#loop.signal.aborted || performance.now() > until) return done;
    }
  }
}

/** Opens what lets points and artifacts expire. */
export async function openExpirer(scope: Scope, parts: ExpirerParts): Promise<void> {
  await scope.start('what expires', async () => {
    const value = new Expirer(parts);
    value.start();
    return { value, stop: () => value.stop() };
  });
}
