import { ExpressionParser } from './parse-expression';
import { sqlFault } from './sql-fault';
import type { JoinKind, Query, Select, Source } from './statement';
import { TokenReader } from './token-reader';
import { tokenize } from './tokens';

/**
 * One SELECT. What is not in this grammar is refused: there is no way to write a setting, a format, a table function or a
 * statement that is no SELECT.
 * @throws Fault invalid SQL_BAD_SYNTAX, SQL_UNKNOWN_FUNCTION, SQL_NOT_ALLOWED, SQL_TOO_LARGE
 */
export function parseStatement(sql: string): Query {
  const reader = new TokenReader(tokenize(sql));
  const query = readQuery(reader);
  reader.sign(';');
  if (reader.next.kind !== 'end') reader.fail('expected the end of the statement');
  return query;
}

function readQuery(reader: TokenReader): Query {
  return reader.nested(() => {
    const ctes = reader.word('with') ? reader.list(() => readCte(reader)) : [];
    const first = readPart(reader);
    const rest: Array<{ all: boolean; query: Select | Query }> = [];
    while (reader.word('union')) {
      const all = reader.word('all');
      if (!all) reader.word('distinct');
      rest.push({ all, query: readPart(reader) });
    }
    const orderBy = reader.word('order', 'by') ? new ExpressionParser(reader, readQuery).orderings() : [];
    const limit = reader.word('limit') ? wholeNumber(reader) : null;
    const offset = reader.word('offset') ? wholeNumber(reader) : null;
    return { ctes, first, rest, orderBy, limit, offset };
  });
}

function readCte(reader: TokenReader): { name: string; query: Query } {
  const name = reader.mustName('a name');
  reader.mustWord('as');
  return { name, query: inParentheses(reader) };
}

function inParentheses(reader: TokenReader): Query {
  reader.mustSign('(');
  const query = readQuery(reader);
  reader.mustSign(')');
  return query;
}

function wholeNumber(reader: TokenReader): string {
  if (!/^\d{1,15}$/.test(reader.next.text) || reader.next.kind !== 'number') reader.fail('expected a whole number');
  return reader.take().text;
}

const readPart = (reader: TokenReader): Select | Query =>
  reader.isSign('(') ? inParentheses(reader) : readSelect(reader);

function readSelect(reader: TokenReader): Select {
  const parser = new ExpressionParser(reader, readQuery);
  reader.mustWord('select');
  const distinct = reader.word('distinct');
  const items = reader.list(() => readStar(reader) ?? { expr: parser.expression(), alias: readAlias(reader) });
  const from = reader.word('from') ? readSources(reader, parser) : [];
  const where = reader.word('where') ? parser.expression() : null;
  const groupBy = reader.word('group', 'by') ? reader.list(() => parser.expression()) : [];
  const having = reader.word('having') ? parser.expression() : null;
  return { distinct, items, from, where, groupBy, having };
}

/** `*` or `alias.*`. */
function readStar(reader: TokenReader): Select['items'][number] | null {
  if (reader.sign('*')) return { expr: { is: 'star', table: null }, alias: null };
  if (!reader.isName() || !reader.isSign('.', 1) || !reader.isSign('*', 2)) return null;
  const table = reader.take().text;
  reader.mustSign('.');
  reader.mustSign('*');
  return { expr: { is: 'star', table }, alias: null };
}

function readAlias(reader: TokenReader): string | null {
  if (reader.word('as')) return reader.mustName('a name');
  return reader.isName() ? reader.take().text : null;
}

function readSources(reader: TokenReader, parser: ExpressionParser): Source[] {
  const sources = [{ ...readSource(reader), join: 'first', on: null, using: [] as string[] } as Source];
  for (;;) {
    const join = readJoin(reader);
    if (join === null) return sources;
    const source = readSource(reader);
    if (join !== 'cross' && reader.word('using')) {
      reader.mustSign('(');
      const using = reader.list(() => reader.mustName('a column'));
      reader.mustSign(')');
      sources.push({ ...source, join, on: null, using });
    } else if (join === 'cross') sources.push({ ...source, join, on: null, using: [] });
    else {
      reader.mustWord('on');
      sources.push({ ...source, join, on: parser.expression(), using: [] });
    }
  }
}

function readJoin(reader: TokenReader): JoinKind | null {
  if (reader.sign(',') || reader.word('cross', 'join')) return 'cross';
  if (reader.word('join') || reader.word('inner', 'join')) return 'inner';
  for (const side of ['left', 'right', 'full'] as const)
    if (reader.word(side, 'join') || reader.word(side, 'outer', 'join')) return side;
  return null;
}

function readSource(reader: TokenReader): Pick<Source, 'of' | 'alias'> {
  if (reader.isSign('(')) return { of: inParentheses(reader), alias: readAlias(reader) };
  const at = reader.next.offset;
  const table = reader.mustName('a table');
  if (reader.isSign('.')) throw sqlFault('SQL_UNKNOWN_TABLE', at, 'there are no databases here: name the table alone');
  return { of: { table, at }, alias: readAlias(reader) };
}
