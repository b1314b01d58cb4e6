import type { ViewUse } from '@runledger/sql';
import type { Settings } from './engine';
import { METRIC_POINT } from './metric-point';

/**
 * Points of the runs and metrics whose numbers are given as `<name>_series` and `<name>_keys`: no others can be read.
 * `final`, so that a point that is stored twice counts once.
 */
export function pointCte({ name, columns }: ViewUse): { name: string; sql: string } {
  const read = columns
    .filter((column) => column !== 'run' && column !== 'key')
    .map((column) => `p.${column} as ${column}`);
  const names = [
    ...(columns.includes('run') ? ['s.run as run'] : []),
    ...(columns.includes('key') ? ['k.key as key'] : []),
    ...read,
  ];
  return {
    name,
    sql: `select ${names.join(', ')} from
      (select * from ${METRIC_POINT} final where series in (select number from ${name}_series) and key in (select number from ${name}_keys)) p
      inner join ${name}_series s on s.number = p.series inner join ${name}_keys k on k.number = p.key`,
  };
}

/** Of every statement of a user: standard SQL where the engine leaves a choice, and the order that was asked for. */
export const STATEMENT_SETTINGS: Settings = {
  join_use_nulls: 1,
  prefer_column_name_to_alias: 1,
  query_plan_remove_redundant_sorting: 0,
  max_query_size: 100_000_000,
  max_ast_elements: 100_000,
  max_expanded_ast_elements: 500_000,
  max_subquery_depth: 200,
  output_format_parquet_string_as_string: 1,
  output_format_arrow_string_as_string: 1,
};
