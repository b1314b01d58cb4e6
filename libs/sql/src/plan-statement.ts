import { mentionedColumns } from './mentioned-columns';
import { narrowingOf } from './narrow';
import { parseStatement } from './parse-statement';
import { expressionPrinter, printName } from './print-expression';
import { sqlFault } from './sql-fault';
import { isQuery, type Query, type Select, type Source } from './statement';
import { columnsOf, VIEW_NAMES, type ViewName, type ViewUse, viewOf } from './views';

/** A statement that may run: the engine's text, over names that stand for the views that it reads. */
export type SqlPlan = Readonly<{ text: string; uses: readonly ViewUse[] }>;

/** Most views that a statement reads once its CTEs are written out: the engine writes them out. */
const MOST_VIEWS = 32;

type Cte = Readonly<{ printed: string; views: number }>;
type Scope = ReadonlyMap<string, Cte>;

class Planner {
  readonly uses: ViewUse[] = [];
  /** Views that were read so far, those within a CTE as often as it is. */
  #views = 0;
  #ctes = 0;
  constructor(private readonly mentioned: ReadonlySet<string> | 'all') {}

  query(query: Query, outer: Scope): string {
    const scope = new Map(outer);
    const ctes = query.ctes.map(({ name, query: inner }) => {
      const before = this.#views;
      const text = this.query(inner, scope);
      const printed = `cte_${this.#ctes++}`;
      scope.set(name.toLowerCase(), { printed, views: Math.max(1, this.#views - before) });
      return `${printed} as (${text})`;
    });
    const body = this.#body(query, scope);
    return ctes.length === 0 ? body : `with ${ctes.join(', ')} ${body}`;
  }

  #body({ first, rest, orderBy, limit, offset }: Query, scope: Scope): string {
    const part = (one: Select | Query): string =>
      isQuery(one) ? `(${this.query(one, scope)})` : this.#select(one, scope);
    let text = part(first);
    let isUnion = false;
    for (const { all, query } of rest) {
      text = `${isUnion ? `select * from (${text})` : text} union ${all ? 'all' : 'distinct'} ${part(query)}`;
      isUnion = true;
    }
    const tail = [
      orderBy.length > 0 ? `order by ${this.#printer(scope).orderings(orderBy)}` : '',
      limit === null ? '' : `limit ${limit}`,
      offset === null ? '' : `offset ${offset}`,
    ].filter((clause) => clause !== '');
    if (tail.length === 0) return text;
    return `${isUnion || isQuery(first) ? `select * from (${text})` : text} ${tail.join(' ')}`;
  }

  #printer(scope: Scope) {
    return expressionPrinter((query) => this.query(query, scope));
  }

  #select(select: Select, scope: Scope): string {
    const { print, all } = this.#printer(scope);
    const items = select.items.map(
      ({ expr, alias }) => `${print(expr)}${alias === null ? '' : ` as ${printName(alias)}`}`,
    );
    const from = select.from.map((source) => this.#source(select, source, scope));
    return [
      `select ${select.distinct ? 'distinct ' : ''}${items.join(', ')}`,
      from.length > 0 ? `from ${from.join(' ')}` : '',
      select.where === null ? '' : `where ${print(select.where)}`,
      select.groupBy.length > 0 ? `group by ${all(select.groupBy)}` : '',
      select.having === null ? '' : `having ${print(select.having)}`,
    ]
      .filter((clause) => clause !== '')
      .join(' ');
  }

  #source(select: Select, source: Source, scope: Scope): string {
    const joins = {
      first: '',
      inner: 'inner join ',
      left: 'left join ',
      right: 'right join ',
      full: 'full join ',
      cross: 'cross join ',
    };
    const on = source.on === null ? '' : ` on ${this.#printer(scope).print(source.on)}`;
    const using = source.using.length === 0 ? '' : ` using (${source.using.map(printName).join(', ')})`;
    return `${joins[source.join]}${this.#relation(select, source, scope)}${on}${using}`;
  }

  #relation(select: Select, source: Source, scope: Scope): string {
    const { of, alias } = source;
    if (!('table' in of)) return `(${this.query(of, scope)})${alias === null ? '' : ` as ${printName(alias)}`}`;
    return `${this.#table(select, source, scope, of)} as ${printName(alias ?? of.table)}`;
  }

  #table(select: Select, source: Source, scope: Scope, { table, at }: { table: string; at: number }): string {
    const cte = scope.get(table.toLowerCase());
    const view = viewOf(table);
    if (cte === undefined && view === undefined)
      throw sqlFault(
        'SQL_UNKNOWN_TABLE',
        at,
        `there is no table ${table.slice(0, 60)}; there are ${VIEW_NAMES.join(', ')}`,
      );
    this.#views += cte?.views ?? 1;
    if (this.#views > MOST_VIEWS)
      throw sqlFault(
        'SQL_TOO_LARGE',
        at,
        `a statement reads at most ${MOST_VIEWS} tables, those in WITH as often as they are named`,
      );
    if (cte !== undefined) return cte.printed;
    return this.#use(view as ViewName, select, source);
  }

  #use(view: ViewName, select: Select, source: Source): string {
    const name = `${view}_${this.uses.length}`;
    const { mentioned } = this;
    const columns = Object.keys(columnsOf(view)).filter((column) => mentioned === 'all' || mentioned.has(column));
    this.uses.push({
      name,
      view,
      columns: columns.length > 0 ? columns : ['run'],
      narrow: narrowingOf(select, source, view),
    });
    return name;
  }
}

/** @throws Fault invalid SQL_… */
export function planStatement(sql: string): SqlPlan {
  const query = parseStatement(sql);
  const planner = new Planner(mentionedColumns(query));
  const text = planner.query(query, new Map());
  return { text, uses: planner.uses };
}
