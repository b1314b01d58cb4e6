import { Fault } from '@runledger/kernel';

export type SqlCode =
  | 'SQL_BAD_SYNTAX'
  | 'SQL_UNKNOWN_TABLE'
  | 'SQL_UNKNOWN_FUNCTION'
  | 'SQL_NOT_ALLOWED'
  | 'SQL_TOO_LARGE';

/** A statement that cannot be run. `offset` counts UTF-16 units from its beginning. */
export const sqlFault = (code: SqlCode, offset: number, message: string): Fault =>
  new Fault('invalid', code, `${message} (at offset ${offset})`, { context: { details: { offset } } });
