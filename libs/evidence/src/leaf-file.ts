import { HASH_BYTES, leafHashInto } from '@runledger/merkle';
import { leafIn, rowOf } from './leaf-row';
import { endsWithLine, lineAt, lineEnds } from './line-ends';
import { indexesIn, LeafTable } from './parquet';
import { DIGEST_LETTERS } from './payload-file';
import { TextTable } from './text-table';

/**
 * A file of leaves that was looked at by itself, and what the rest of the bundle is compared with, in columns: it goes from one
 * thread to another without being copied, and a million leaves are no million objects.
 */
export type LeafFile = Readonly<{
  /** The file. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Where its lines end. */
  ends: Uint32Array<ArrayBuffer>;
  isWhole: boolean;
  /** How many lines from the first on are leaves. The columns are as long. */
  leaves: number;
  /** RFC 9162, 2.1.1, one behind the other. */
  hashes: Uint8Array<ArrayBuffer>;
  /** What leaves commit to, as they have it, one behind the other; zeros where they commit to nothing, or to what cannot be a digest. */
  committed: Uint8Array<ArrayBuffer>;
  /** 1 where a leaf commits to something. */
  commits: Uint8Array<ArrayBuffer>;
  /** 1 where a leaf is a segment. */
  isSegment: Uint8Array<ArrayBuffer>;
  streams: readonly string[];
  streamOf: Uint32Array<ArrayBuffer>;
  streamSeq: Float64Array<ArrayBuffer>;
  /** '' where a leaf has none, and -1 as its number. */
  projects: readonly string[];
  projectOf: Uint32Array<ArrayBuffer>;
  projectSeq: Float64Array<ArrayBuffer>;
  /** The places in the log that the table gives to the leaves: whether they are right is seen when they are known. */
  indexes: Float64Array<ArrayBuffer>;
  /** Whether the table is as it was signed, and whether it is the one of these leaves at these places. */
  isTableSigned: boolean;
  hasTable: boolean;
}>;

const isTable = (rows: LeafTable, table: Buffer): boolean => rows.rows > 0 && rows.finish().equals(table);

/**
 * Pure. What is wrong with a line is said by who comes to it, and knows its place in the log. `table` is null where it is not as
 * it was signed.
 */
export function readLeafFile(bytes: Buffer<ArrayBuffer>, table: Buffer | null): LeafFile {
  const ends = lineEnds(bytes);
  const most = ends.length;
  const [hashes, committed] = [Buffer.allocUnsafeSlow(most * HASH_BYTES), Buffer.alloc(most * DIGEST_LETTERS)];
  const [commits, isSegment] = [new Uint8Array(most), new Uint8Array(most)];
  const [streams, projects] = [new TextTable(), new TextTable()];
  const [streamOf, projectOf] = [new Uint32Array(most), new Uint32Array(most)];
  const [streamSeq, projectSeq] = [new Float64Array(most), new Float64Array(most)];
  const indexes = indexesIn(table ?? Buffer.alloc(0), most);
  const rows = new LeafTable();
  let leaves = 0;
  for (; leaves < most; leaves++) {
    const entry = lineAt(bytes, ends, leaves);
    const leaf = leafIn(entry);
    if (leaf === null) break;
    leafHashInto(entry, hashes, leaves * HASH_BYTES);
    const { payload_digest: digest } = leaf;
    commits[leaves] = Number(digest !== undefined);
    if (digest?.length === DIGEST_LETTERS) committed.write(digest, leaves * DIGEST_LETTERS, 'latin1');
    isSegment[leaves] = Number(leaf.segment !== undefined);
    streamOf[leaves] = streams.numberOf(leaf.stream);
    streamSeq[leaves] = leaf.stream_seq;
    projectOf[leaves] = projects.numberOf(leaf.project ?? '');
    projectSeq[leaves] = leaf.project_seq ?? -1;
    rows.add(rowOf(indexes[leaves] ?? 0, entry, leaf));
  }
  const isWhole = endsWithLine(bytes, ends);
  const isTableSigned = table !== null;
  const hasTable = isTableSigned && isWhole && rows.rows === most && isTable(rows, table);
  const columns = { hashes, committed, commits, isSegment, streamOf, streamSeq, projectOf, projectSeq, indexes };
  const texts = { streams: streams.texts, projects: projects.texts };
  return { bytes, ends, isWhole, leaves, isTableSigned, hasTable, ...texts, ...columns };
}
