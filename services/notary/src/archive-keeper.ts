import { BackgroundLoop, isFault, type Logger, restAfter } from '@runledger/kernel';
import { Archivist, type ArchivistDeps } from './archivist';

/** After a start, so that nobody who only looks in pays for it. */
const FIRST_MS = 10 * 60_000;
const EVERY_MS = 3_600_000;

/** Archives the log in the background, slowly. Of many processes one does it. */
export function createArchiveKeeper(deps: ArchivistDeps & Readonly<{ logger: Logger }>): BackgroundLoop {
  const { logger } = deps;
  const tell = (line: object): void => logger.info(line, 'the archive of the log');
  const loop: BackgroundLoop = new BackgroundLoop({
    firstMs: FIRST_MS,
    everyMs: EVERY_MS,
    round: () => new Archivist(deps, { isDemanded: false, signal: loop.signal, tell, rest }).work(),
    failed(error) {
      if (isFault(error) && error.code === 'NOTARY_ARCHIVE_UNDER_WAY') return;
      logger.error({ err: error }, 'the log could not be archived; it keeps what it has, and this is tried again');
    },
  });
  const rest = (workedMs: number): Promise<void> => loop.rest(restAfter(workedMs));
  return loop;
}
