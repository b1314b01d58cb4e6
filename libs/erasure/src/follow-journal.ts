import { BackgroundLoop, type Logger, type Scope } from '@runledger/kernel';
import type { DataSource } from 'typeorm';

const POLL_MS = 1_000;
const ROWS_A_PAGE = 20_000;

type Place = Readonly<{ workspace: string; journalseq: string }>;

/**
 * Keeps something in memory that follows the journal, by the second, so that a door asks no database. It has caught up when this returns.
 * `select` reads members of events, `where` says of which; both are SQL of this house.
 */
export async function followJournal<Row extends Place>(
  scope: Scope,
  parts: Readonly<{ source: DataSource; logger: Logger; what: string; select: string; where: string }>,
  take: (row: Row) => void,
): Promise<void> {
  const { source, logger, what, select, where } = parts;
  // The journal numbers the events of a workspace in the order of their commits.
  const seen = new Map<string, number>();

  async function catchUp(): Promise<void> {
    for (;;) {
      const rows: Row[] = await source.query(
        `select workspace, journalseq, ${select} from custody.journal_event
         where ${where} and journalseq > coalesce(($1::jsonb ->> workspace)::bigint, 0)
         order by workspace, journalseq limit ${ROWS_A_PAGE}`,
        [JSON.stringify(Object.fromEntries(seen))],
      );
      for (const row of rows) {
        take(row);
        seen.set(row.workspace, Number(row.journalseq));
      }
      if (rows.length < ROWS_A_PAGE) return;
    }
  }

  await scope.start(what, async () => {
    await catchUp();
    const loop = new BackgroundLoop({
      round: catchUp,
      everyMs: POLL_MS,
      firstMs: POLL_MS,
      failed: (err) => logger.warn({ err }, `${what} could not be looked up`),
    });
    loop.start();
    return { value: null, stop: () => loop.stop() };
  });
}
