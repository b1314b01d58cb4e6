import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { ArchivedRange, Recorded } from '@runledger/contracts';
import { isFault } from '@runledger/kernel';
import { alteredFile, missingFile } from './archive-fault';
import { BadRangeFile, decodeRange, encodeRange, type RangeFile } from './range-file';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** Files by the digest of their bytes, as libs/artifacts keeps them. */
export type RangeFiles = Readonly<{
  put(bytes: AsyncIterable<Uint8Array>): Promise<Readonly<{ digest: string; size: number }>>;
  /** @throws Fault missing */
  open(digest: string): Promise<Readonly<{ stream: AsyncIterable<unknown> }>>;
}>;

/** Where an unpacked file would not fit into memory any more; ranges are cut far below. */
const MOST_BYTES = 1 << 30;

type NewRange = Readonly<{ incarnation: string; previous: ArchivedRange | null; records: readonly Recorded[] }>;

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** Writes records of one partition, which follow those of the range before. Resolves once the file is durable. */
export async function writeRange(
  files: RangeFiles,
  { incarnation, previous, records }: NewRange,
): Promise<ArchivedRange> {
  const [begin, last] = [records[0], records.at(-1)] as [Recorded, Recorded];
  const { topic, partition, offset: first, appended: firstAt } = begin;
  const header = { incarnation, topic, partition, first, next: last.offset + 1, previous: previous?.digest ?? null };
  const { digest, size } = await files.put(once(await compress(encodeRange({ header, records }))));
  return { ...header, bytes: size, digest: digest.replace('sha256:', ''), firstAt, lastAt: last.appended };
}

async function bytesOf(files: RangeFiles, range: ArchivedRange): Promise<Buffer> {
  try {
    const { stream } = await files.open(`sha256:${range.digest}`);
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } catch (error) {
    throw isFault(error) && error.kind === 'missing' ? missingFile(range, error) : error;
  }
}

/** Whether the file says of itself what is known of the range. */
function differs(range: ArchivedRange, { header }: RangeFile): boolean {
  const { topic, partition, first, next, previous } = header;
  const isPlace =
    topic === range.topic && partition === range.partition && first === range.first && next === range.next;
  return !isPlace || previous !== range.previous || header.incarnation !== range.incarnation;
}

/** The records of a range, read back and held against its digest. @throws Fault conflict ARCHIVE_MISSING, ARCHIVE_ALTERED */
export async function readRange(files: RangeFiles, range: ArchivedRange): Promise<readonly Recorded[]> {
  const bytes = await bytesOf(files, range);
  if (createHash('sha256').update(bytes).digest('hex') !== range.digest)
    throw alteredFile(range, 'its bytes have another digest');
  let file: RangeFile;
  try {
    file = decodeRange(await decompress(bytes, { maxOutputLength: MOST_BYTES }));
  } catch (error) {
    throw alteredFile(range, error instanceof BadRangeFile ? error.message : 'it cannot be unpacked', error);
  }
  if (differs(range, file)) throw alteredFile(range, 'it is another range');
  return file.records;
}
