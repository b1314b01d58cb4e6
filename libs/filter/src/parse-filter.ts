import type { AttributeType, Entity } from './entities';
import type { Comparator, Field, Filter, Matcher, Test } from './filter';
import { filterFault } from './filter-fault';
import { checkRegex } from './parse-regex';
import { readField, typeOf } from './read-field';
import { TokenStream } from './token-stream';

/** In UTF-16 units: some 2,700 run ids. */
const MAX_LENGTH = 100_000;
/** Parentheses and NOTs inside each other. */
const MAX_DEPTH = 32;
/** Comparisons in one filter: each is a part of the query's plan. */
const MAX_TESTS = 100;

const COMPARATORS: ReadonlySet<string> = new Set(['=', '!=', '<', '<=', '>', '>=']);
const MATCHERS = ['LIKE', 'ILIKE', 'RLIKE'] as const;

type Parsing = { readonly tokens: TokenStream; readonly entity: Entity; depth: number; tests: number };

/**
 * Reads MLflow's filter language: comparisons joined by AND; and beyond it OR, NOT, parentheses, IN and NOT IN for all
 * texts, IS [NOT] NULL for all fields, RLIKE, and `.min`, `.max` and `.last` of a metric. An empty filter takes everything.
 * @throws Fault invalid FILTER_…
 */
export function parseFilter(text: string, entity: Entity): Filter {
  if (text.length > MAX_LENGTH)
    throw filterFault('FILTER_TOO_LARGE', MAX_LENGTH, `a filter has at most ${MAX_LENGTH} characters`);
  const parsing = { tokens: new TokenStream(text), entity, depth: 0, tests: 0 };
  if (parsing.tokens.isAtEnd()) return { is: 'all', terms: [] };
  const filter = parseAny(parsing);
  if (!parsing.tokens.isAtEnd()) throw parsing.tokens.fault('FILTER_BAD_SYNTAX', 'expected AND, OR or the end');
  return filter;
}

function parseAny(parsing: Parsing): Filter {
  const terms = [parseAll(parsing)];
  while (parsing.tokens.takeWord('OR')) terms.push(parseAll(parsing));
  return terms.length === 1 ? (terms[0] as Filter) : { is: 'any', terms };
}

function parseAll(parsing: Parsing): Filter {
  const terms = [parseTerm(parsing)];
  while (parsing.tokens.takeWord('AND')) terms.push(parseTerm(parsing));
  return terms.length === 1 ? (terms[0] as Filter) : { is: 'all', terms };
}

function parseTerm(parsing: Parsing): Filter {
  const { tokens } = parsing;
  if (tokens.takeWord('NOT')) return deeper(parsing, () => ({ is: 'not', term: parseTerm(parsing) }));
  if (!tokens.takeSymbol('(')) return parseTest(parsing);
  return deeper(parsing, () => {
    const inner = parseAny(parsing);
    tokens.expectSymbol(')');
    return inner;
  });
}

function deeper(parsing: Parsing, parse: () => Filter): Filter {
  if (++parsing.depth > MAX_DEPTH)
    throw parsing.tokens.fault('FILTER_TOO_LARGE', `a filter is at most ${MAX_DEPTH} deep`);
  const filter = parse();
  parsing.depth--;
  return filter;
}

function parseTest(parsing: Parsing): Test {
  const { tokens, entity } = parsing;
  if (++parsing.tests > MAX_TESTS)
    throw tokens.fault('FILTER_TOO_LARGE', `a filter has at most ${MAX_TESTS} comparisons`);
  const field = readField(tokens, entity);
  const type = typeOf(field, entity);
  if (tokens.takeWord('IS')) return parseAbsent(tokens, field);
  if (type === 'number' || type === 'integer') return parseNumberTest(tokens, field, type);
  const isNegated = tokens.takeWord('NOT');
  if (isNegated || (tokens.next.kind === 'word' && tokens.next.text.toUpperCase() === 'IN')) {
    tokens.expectWord('IN');
    return { is: 'among', field, values: parseList(tokens, type), negated: isNegated };
  }
  return parseTextTest(tokens, field, type);
}

