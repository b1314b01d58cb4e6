import { isEveryProject, type Reach } from '@runledger/contracts';

/**
 * The condition that a thing lies in a project that is reached. `add` takes a parameter, a list of texts, and gives its placeholder.
 * Asks nothing where all projects are reached.
 */
export function reachedSql(column: string, { projects }: Reach, add: (names: readonly string[]) => string): string {
  if (isEveryProject(projects)) return 'true';
  if ('only' in projects) return `${column} = any (${add(projects.only)})`;
  return `not ${column} = any (${add(projects.except)})`;
}

/** The same for a statement with numbered parameters, to which it adds. */
export const reachedAmong = (column: string, reach: Reach, params: unknown[]): string =>
  reachedSql(column, reach, (names) => `$${params.push(names)}::text[]`);

/** The same for a query builder: the condition and its parameters. */
export function reachedWhere(column: string, reach: Reach): readonly [sql: string, params: object] {
  const params: { reached?: readonly string[] } = {};
  const sql = reachedSql(column, reach, (names) => {
    params.reached = names;
    return ':reached';
  });
  return [sql, params];
}
