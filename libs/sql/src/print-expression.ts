import type { Expr, Ordering, Query, Window } from './statement';

/** The engine's string literal: a backslash and a quote are the only characters that mean something in it. */
export const printText = (text: string): string => `'${text.replaceAll(/[\\']/g, (c) => `\\${c}`)}'`;
/** The engine's quoted identifier. */
export const printName = (name: string): string => `\`${name.replaceAll(/[\\`]/g, (c) => `\\${c}`)}\``;

export type PrintQuery = (query: Query) => string;

/** Prints what was parsed, in the engine's words. Nothing of a statement's text comes through but names, texts and numbers. */
export function expressionPrinter(printQuery: PrintQuery) {
  const all = (exprs: readonly Expr[]): string => exprs.map(print).join(', ');

  const orderings = (list: readonly Ordering[]): string =>
    list
      .map(
        ({ expr, descending, nulls }) => `${print(expr)}${descending ? ' desc' : ''}${nulls ? ` nulls ${nulls}` : ''}`,
      )
      .join(', ');

  function window({ partitionBy, orderBy }: Window): string {
    const parts = [
      partitionBy.length > 0 ? `partition by ${all(partitionBy)}` : '',
      orderBy.length > 0 ? `order by ${orderings(orderBy)}` : '',
    ];
    return ` over (${parts.join(' ').trim()})`;
  }

  function binary({ op, left, right }: Extract<Expr, { is: 'binary' }>): string {
    if (op === '||') return `concat(${print(left)}, ${print(right)})`;
    const isSame = left.is === 'binary' && left.op === op;
    const first = isSame ? print(left).slice(1, -1) : print(left);
    return `(${first} ${op} ${print(right)})`;
  }

  function call({ name, params, args, distinct, over }: Extract<Expr, { is: 'call' }>): string {
    const given = params === null ? '' : `(${all(params)})`;
    return `${name}${given}(${distinct ? 'distinct ' : ''}${all(args)})${over === null ? '' : window(over)}`;
  }

  function cases({ of, whens, otherwise }: Extract<Expr, { is: 'case' }>): string {
    const arms = whens.map(([when, then]) => `when ${print(when)} then ${print(then)}`).join(' ');
    return `case ${of === null ? '' : print(of)} ${arms} ${otherwise === null ? '' : `else ${print(otherwise)}`} end`;
  }

  const among = (list: readonly Expr[] | Query): string =>
    'first' in list ? `(${printQuery(list)})` : `(${all(list)})`;

  function print(expr: Expr): string {
    switch (expr.is) {
      case 'text':
        return printText(expr.text);
      case 'number':
        return expr.text;
      case 'null':
      case 'true':
      case 'false':
        return expr.is;
      case 'column':
        return expr.table === null ? printName(expr.name) : `${printName(expr.table)}.${printName(expr.name)}`;
      case 'star':
        return expr.table === null ? '*' : `${printName(expr.table)}.*`;
      case 'unary':
        return expr.op === 'not' ? `(not ${print(expr.of)})` : `(- ${print(expr.of)})`;
      case 'scalar':
        return `(${printQuery(expr.query)})`;
      case 'exists':
        return `exists(${printQuery(expr.query)})`;
      case 'null-test':
        return `(${print(expr.of)} is ${expr.not ? 'not ' : ''}null)`;
      default:
        return composite(expr);
    }
  }

  function composite(expr: Extract<Expr, { is: 'binary' | 'in' | 'between' | 'case' | 'call' }>): string {
    switch (expr.is) {
      case 'binary':
        return binary(expr);
      case 'in':
        return `(${print(expr.of)} ${expr.not ? 'not ' : ''}in ${among(expr.among)})`;
      case 'between':
        return `(${print(expr.of)} ${expr.not ? 'not ' : ''}between ${print(expr.low)} and ${print(expr.high)})`;
      case 'case':
        return cases(expr);
      case 'call':
        return call(expr);
      default:
        return expr satisfies never;
    }
  }

  return { print, all, orderings };
}