function parseAbsent(tokens: TokenStream, field: Field): Test {
  if (field.part === 'dataset' || field.part === 'link')
    throw tokens.fault('FILTER_BAD_COMPARISON', `a run has any number of ${field.part}s: none of them is null`);
  const negated = tokens.takeWord('NOT');
  tokens.expectWord('NULL');
  return { is: 'absent', field, negated };
}

const isComparator = (text: string): text is Comparator => COMPARATORS.has(text);

function parseNumberTest(tokens: TokenStream, field: Field, type: AttributeType): Test {
  const { kind, text } = tokens.next;
  if (kind !== 'symbol' || !isComparator(text))
    throw tokens.fault('FILTER_BAD_COMPARISON', `a number is compared by ${[...COMPARATORS].join(' ')} or IS NULL`);
  tokens.take();
  if (tokens.next.kind !== 'number') throw tokens.fault('FILTER_BAD_COMPARISON', 'expected a number');
  const value = Number(tokens.next.text);
  if (type === 'integer' && !Number.isInteger(value))
    throw tokens.fault('FILTER_BAD_COMPARISON', 'expected a whole number');
  tokens.take();
  return { is: 'number', field, comparator: text, value };
}

function takeMatcher(tokens: TokenStream): Matcher | undefined {
  return MATCHERS.find((matcher) => tokens.takeWord(matcher));
}

function parseTextTest(tokens: TokenStream, field: Field, type: AttributeType): Test {
  const matcher = type === 'id' ? undefined : takeMatcher(tokens);
  if (matcher !== undefined) {
    const { at } = tokens.next;
    const pattern = parseText(tokens, matcher === 'RLIKE' ? 'text' : type);
    if (matcher === 'RLIKE') checkRegex(pattern, at + 1);
    return { is: 'match', field, matcher, pattern };
  }
  if (field.part === 'param') return parseParamTest(tokens, field);
  for (const comparator of ['=', '!='] as const)
    if (tokens.takeSymbol(comparator)) return { is: 'text', field, comparator, value: parseText(tokens, type) };
  const signs = type === 'id' ? '= != IN, NOT IN' : '= != LIKE ILIKE RLIKE IN, NOT IN';
  throw tokens.fault('FILTER_BAD_COMPARISON', `this is compared by ${signs} or IS NULL`);
}

/** A param is a text, which may be a numeral: it is compared as what it is compared with. */
function parseParamTest(tokens: TokenStream, field: Field): Test {
  const { kind, text: comparator } = tokens.next;
  if (kind !== 'symbol' || !isComparator(comparator))
    throw tokens.fault(
      'FILTER_BAD_COMPARISON',
      'a param is compared by = != < <= > >= with a number, by = != LIKE ILIKE RLIKE IN, NOT IN with texts in quotes, or IS NULL',
    );
  tokens.take();
  return parseParamValue(tokens, field, comparator);
}

function parseParamValue(tokens: TokenStream, field: Field, comparator: Comparator): Test {
  const { kind, text } = tokens.next;
  if (kind === 'number') {
    tokens.take();
    return { is: 'number', field, comparator, value: Number(text) };
  }
  if (comparator !== '=' && comparator !== '!=')
    throw tokens.fault('FILTER_BAD_COMPARISON', `${comparator} compares a param with a number, without quotes`);
  if (kind !== 'text') throw tokens.fault('FILTER_BAD_COMPARISON', 'expected a text in quotes or a number');
  return { is: 'text', field, comparator, value: parseText(tokens, 'text') };
}

function parseText(tokens: TokenStream, type: AttributeType): string {
  if (tokens.next.kind !== 'text') throw tokens.fault('FILTER_BAD_COMPARISON', 'expected a text in quotes');
  const { text } = tokens.take();
  return type === 'word' ? text.toUpperCase() : text;
}

/** `('a', 'b')`; a comma may stand behind the last. */
function parseList(tokens: TokenStream, type: AttributeType): string[] {
  tokens.expectSymbol('(');
  const values = [parseText(tokens, type)];
  while (tokens.takeSymbol(',')) {
    if (tokens.takeSymbol(')')) return values;
    values.push(parseText(tokens, type));
  }
  tokens.expectSymbol(')');
  return values;
}
