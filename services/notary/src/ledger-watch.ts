import { BackgroundLoop, type Logger, restAfter } from '@runledger/kernel';
import { checkResultOf, keepCheckResult, type LedgerReads, takeTurn } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import type { LeavesCheck } from './check-leaves';

/** What the result for a workspace is kept under. */
export const watchName = (workspace: string): string => `ledger/${workspace}`;

export type WatchDeps = Readonly<{
  source: DataSource;
  logger: Logger;
  reads: Pick<LedgerReads, 'workspaces'>;
  check: LeavesCheck;
  /** Hours between two checks of a workspace; 0: none. */
  hours: number;
}>;

const POLL_MS = 60_000;
/** After a start, so that nobody who only looks in pays for a check. */
const FIRST_MS = 20 * 60_000;
const HOUR_MS = 3_600_000;

/** Checks the ledger of each workspace in the background, slowly. Of many processes one does it. */
export class LedgerWatch {
  readonly #loop: BackgroundLoop;

  constructor(private readonly deps: WatchDeps) {
    this.#loop = new BackgroundLoop({
      firstMs: FIRST_MS,
      everyMs: POLL_MS,
      round: () => this.checkDue(),
      failed: (err) => deps.logger.warn({ err }, 'the check of the ledger failed; it is tried again'),
    });
  }

  start(): void {
    if (this.deps.hours > 0) this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** One round: those workspaces whose last check is long ago. */
  async checkDue(): Promise<void> {
    const { source, reads, hours } = this.deps;
    const release = await takeTurn(source, 'ledger');
    if (release === null) return;
    try {
      for (const workspace of await reads.workspaces()) {
        this.#loop.signal.throwIfAborted();
        const last = await checkResultOf(source, watchName(workspace));
        if (last === null || Date.now() - last.finishedAt.getTime() >= hours * HOUR_MS) await this.#check(workspace);
      }
    } finally {
      await release();
    }
  }

  async #check(workspace: string): Promise<void> {
    const { source, logger, check } = this.deps;
    const rest = async (workedMs: number): Promise<void> => {
      await this.#loop.rest(restAfter(workedMs));
      this.#loop.signal.throwIfAborted();
    };
    const checking = check(workspace, { artifacts: true, rest });
    let step = await checking.next();
    for (; step.done !== true; step = await checking.next())
      logger.error({ difference: step.value }, 'the ledger is not what was signed, or not what is kept');
    await keepCheckResult(source, watchName(workspace), step.value);
    const { records: leaves, differences } = step.value;
    logger.info({ workspace, leaves, differences }, 'checked the ledger');
  }
}
