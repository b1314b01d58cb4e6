import { setTimeout as sleep } from 'node:timers/promises';
import { isFault, type Logger, restAfter } from '@runledger/kernel';
import { Archivist, type ArchivistDeps } from './archivist';

/** After a start, so that nobody who only looks in pays for it. */
const FIRST_MS = 10 * 60_000;
const EVERY_MS = 3_600_000;

/** Archives the log in the background, slowly. Of many processes one does it. */
export class ArchiveKeeper {
  readonly #stopping = new AbortController();
  #running: Promise<void> | null = null;

  constructor(private readonly deps: ArchivistDeps & Readonly<{ logger: Logger }>) {}

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  #pause(ms: number): Promise<unknown> {
    return sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }

  async #run(): Promise<void> {
    await this.#pause(FIRST_MS);
    for (const { signal } = this.#stopping; !signal.aborted; await this.#pause(EVERY_MS)) await this.#once();
  }

  async #once(): Promise<void> {
    const { logger } = this.deps;
    const { signal } = this.#stopping;
    const rest = async (workedMs: number): Promise<void> => void (await this.#pause(restAfter(workedMs)));
    const tell = (line: object): void => logger.info(line, 'the archive of the log');
    try {
      await new Archivist(this.deps, { isDemanded: false, signal, tell, rest }).work();
    } catch (error) {
      if (signal.aborted || (isFault(error) && error.code === 'NOTARY_ARCHIVE_UNDER_WAY')) return;
      logger.error({ err: error }, 'the log could not be archived; it keeps what it has, and this is tried again');
    }
  }
}
