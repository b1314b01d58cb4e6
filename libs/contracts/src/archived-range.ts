/**
 * A stretch of a partition that is kept in the archive of the log, as one file that is named by its digest. Ranges of a partition begin at
 * offset 0 and follow one another without gaps; each names the one before.
 */
export type ArchivedRange = Readonly<{
  /** Of the log that it was read from. */
  incarnation: string;
  topic: string;
  partition: number;
  first: number;
  /** The offset behind its last one: it has every offset in between. */
  next: number;
  /** Of the file. */
  bytes: number;
  /** SHA-256 of the file, as hex. */
  digest: string;
  /** That of the range before; null: it is the first. */
  previous: string | null;
  /** When its first and its last record were appended, in ms since 1970. */
  firstAt: number;
  lastAt: number;
}>;
