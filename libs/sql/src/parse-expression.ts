import { functionOf, takesParameters } from './functions';
import { parseCase } from './parse-case';
import { sqlFault } from './sql-fault';
import type { Expr, Ordering, Query, Window } from './statement';
import type { TokenReader } from './token-reader';

type ReadQuery = (reader: TokenReader) => Query;
const COMPARISONS = ['=', '<>', '!=', '<=', '>=', '<', '>'];
/** Longest chain of operators of one level: each is a level of the tree that is printed. */
const LONGEST_CHAIN = 200;

/** Expressions, by the usual precedence: OR, AND, NOT, comparisons, ||, + -, * / %, unary minus. */
export class ExpressionParser {
  constructor(
    private readonly reader: TokenReader,
    private readonly readQuery: ReadQuery,
  ) {}

  expression(): Expr {
    return this.reader.nested(() => this.#chain(['or'], () => this.#chain(['and'], () => this.#negation())));
  }

  orderings(): Ordering[] {
    const { reader } = this;
    return reader.list(() => {
      const expr = this.expression();
      const descending = reader.word('desc') || (reader.word('asc') && false);
      const nulls = reader.word('nulls', 'first') ? 'first' : reader.word('nulls', 'last') ? 'last' : null;
      return { expr, descending, nulls };
    });
  }

  #chain(words: readonly string[], operand: () => Expr, signs: readonly string[] = []): Expr {
    let left = operand();
    for (let length = 0; ; length++) {
      const op = words.find((word) => this.reader.word(word)) ?? signs.find((sign) => this.reader.sign(sign));
      if (op === undefined) return left;
      if (length >= LONGEST_CHAIN)
        throw sqlFault('SQL_TOO_LARGE', this.reader.next.offset, `more than ${LONGEST_CHAIN} operators in a row`);
      left = { is: 'binary', op, left, right: operand() };
    }
  }

  #negation(): Expr {
    if (!this.reader.word('not')) return this.#comparison();
    return this.reader.nested(() => ({ is: 'unary', op: 'not', of: this.#negation() }));
  }

  #comparison(): Expr {
    const { reader } = this;
    const of = this.#concatenation();
    if (reader.word('is')) {
      const not = reader.word('not');
      reader.mustWord('null');
      return { is: 'null-test', of, not };
    }
    const op = COMPARISONS.find((sign) => reader.sign(sign));
    if (op !== undefined) return { is: 'binary', op, left: of, right: this.#concatenation() };
    const not = reader.word('not');
    if (reader.word('in')) return { is: 'in', of, not, among: this.#among() };
    if (reader.word('between')) {
      const low = this.#concatenation();
      reader.mustWord('and');
      return { is: 'between', of, not, low, high: this.#concatenation() };
    }
    const like = reader.word('like') ? 'like' : reader.word('ilike') ? 'ilike' : null;
    if (like !== null) return { is: 'binary', op: not ? `not ${like}` : like, left: of, right: this.#concatenation() };
    if (not) reader.fail('expected IN, BETWEEN or LIKE');
    return of;
  }

  /** The engine takes a name in such a list for a table: constants and queries only. */
  #among(): readonly Expr[] | Query {
    const { reader } = this;
    reader.mustSign('(');
    const among =
      reader.isWord('select') || reader.isWord('with') ? this.readQuery(reader) : reader.list(() => this.#constant());
    reader.mustSign(')');
    return among;
  }

  #constant(): Expr {
    const { offset } = this.reader.next;
    const found = this.#unary();
    const inner = found.is === 'unary' && found.op === '-' ? found.of : found;
    if (!['text', 'number', 'null', 'true', 'false'].includes(inner.is))
      throw sqlFault('SQL_NOT_ALLOWED', offset, 'IN takes constants or a query');
    return found;
  }

  #concatenation = (): Expr => this.#chain([], () => this.#sum(), ['||']);
  #sum = (): Expr => this.#chain([], () => this.#product(), ['+', '-']);
  #product = (): Expr => this.#chain([], () => this.#unary(), ['*', '/', '%']);

  #unary(): Expr {
    if (this.reader.sign('-')) return this.reader.nested(() => ({ is: 'unary', op: '-', of: this.#unary() }));
    this.reader.sign('+');
    return this.#primary();
  }

  #primary(): Expr {
    const { reader } = this;
    const { kind, text } = reader.next;
    if (kind === 'number' || kind === 'text') {
      reader.take();
      return { is: kind, text };
    }
    for (const word of ['null', 'true', 'false'] as const) if (reader.word(word)) return { is: word };
    if (reader.sign('(')) return this.#parenthesised();
    if (reader.isWord('case')) return parseCase(reader, () => this.expression());
    if (reader.word('exists')) {
      reader.mustSign('(');
      const query = this.readQuery(reader);
      reader.mustSign(')');
      return { is: 'exists', query };
    }
    return this.#named();
  }

  #parenthesised(): Expr {
    const { reader } = this;
    const isQuery = reader.isWord('select') || reader.isWord('with');
    const inner: Expr = isQuery ? { is: 'scalar', query: this.readQuery(reader) } : this.expression();
    reader.mustSign(')');
    return inner;
  }

  #named(): Expr {
    const { reader } = this;
    const { offset: at, kind } = reader.next;
    // `any` and `left` are functions as well as words of joins.
    if (kind === 'word' && reader.isSign('(', 1)) return this.#call(reader.take().text, at);
    const name = reader.mustName('an expression');
    if (!reader.sign('.')) return { is: 'column', table: null, name, at };
    return { is: 'column', table: name, name: reader.mustName('a column'), at };
  }

  #call(written: string, at: number): Expr {
    const { reader } = this;
    const name = functionOf(written);
    if (name === undefined) throw sqlFault('SQL_UNKNOWN_FUNCTION', at, `there is no function ${written.slice(0, 60)}`);
    let { args, distinct } = this.#arguments();
    let params: readonly Expr[] | null = null;
    if (takesParameters(name) && reader.isSign('(')) {
      params = args;
      if (params.some((param) => param.is !== 'number'))
        throw sqlFault('SQL_NOT_ALLOWED', at, `parameters of ${name} are numbers`);
      ({ args, distinct } = this.#arguments());
    }
    return { is: 'call', name, at, params, args, distinct, over: reader.word('over') ? this.#window() : null };
  }

  #arguments(): { args: Expr[]; distinct: boolean } {
    const { reader } = this;
    reader.mustSign('(');
    if (reader.sign(')')) return { args: [], distinct: false };
    const distinct = reader.word('distinct');
    const isStar = reader.isSign('*') && reader.isSign(')', 1);
    const args: Expr[] = isStar ? [] : reader.list(() => this.expression());
    if (isStar) reader.mustSign('*');
    reader.mustSign(')');
    return { args, distinct };
  }

  #window(): Window {
    const { reader } = this;
    reader.mustSign('(');
    const partitionBy = reader.word('partition', 'by') ? reader.list(() => this.expression()) : [];
    const orderBy = reader.word('order', 'by') ? this.orderings() : [];
    reader.mustSign(')');
    return { partitionBy, orderBy };
  }
}
