import type { BoardPanel } from '@runledger/contracts/http';
import { defaultParseSearch as parseSearch, defaultStringifySearch as stringifySearch } from '@tanstack/react-router';
import { readTableState, type TableState, writeTableState } from '../runs/table-state';

export type RunsContent = Exclude<BoardPanel['content'], { kind: 'text' }>;

/** A table of runs as an address holds it. What makes no sense in it counts as not there. */
export const tableOf = (search: string): TableState => readTableState(parseSearch(search));

/** The part of an address behind its question mark. */
export const searchOf = (table: TableState): string => stringifySearch(writeTableState(table)).slice(1);

/** The address of the runs that a panel shows. */
export const runsPath = ({ experiment, view, search }: RunsContent): string =>
  `/experiments/${encodeURIComponent(experiment)}${view === null ? `?${search.replace(/^\?/, '')}` : `?view=${view}`}`;
