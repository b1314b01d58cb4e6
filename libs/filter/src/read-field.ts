import { isKey } from '@runledger/contracts';
import { type AttributeType, type Entity, VOCABULARIES, type Vocabulary } from './entities';
import type { DatasetField, Field, LinkField, MetricValue, Part } from './filter';
import { filterFault } from './filter-fault';
import type { TokenStream } from './token-stream';
import type { Token } from './tokens';

/** A name as it was written: what stands before the first dot outside quotes, what behind it, and a `.min` behind that. */
type Path = Readonly<{ prefix: string | null; key: string; value: MetricValue | null; at: number }>;

const VALUE = /\.(min|max|last)$/;
const isDatasetField = (key: string): key is DatasetField => ['name', 'digest', 'context'].includes(key);
const isLinkField = (key: string): key is LinkField => ['kind', 'uri', 'external_id', 'version'].includes(key);
const isQuoted = (token: Token): boolean => token.kind === 'name' || (token.kind === 'text' && token.quote === '"');

/** Tokens that touch each other and make one name: `metrics.`, `` `a b` ``, `.min`. */
function takeTouching(tokens: TokenStream): Token[] {
  const taken: Token[] = [];
  while (
    (tokens.next.kind === 'word' || isQuoted(tokens.next)) &&
    (taken.at(-1)?.end ?? tokens.next.at) === tokens.next.at
  )
    taken.push(tokens.take());
  if (taken.length === 0) throw tokens.fault('FILTER_BAD_SYNTAX', 'expected a name');
  return taken;
}

const malformed = (at: number) =>
  filterFault('FILTER_BAD_SYNTAX', at, 'a name is <key> or <kind>.<key>, the key quoted where it has blanks or signs');

/** `name`, or `kind.name` and perhaps `.value`, where quoted parts keep their dots. */
function readPath(taken: readonly Token[]): Path {
  const [first, ...rest] = taken as [Token, ...Token[]];
  const { at } = first;
  // A kind may stand in backticks, too.
  const [kind, dotted] = isQuoted(first) ? [first.text, rest.shift()] : splitWord(first);
  if (dotted === undefined && rest.length === 0) return { prefix: null, key: kind, value: null, at };
  if (dotted?.kind !== 'word' || !dotted.text.startsWith('.')) throw malformed(at);
  const tail = dotted.text.slice(1);
  if (rest.length === 0) return { prefix: kind, at, ...splitValue(tail) };
  if (tail !== '') throw malformed(at);
  return { prefix: kind, at, ...readQuotedKey(rest, at) };
}

/** A quoted key, and perhaps `.min` behind it. */
function readQuotedKey([key, suffix, ...more]: readonly Token[], at: number): Pick<Path, 'key' | 'value'> {
  if (key === undefined || !isQuoted(key) || more.length > 0) throw malformed(at);
  if (suffix === undefined) return { key: key.text, value: null };
  const value = VALUE.exec(suffix.text);
  if (value?.index !== 0) throw malformed(at);
  return { key: key.text, value: value[1] as MetricValue };
}

function splitWord(token: Token): [string, Pick<Token, 'kind' | 'text'> | undefined] {
  const dot = token.text.indexOf('.');
  return dot < 0 ? [token.text, undefined] : [token.text.slice(0, dot), { kind: 'word', text: token.text.slice(dot) }];
}

function splitValue(key: string): Pick<Path, 'key' | 'value'> {
  const value = VALUE.exec(key);
  return value === null || value.index === 0
    ? { key, value: null }
    : { key: key.slice(0, value.index), value: value[1] as MetricValue };
}

/** An unquoted `.min` behind anything but a metric belongs to the key. */
const wholeKey = ({ key, value }: Path): string => (value === null ? key : `${key}.${value}`);

function attributeOf(path: Path, vocabulary: Vocabulary, inOrder: boolean): Field {
  const written = wholeKey(path);
  const key = Object.hasOwn(vocabulary.aliases, written) ? (vocabulary.aliases[written] as string) : written;
  if (Object.hasOwn(vocabulary.attributes, key)) return { part: 'attribute', key };
  if (inOrder && vocabulary.orderOnly && Object.hasOwn(vocabulary.orderOnly, key)) return { part: 'attribute', key };
  const known = Object.keys({ ...vocabulary.attributes, ...(inOrder ? vocabulary.orderOnly : {}) }).join(', ');
  throw filterFault('FILTER_UNKNOWN_FIELD', path.at, `there is no attribute '${written}'; there are ${known}`);
}

function partOf({ prefix, at }: Path, { prefixes }: Vocabulary): Part {
  if (prefix === null) return 'attribute';
  if (Object.hasOwn(prefixes, prefix)) return prefixes[prefix] as Part;
  const known = [...new Set(Object.keys(prefixes))].join(', ');
  throw filterFault('FILTER_UNKNOWN_FIELD', at, `there is no kind '${prefix}' of fields; there are ${known}`);
}

/** Of what a run has any number of, in words of its own. */
function listedField(part: 'dataset' | 'link', key: string, at: number): Field {
  if (part === 'dataset' && isDatasetField(key)) return { part, key };
  if (part === 'link' && isLinkField(key)) return { part, key };
  const known = part === 'dataset' ? 'name, digest and context' : 'kind, uri, external_id and version';
  throw filterFault('FILTER_UNKNOWN_FIELD', at, `of a ${part} there are ${known}`);
}

/** Takes a name and says what it means for this entity. */
export function readField(tokens: TokenStream, entity: Entity, inOrder = false): Field {
  const path = readPath(takeTouching(tokens));
  const vocabulary = VOCABULARIES[entity];
  const part = partOf(path, vocabulary);
  if (part === 'attribute') return attributeOf(path, vocabulary, inOrder);
  const key = part === 'metric' ? path.key : wholeKey(path);
  if (!isKey(key)) throw filterFault('FILTER_UNKNOWN_FIELD', path.at, 'no key is empty or that long');
  if (part === 'metric') return { part, key, value: path.value ?? 'latest' };
  return part === 'param' || part === 'tag' ? { part, key } : listedField(part, key, path.at);
}

/** What kind of value a field has. */
export function typeOf(field: Field, entity: Entity): AttributeType {
  if (field.part === 'metric') return 'number';
  if (field.part !== 'attribute') return 'text';
  const { attributes, orderOnly } = VOCABULARIES[entity];
  return attributes[field.key] ?? orderOnly?.[field.key] ?? 'text';
}
