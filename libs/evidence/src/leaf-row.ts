import { Fault } from '@runledger/kernel';

type Place = Readonly<{ topic: string; partition: number; offset: number; ordinal?: number }>;
type Segment = Readonly<{
  topic: string;
  partition: number;
  first: number;
  last: number;
  messages: number;
  points: number;
  root: string;
}>;

/** What a leaf says, as far as evidence looks at it. */
export type LeafBody = Readonly<{
  id: string;
  type: string;
  stream: string;
  stream_seq: number;
  project?: string;
  project_seq?: number;
  recorded: string;
  time?: string;
  actor?: string;
  at?: Place;
  payload_digest?: string;
  segment?: Segment;
}>;

type Check = (value: unknown) => boolean;
type Checks<T> = { [K in keyof T]-?: Check };

const isText: Check = (value) => typeof value === 'string';
const isInteger: Check = Number.isSafeInteger;
const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const isHash: Check = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);

/** By hand, since there are millions of leaves: a library's copy of each would take longer than reading its JSON. */
function shape<T>(checks: Checks<T>): (value: unknown) => value is T {
  const members = Object.entries(checks) as ReadonlyArray<readonly [string, Check]>;
  return (value): value is T => {
    if (typeof value !== 'object' || value === null) return false;
    const given = value as Readonly<Record<string, unknown>>;
    for (const [name, check] of members) if (!check(given[name])) return false;
    return true;
  };
}

const isPlace = shape<Place>({ topic: isText, partition: isInteger, offset: isInteger, ordinal: maybe(isInteger) });
const isSegment = shape<Segment>({
  topic: isText,
  partition: isInteger,
  first: isInteger,
  last: isInteger,
  messages: isInteger,
  points: isInteger,
  root: isHash,
});
const isLeafBody = shape<LeafBody>({
  id: isText,
  type: isText,
  stream: isText,
  stream_seq: isInteger,
  project: maybe(isText),
  project_seq: maybe(isInteger),
  recorded: isText,
  time: maybe(isText),
  actor: maybe(isText),
  at: maybe(isPlace),
  payload_digest: maybe(isText),
  segment: maybe(isSegment),
});

/** A leaf as a row of a table. */
export type LeafRow = Readonly<{
  index: number;
  type: string;
  stream: string;
  stream_seq: number;
  recorded: string;
  /** Empty for segments, which have many. */
  actor: string;
  /** As it is in the log. */
  leaf: Uint8Array;
}>;

const textOf = (entry: Uint8Array): string =>
  (Buffer.isBuffer(entry) ? entry : Buffer.from(entry.buffer, entry.byteOffset, entry.length)).toString();

/** What a leaf says; null where it does not say what leaves say. */
export function leafIn(entry: Uint8Array): LeafBody | null {
  try {
    const raw: unknown = JSON.parse(textOf(entry));
    return isLeafBody(raw) ? raw : null;
  } catch {
    return null;
  }
}

/** @throws Fault invalid EVIDENCE_BAD_LEAF */
export function readLeaf(entry: Uint8Array, index: number): LeafBody {
  const leaf = leafIn(entry);
  if (leaf === null) throw new Fault('invalid', 'EVIDENCE_BAD_LEAF', `leaf ${index} does not say what leaves say`);
  return leaf;
}

export const rowOf = (index: number, entry: Uint8Array, body: LeafBody): LeafRow => ({
  index,
  type: body.type,
  stream: body.stream,
  stream_seq: body.stream_seq,
  recorded: body.recorded,
  actor: body.actor ?? '',
  leaf: entry,
});
