import { Fault } from '@runledger/kernel';

const TOO_LONG = new Set([159, 160]);
const TOO_MUCH_MEMORY = new Set([241]);
const TOO_MANY_ROWS = new Set([395]); // throwIf of our own
/** The engine, its disk or its network, and not the statement. */
const AWAY = new Set([74, 75, 76, 202, 209, 210, 236, 243, 394, 999, 1000, 1001, 1002]);

/** What the engine says of a statement, without where it keeps things and how the statement was put together. */
function told(message: string): string {
  const [first = ''] = message
    .replace(/^Code: \d+\. DB::Exception: /, '')
    .split(/ in scope |: While |: \(in file|\. Maybe you meant|\(version |: In scope|\n/);
  const plain = first
    .replaceAll(/\/[\w./-]{3,}/g, '…')
    .replaceAll(/\(?[A-Z_]{6,}\)?\.?$/g, '')
    .trim();
  return plain.slice(0, 300);
}

/** A statement of a user that failed, by the engine's number (ClickHouse ErrorCodes). */
export function statementFault(number: number, error: unknown): Fault {
  const message = error instanceof Error ? error.message : String(error);
  const context = { number };
  if (number === 0 || AWAY.has(number))
    return new Fault('unavailable', 'CLICKHOUSE_FAILED', 'the engine could not answer', { cause: error, context });
  if (TOO_LONG.has(number))
    return new Fault(
      'invalid',
      'CLICKHOUSE_STATEMENT_TOO_LONG',
      'the statement takes too long: narrow it by run or key',
      { context },
    );
  if (TOO_MUCH_MEMORY.has(number))
    return new Fault(
      'invalid',
      'CLICKHOUSE_STATEMENT_TOO_LARGE',
      'the statement needs too much memory: narrow it, or aggregate more',
      { context },
    );
  if (TOO_MANY_ROWS.has(number))
    return new Fault(
      'invalid',
      'CLICKHOUSE_STATEMENT_TOO_MANY_ROWS',
      'the answer has too many rows: add a LIMIT, or export',
      { context },
    );
  return new Fault('invalid', 'CLICKHOUSE_STATEMENT_REFUSED', told(message), { cause: error, context });
}
