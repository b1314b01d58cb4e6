import { type CharSet, MAX_CODE_POINT, type Regex } from './regex';

/** How an engine writes what all of them have. */
type Dialect = Readonly<{ point: (point: number) => string; boundary: string; inside: string; least: number }>;

const hex = (point: number, digits: number): string => point.toString(16).toUpperCase().padStart(digits, '0');

/** Advanced regular expressions, for texts under the collation "C", where `\y` knows the letters of ASCII only. */
const POSTGRES: Dialect = {
  point: (p) => (p > 0xffff ? `\\U${hex(p, 8)}` : `\\u${hex(p, 4)}`),
  boundary: '\\y',
  inside: '\\Y',
  least: 1, // no text has a NUL
};
const SCRIPT: Dialect = { point: (p) => `\\u{${hex(p, 1)}}`, boundary: '\\b', inside: '\\B', least: 0 };

/** A pattern for Postgres' `~` that matches the same texts. */
export const postgresRegex = (regex: Regex): string => print(regex, POSTGRES);
/** The same for this language. */
export const scriptRegex = (regex: Regex): RegExp => new RegExp(print(regex, SCRIPT), 'u');

function print(regex: Regex, dialect: Dialect): string {
  switch (regex.is) {
    case 'chars':
      return printSet(regex.set, dialect);
    case 'start':
      return '^';
    case 'end':
      return '$';
    case 'boundary':
      return dialect.boundary;
    case 'inside':
      return dialect.inside;
    case 'sequence':
      return regex.items.map((item) => (item.is === 'either' ? group(item, dialect) : print(item, dialect))).join('');
    case 'either':
      return regex.items.map((item) => print(item, dialect)).join('|');
    case 'repeat':
      return `${operand(regex.item, dialect)}{${regex.least},${regex.most ?? ''}}`;
    default:
      return regex satisfies never;
  }
}

const group = (regex: Regex, dialect: Dialect): string => `(?:${print(regex, dialect)})`;
const operand = (regex: Regex, dialect: Dialect): string =>
  regex.is === 'chars' ? print(regex, dialect) : group(regex, dialect);

function printSet(set: CharSet, dialect: Dialect): string {
  const shown = set.flatMap(([low, high]) =>
    high < dialect.least ? [] : [[Math.max(low, dialect.least), high] as const],
  );
  if (shown.length === 0) return `[^${dialect.point(dialect.least)}-${dialect.point(MAX_CODE_POINT)}]`;
  const ranges = shown.map(([low, high]) =>
    low === high ? dialect.point(low) : `${dialect.point(low)}-${dialect.point(high)}`,
  );
  return `[${ranges.join('')}]`;
}
