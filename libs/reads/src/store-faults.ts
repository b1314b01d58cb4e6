import { Fault, isFault } from '@runledger/kernel';

/** Classes of SQLSTATE that say that the query itself is wrong (PostgreSQL, appendix A): data, integrity, syntax. */
const OURS = /^(?:22|23|25|26|42)[0-9A-Z]{3}$/;
/** Longest time that a store may take; whoever asked is told to come back. */
const PATIENCE_MS = 25_000;

/** A failed query has a SQLSTATE, also below TypeORM's wrapping; a failed connection has none. */
function isOurs(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError) return true;
  const { driverError, code } = error as { driverError?: { code?: unknown }; code?: unknown };
  const state = driverError?.code ?? code;
  return typeof state === 'string' && OURS.test(state);
}

const away = (cause: unknown): Fault =>
  new Fault('unavailable', 'READS_STORE_AWAY', 'what answers this is away at the moment; try again', { cause });

async function asFault<T>(work: Promise<T>, patienceMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the store has not answered in time')), patienceMs);
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    throw isFault(error) || isOurs(error) ? error : away(error);
  } finally {
    clearTimeout(timer);
  }
}

type Read = (...args: never[]) => Promise<unknown>;

/** The same reads, of which each ends in time, and fails with 503 when its store is away, instead of as a bug of ours. */
export function readsThatEnd<R extends Readonly<Record<string, Read>>>(reads: R, patienceMs = PATIENCE_MS): R {
  const wrapped = Object.entries(reads).map(([name, read]) => [
    name,
    (...args: never[]) => asFault(read(...args), patienceMs),
  ]);
  return Object.fromEntries(wrapped) as R;
}
