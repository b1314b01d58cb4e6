import type { FilterPlace } from './filter-place';

/** What may stand in a filter: names, with the values that are frequent. */
export type FilterNames = Readonly<{
  params: ReadonlyMap<string, readonly string[]>;
  tags: ReadonlyMap<string, readonly string[]>;
  metrics: readonly string[];
}>;
export type Offer = Readonly<{ text: string; kind: string }>;

const MOST = 50;
const TEXTS = ['run_name', 'user_id', 'run_id', 'description', 'parent_run_id', 'fingerprint'];
const NUMBERS = ['start_time', 'end_time'];
const STATUSES = ['RUNNING', 'FINISHED', 'FAILED', 'KILLED'];
const BY_NUMBER = ['=', '!=', '<', '<=', '>', '>=', 'IS NULL', 'IS NOT NULL'];
const BY_TEXT = ['=', '!=', 'LIKE', 'ILIKE', 'RLIKE', 'IN (', 'NOT IN (', 'IS NULL', 'IS NOT NULL'];
const BY_BOTH = ['=', '!=', '<', '<=', '>', '>=', ...BY_TEXT.slice(2)];

const PLAIN = /^[\p{L}\p{N}_./:@-]+$/u;
const SUMMARY = /\.(min|max|last)$/;

/** A key as a filter names it: in backticks where it would not be read as one name. */
export const writeKey = (kind: 'params' | 'tags' | 'metrics', key: string): string =>
  `${kind}.${PLAIN.test(key) && !(kind === 'metrics' && SUMMARY.test(key)) ? key : `\`${key.replaceAll('`', '``')}\``}`;

const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const unquoted = (text: string): string => text.replaceAll(/[`'"]/g, '').toLowerCase();
const isNumeral = (text: string): boolean => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);

function fieldOffers({ params, tags, metrics }: FilterNames): Offer[] {
  const named = (kind: 'params' | 'tags' | 'metrics', keys: Iterable<string>): Offer[] =>
    [...keys].map((key) => ({ text: writeKey(kind, key), kind: kind.slice(0, -1) }));
  return [
    ...named('params', params.keys()),
    ...named('metrics', metrics),
    ...['status', ...TEXTS, ...NUMBERS].map((text) => ({ text, kind: 'attribute' })),
    ...named('tags', tags.keys()),
  ];
}

const summariesOf = (typed: string): Offer[] =>
  typed.startsWith('metrics.') && typed.endsWith('.')
    ? ['min', 'max', 'last'].map((value) => ({ text: `${typed}${value}`, kind: 'of any step' }))
    : [];

function comparatorOffers(field: string): Offer[] {
  const isNumber = field.startsWith('metrics.') || NUMBERS.includes(field);
  const signs = isNumber ? BY_NUMBER : field.startsWith('params.') ? BY_BOTH : BY_TEXT;
  return signs.map((text) => ({ text, kind: '' }));
}

/** The frequent values of what is compared. Order is a thing of numbers, which stand without quotes. */
function valueOffers(field: string, comparator: string, names: FilterNames): Offer[] {
  if (comparator === 'IS') return ['NULL', 'NOT NULL'].map((text) => ({ text, kind: '' }));
  if (field === 'status') return STATUSES.map((text) => ({ text: quoted(text), kind: 'status' }));
  for (const kind of ['params', 'tags'] as const)
    for (const [key, values] of names[kind])
      if (writeKey(kind, key) === field || `${kind}.\`${key}\`` === field)
        return /^[<>]/.test(comparator)
          ? values.filter(isNumeral).map((text) => ({ text, kind: 'value' }))
          : values.map((text) => ({ text: quoted(text), kind: 'value' }));
  return [];
}

function allOffers(place: FilterPlace, names: FilterNames): Offer[] {
  switch (place.need) {
    case 'field':
      return [...summariesOf(place.typed), ...fieldOffers(names)];
    case 'comparator':
      return comparatorOffers(place.field ?? '');
    case 'value':
      return valueOffers(place.field ?? '', place.comparator ?? '', names);
    case 'joiner':
      return ['AND', 'OR'].map((text) => ({ text, kind: '' }));
    default:
      return place.need satisfies never;
  }
}

/** What may stand at this place and contains what is typed there, what begins so first. */
export function offersAt(place: FilterPlace, names: FilterNames): Offer[] {
  const typed = unquoted(place.typed);
  const found = allOffers(place, names).filter(
    ({ text }) => unquoted(text).includes(typed) && !(place.typed !== '' && text === place.typed),
  );
  const begins = ({ text }: Offer): boolean => {
    const plain = unquoted(text);
    return plain.startsWith(typed) || plain.slice(plain.indexOf('.') + 1).startsWith(typed);
  };
  return [...found.filter(begins), ...found.filter((offer) => !begins(offer))].slice(0, MOST);
}

/** The text with the offer in the place of what was typed there, and where the cursor stands then. */
export function takeOffer(
  text: string,
  cursor: number,
  place: FilterPlace,
  offer: Offer,
): { text: string; cursor: number } {
  const space = offer.text.endsWith('(') ? '' : ' ';
  const before = `${text.slice(0, place.from)}${offer.text}${space}`;
  return { text: before + text.slice(cursor).replace(/^ /, ''), cursor: before.length };
}
