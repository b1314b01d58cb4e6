import type { Recorded } from '@runledger/contracts';

/** What a file says of itself, so that an archive can be read without a database. It has every offset from `first` up to and without `next`. */
export type RangeHeader = Readonly<{
  incarnation: string;
  topic: string;
  partition: number;
  first: number;
  next: number;
  /** Digest of the file before, as hex; null: there is none. */
  previous: string | null;
}>;
export type RangeFile = Readonly<{ header: RangeHeader; records: readonly Recorded[] }>;

/**
 * Before compression: this line, a line of JSON with the header, and each record as five fields that begin with their length in four bytes
 * (big-endian): offset and time of appending in decimal, key and headers (a JSON object of strings) in UTF-8, value.
 */
const MAGIC = Buffer.from('runledger.archive/1\n');
const NEWLINE = 0x0a;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Not a range, or not one that this release can read. */
export class BadRangeFile extends Error {}

const fieldsOf = ({ offset, appended, key, headers, value }: Recorded): Uint8Array[] => [
  Buffer.from(String(offset)),
  Buffer.from(String(appended)),
  Buffer.from(key),
  Buffer.from(JSON.stringify(headers)),
  value,
];

/** Pure. The same records give the same bytes. */
export function encodeRange({ header, records }: RangeFile): Buffer {
  const { incarnation, topic, partition, first, next, previous } = header;
  const line = JSON.stringify({ incarnation, topic, partition, first, next, previous });
  const parts: Uint8Array[] = [MAGIC, Buffer.from(`${line}\n`)];
  for (const record of records)
    for (const field of fieldsOf(record)) {
      const length = Buffer.allocUnsafe(4);
      length.writeUInt32BE(field.length);
      parts.push(length, field);
    }
  return Buffer.concat(parts);
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isText = (value: unknown): value is string => typeof value === 'string';

function readHeader(text: string): RangeHeader {
  const { incarnation, topic, partition, first, next, previous } = JSON.parse(text) as Record<string, unknown>;
  if (!isText(incarnation) || !isText(topic) || !(previous === null || isText(previous)))
    throw new BadRangeFile('its header is not one');
  if (!isCount(partition) || !isCount(first) || !isCount(next) || next <= first)
    throw new BadRangeFile('its header is not one');
  return { incarnation, topic, partition, first, next, previous };
}

/** Takes fields off the front, one after the other. */
class Fields {
  constructor(
    private readonly bytes: Buffer,
    private at: number,
  ) {}

  get isAtEnd(): boolean {
    return this.at === this.bytes.length;
  }

  take(): Buffer {
    const begin = this.at + 4;
    if (begin > this.bytes.length) throw new BadRangeFile('it is cut');
    const end = begin + this.bytes.readUInt32BE(this.at);
    if (end > this.bytes.length) throw new BadRangeFile('it is cut');
    this.at = end;
    return this.bytes.subarray(begin, end);
  }

  count(): number {
    const value = Number(this.text());
    if (!isCount(value)) throw new BadRangeFile('an offset or a time is no number');
    return value;
  }

  text(): string {
    return utf8.decode(this.take());
  }
}

function readRecord(fields: Fields, { topic, partition }: RangeHeader): Recorded {
  const [offset, appended, key] = [fields.count(), fields.count(), fields.text()];
  const headers = JSON.parse(fields.text()) as Record<string, string>;
  return { topic, partition, offset, appended, key, headers, value: fields.take() };
}

function readFile(bytes: Buffer): RangeFile {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new BadRangeFile('it is no range of a log');
  const end = bytes.indexOf(NEWLINE, MAGIC.length);
  if (end < 0) throw new BadRangeFile('it is cut');
  const header = readHeader(utf8.decode(bytes.subarray(MAGIC.length, end)));
  const fields = new Fields(bytes, end + 1);
  const records: Recorded[] = [];
  for (let offset = header.first; offset < header.next; offset++) {
    const record = readRecord(fields, header);
    if (record.offset !== offset) throw new BadRangeFile('its offsets do not follow one another');
    records.push(record);
  }
  if (!fields.isAtEnd) throw new BadRangeFile('it has more than its header says');
  return { header, records };
}

/** Pure. The values are parts of `bytes`. @throws BadRangeFile */
export function decodeRange(bytes: Buffer): RangeFile {
  try {
    return readFile(bytes);
  } catch (error) {
    throw error instanceof BadRangeFile ? error : new BadRangeFile('it is not written as ranges are', { cause: error });
  }
}
