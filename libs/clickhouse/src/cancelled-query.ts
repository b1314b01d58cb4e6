import { randomUUID } from 'node:crypto';
import { Fault } from '@runledger/kernel';
import type { Session } from 'chdb';

export const cancelled = (): Fault =>
  new Fault('unavailable', 'CLICKHOUSE_CANCELLED', 'nobody waits for this answer any more');

/** Ends the statement that carries a mark in its `log_comment`. Only another session can: its own one runs it. */
export const killMarked = (session: Session, mark: string): Promise<unknown> =>
  session.queryAsync(`kill query where Settings['log_comment'] = '${mark}' async`).catch(() => undefined);

/**
 * Asks on a session, and ends the query in the engine when its asker goes. A failed query stays among the engine's processes until
 * its session is asked something else.
 */
export async function askUntil<T>(
  gone: AbortSignal,
  session: Session,
  { killer, ask }: Readonly<{ killer: () => Session; ask: (setting: string) => Promise<T> }>,
): Promise<T> {
  if (gone.aborted) throw cancelled();
  const mark = randomUUID();
  const kill = (): void => {
    const other = killer();
    void killMarked(other, mark).finally(() => other.close());
  };
  gone.addEventListener('abort', kill, { once: true });
  try {
    return await ask(`, log_comment = '${mark}'`);
  } catch (error) {
    if (!gone.aborted) throw error;
    await session.queryAsync('select 1').catch(() => undefined);
    throw cancelled();
  } finally {
    gone.removeEventListener('abort', kill);
  }
}
