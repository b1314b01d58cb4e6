/** A SELECT statement as a tree. `at` is the offset in its text. */
export type Query = Readonly<{
  ctes: ReadonlyArray<Readonly<{ name: string; query: Query }>>;
  first: Select | Query;
  /** What follows by UNION. */
  rest: ReadonlyArray<Readonly<{ all: boolean; query: Select | Query }>>;
  orderBy: readonly Ordering[];
  limit: string | null;
  offset: string | null;
}>;
export type Select = Readonly<{
  distinct: boolean;
  items: ReadonlyArray<Readonly<{ expr: Expr; alias: string | null }>>;
  from: readonly Source[];
  where: Expr | null;
  groupBy: readonly Expr[];
  having: Expr | null;
}>;
export type JoinKind = 'first' | 'inner' | 'left' | 'right' | 'full' | 'cross';
/** A table or a query that is read; each but the first says how it is joined to those before. */
export type Source = Readonly<{
  of: Readonly<{ table: string; at: number }> | Query;
  alias: string | null;
  join: JoinKind;
  on: Expr | null;
  using: readonly string[];
}>;
export type Ordering = Readonly<{ expr: Expr; descending: boolean; nulls: 'first' | 'last' | null }>;
export type Window = Readonly<{ partitionBy: readonly Expr[]; orderBy: readonly Ordering[] }>;

export type Literal = Readonly<{ is: 'text' | 'number'; text: string }> | Readonly<{ is: 'null' | 'true' | 'false' }>;
export type Expr =
  | Literal
  | Readonly<{ is: 'column'; table: string | null; name: string; at: number }>
  | Readonly<{ is: 'star'; table: string | null }>
  | Readonly<{ is: 'unary'; op: 'not' | '-'; of: Expr }>
  | Readonly<{ is: 'binary'; op: string; left: Expr; right: Expr }>
  | Readonly<{ is: 'in'; of: Expr; not: boolean; among: readonly Expr[] | Query }>
  | Readonly<{ is: 'between'; of: Expr; not: boolean; low: Expr; high: Expr }>
  | Readonly<{ is: 'null-test'; of: Expr; not: boolean }>
  | Readonly<{ is: 'case'; of: Expr | null; whens: ReadonlyArray<readonly [Expr, Expr]>; otherwise: Expr | null }>
  | Readonly<{
      is: 'call';
      name: string;
      at: number;
      params: readonly Expr[] | null;
      args: readonly Expr[];
      distinct: boolean;
      over: Window | null;
    }>
  | Readonly<{ is: 'scalar'; query: Query }>
  | Readonly<{ is: 'exists'; query: Query }>;

export const isQuery = (part: Select | Query): part is Query => 'first' in part;
