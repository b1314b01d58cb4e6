import type { QueryClient } from '@tanstack/react-query';
import { experimentRead, metricNamesRead, type RunsAsked, runsRead } from '../api/reads';
import { metricKeysOf, orderOf, pickColumns } from './run-columns';
import type { TableState } from './table-state';

/** What a table in this state asks of its runs. `known` are metrics of the experiment, of which some are shown until columns are chosen. */
export function runsAskedBy({ filter, sort, columns, deleted }: TableState, known: readonly string[]): RunsAsked {
  return {
    filter,
    orderBy: orderOf(sort),
    metrics: metricKeysOf(columns ?? pickColumns([], known)),
    lifecycle: deleted ? 'deleted' : 'active',
  };
}

/** Begins to read what the page of an experiment's runs will show. Its own reads find that, or what became of it. */
export function readAhead(queries: QueryClient, experiment: string, state: TableState): void {
  void queries.prefetchQuery(experimentRead(experiment));
  void queries
    .fetchQuery(metricNamesRead(experiment))
    .then(({ names }) => queries.prefetchInfiniteQuery(runsRead(experiment, runsAskedBy(state, names))))
    .catch(() => undefined);
}
