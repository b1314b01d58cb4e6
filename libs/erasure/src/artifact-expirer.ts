import type { Log } from '@runledger/bus';
import { TOPICS } from '@runledger/contracts';
import { BackgroundLoop, type Logger, type Scope } from '@runledger/kernel';
import {
  createArtifactLocks,
  createDueRuns,
  createExpiredArtifacts,
  createExpiredRuns,
  takeTurn,
} from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import { DOORS_MS } from './expired-set';
import { createProjected } from './projected';
import type { RemovingBytes } from './remove-bytes';
import { type TakingArtifacts, takeArtifacts } from './take-artifacts';

export type ArtifactExpirerParts = Readonly<{
  source: DataSource;
  log: Pick<Log, 'ends'>;
  artifacts: RemovingBytes['artifacts'];
  logger: Logger;
  /** Another in tests. */
  doorsMs?: number;
}>;

const PAUSE_MS = 10_000;
const AGAIN_MS = 3_600_000;

/** Takes away the bytes of what has expired, where the artifacts are: of many processes one does it. */
export class ArtifactExpirer {
  readonly #loop = new BackgroundLoop({
    round: () => this.round(),
    firstMs: PAUSE_MS,
    everyMs: PAUSE_MS,
    failed: (err) =>
      this.parts.logger.warn({ err }, 'artifacts that have expired are still there; they are tried again'),
  });
  readonly #taking: TakingArtifacts;
  #againAt = 0;

  constructor(private readonly parts: ArtifactExpirerParts) {
    const { source, log, artifacts, logger, doorsMs = DOORS_MS } = parts;
    const { signal } = this.#loop;
    const settled = createProjected({ source, log, signal }, { topics: [TOPICS.runs.name], projections: ['metadata'] });
    const [files, expired, due] = [createExpiredArtifacts(source), createExpiredRuns(source), createDueRuns(source)];
    const locked = createArtifactLocks(source);
    this.#taking = { files, expired, due, artifacts, locked, settled, doorsMs, logger };
  }

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** Everything that is to be done now, once. False: another process does it. */
  async round(): Promise<boolean> {
    const release = await takeTurn(this.parts.source, 'retention-artifacts');
    if (release === null) return false;
    try {
      const again = performance.now() >= this.#againAt;
      await takeArtifacts(this.#taking, again ? 'all' : 'open');
      if (again) this.#againAt = performance.now() + AGAIN_MS;
      return true;
    } finally {
      await release();
    }
  }
}

export async function openArtifactExpirer(scope: Scope, parts: ArtifactExpirerParts): Promise<void> {
  await scope.start('artifacts that expire', async () => {
    const value = new ArtifactExpirer(parts);
    value.start();
    return { value, stop: () => value.stop() };
  });
}
