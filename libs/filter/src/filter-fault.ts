import { Fault } from '@runledger/kernel';

export type FilterCode =
  | 'FILTER_BAD_SYNTAX'
  | 'FILTER_UNKNOWN_FIELD'
  | 'FILTER_BAD_COMPARISON'
  | 'FILTER_BAD_REGEX'
  | 'FILTER_TOO_LARGE'
  | 'FILTER_BAD_ORDER';

/** A filter or an order that cannot be used. `offset` counts UTF-16 units from its beginning. */
export const filterFault = (code: FilterCode, offset: number, message: string): Fault =>
  new Fault('invalid', code, `${message} (at offset ${offset})`, { context: { offset } });
