import { Fault, isFault } from '@runledger/kernel';

/** SQLSTATE of a failed query, also below TypeORM's wrapping. Failures of the connection itself have none. */
function sqlStateOf(error: unknown): string | undefined {
  const { driverError, code } = error as { driverError?: { code?: unknown }; code?: unknown };
  const found = driverError?.code ?? code;
  return typeof found === 'string' && /^[0-9A-Z]{5}$/.test(found) ? found : undefined;
}

/** Classes of SQLSTATE that say that the query itself is wrong (PostgreSQL, appendix A): data, integrity, syntax. */
const OURS = /^(?:22|23|25|26|42)/;
const DISK_FULL = '53100';

function faultOf(cause: unknown): Fault {
  if (isFault(cause)) return cause;
  const state = sqlStateOf(cause);
  if (state === DISK_FULL)
    return new Fault('full', 'JOURNAL_FULL', 'the disk of the journal is full; nothing was written', { cause });
  if (state !== undefined && OURS.test(state))
    return new Fault('bug', 'JOURNAL_BROKEN', 'the journal refused what was written to it', { cause });
  return new Fault('unavailable', 'JOURNAL_UNAVAILABLE', 'the journal is away; send the command again', { cause });
}

/** Lets nothing but Faults through. */
export async function asFault<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw faultOf(error);
  }
}
