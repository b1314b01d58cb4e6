import type { ArtifactLocks } from '@runledger/artifacts';
import { lockEnd, termAt } from '@runledger/domain';
import { BackgroundLoop, isFault, type Logger, type Scope } from '@runledger/kernel';
import { createArtifactLocks, createDueRuns, type LockedProject, takeTurn } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import { everyPolicy } from './policies';

export type ArtifactLockerParts = Readonly<{
  source: DataSource;
  locks: Pick<ArtifactLocks, 'lock'>;
  logger: Logger;
}>;

const PAUSE_MS = 10_000;
const AGAIN_MS = 3_600_000;
const PAGE = 500;
/** Requests of the store under way. */
const AT_A_TIME = 8;

type LockTerm = LockedProject & Readonly<{ days: number }>;

/**
 * Locks what doors have not: what was stored before a policy began to hold, or by a run of which nobody knew yet in which project it is. It looks
 * when policies change, at each start, and every hour. Of many processes one does it.
 */
export class ArtifactLocker {
  readonly #loop = new BackgroundLoop({
    round: () => this.round(),
    everyMs: PAUSE_MS,
    failed: (err) => this.parts.logger.warn({ err }, 'artifacts could not be locked; it is tried again'),
  });
  #seen = '';
  #againAt = 0;

  constructor(private readonly parts: ArtifactLockerParts) {}

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** Everything that is to be locked now, once. False: another process does it. */
  async round(): Promise<boolean> {
    const { source } = this.parts;
    const release = await takeTurn(source, 'artifact-locks');
    if (release === null) return false;
    try {
      const terms = await this.#terms();
      const said = JSON.stringify(terms);
      if (said === this.#seen && performance.now() < this.#againAt) return true;
      for (const term of terms) await this.#lockAll(term);
      this.#seen = said;
      this.#againAt = performance.now() + AGAIN_MS;
      return true;
    } finally {
      await release();
    }
  }

  async #terms(): Promise<LockTerm[]> {
    const at = new Date().toISOString();
    const policies = await everyPolicy(createDueRuns(this.parts.source));
    return policies.flatMap(({ workspace, project, retention }) => {
      const days = termAt(retention.lock, at)?.days ?? null;
      return days === null ? [] : [{ workspace, project, days }];
    });
  }

  async #lockAll({ days, ...of }: LockTerm): Promise<void> {
    const rows = createArtifactLocks(this.parts.source);
    for (let after = '', page = PAGE; page === PAGE; ) {
      const found = await rows.toLock(of, days, { after, limit: PAGE });
      for (let next = 0; next < found.length; next += AT_A_TIME) {
        this.#loop.signal.throwIfAborted();
        const some = found.slice(next, next + AT_A_TIME);
        await Promise.all(some.map(({ digest, storedAt }) => this.#lockOne(of, digest, lockEnd(storedAt, days))));
      }
      page = found.length;
      after = found.at(-1)?.digest ?? after;
    }
  }

  /** Bytes that are missing keep no others from being locked: the check of the ledger tells of them. */
  async #lockOne(of: LockedProject, digest: string, until: Date): Promise<void> {
    const { source, locks, logger } = this.parts;
    try {
      const stands = await locks.lock(digest, until);
      await createArtifactLocks(source).locked(digest, of, stands);
    } catch (err) {
      if (!isFault(err) || err.code !== 'ARTIFACTS_MISSING') throw err;
      logger.warn({ err, digest }, 'an artifact that is to be locked is not there');
    }
  }
}

/** Opens what locks artifacts that doors have not locked. */
export async function openArtifactLocker(scope: Scope, parts: ArtifactLockerParts): Promise<void> {
  await scope.start('artifacts that are locked', async () => {
    const value = new ArtifactLocker(parts);
    value.start();
    return { value, stop: () => value.stop() };
  });
}
