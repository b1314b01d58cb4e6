import type { Expr, Select, Source } from './statement';
import { columnsOf, type Narrowing, type ViewName } from './views';

const NARROWED = ['run', 'key', 'experiment'] as const;
type Column = (typeof NARROWED)[number];

const conjuncts = (expr: Expr | null): Expr[] =>
  expr === null
    ? []
    : expr.is === 'binary' && expr.op === 'and'
      ? [...conjuncts(expr.left), ...conjuncts(expr.right)]
      : [expr];

const texts = (exprs: readonly Expr[]): string[] | null => {
  const found = exprs.flatMap((expr) => (expr.is === 'text' ? [expr.text] : []));
  return found.length === exprs.length ? found : null;
};

/** `column = 'text'` or `column in ('text', …)`, as the column and its values. */
function equality(expr: Expr): { of: Expr; values: string[] } | null {
  if (expr.is === 'binary' && expr.op === '=') {
    const [of, value] = expr.left.is === 'text' ? [expr.right, expr.left] : [expr.left, expr.right];
    return value.is === 'text' ? { of, values: [value.text] } : null;
  }
  if (expr.is !== 'in' || expr.not || !Array.isArray(expr.among)) return null;
  const values = texts(expr.among as readonly Expr[]);
  return values === null ? null : { of: expr.of, values };
}

/**
 * Conditions that every row of the source must meet to count: those of WHERE, of the inner joins, and of the source's own left
 * join. An equality with a text is met by no row that a join made up.
 */
function conditionsOf(select: Select, source: Source): Expr[] {
  const joined = select.from.filter(({ join }) => join === 'inner').flatMap(({ on }) => conjuncts(on));
  return [...conjuncts(select.where), ...joined, ...(source.join === 'left' ? conjuncts(source.on) : [])];
}

/** What of a view can count in a SELECT, as far as its conditions say so plainly. */
export function narrowingOf(select: Select, source: Source, view: ViewName): Narrowing {
  const alias = source.alias ?? ('table' in source.of ? source.of.table : null);
  const isOfSource = (expr: Expr): expr is Extract<Expr, { is: 'column' }> =>
    expr.is === 'column' && (expr.table === null ? select.from.length === 1 : expr.table === alias);
  const narrow: Partial<Record<Column, readonly string[]>> = {};
  for (const condition of conditionsOf(select, source)) {
    const found = equality(condition);
    if (found === null || !isOfSource(found.of)) continue;
    const { name } = found.of;
    const column = NARROWED.find((one) => one === name && name in columnsOf(view));
    if (column === undefined) continue;
    const before = narrow[column];
    narrow[column] = before === undefined ? found.values : before.filter((value) => found.values.includes(value));
  }
  return narrow;
}
