import type { KeptTexts } from '@runledger/artifacts';
import type { NativeLog, RangeFiles } from '@runledger/bus';
import type { ArchiveRanges } from '@runledger/postgres';

/** What the archive of the log consists of, and the log as it is by itself. */
export type ArchivePorts = Readonly<{
  native: NativeLog;
  files: RangeFiles;
  texts: KeptTexts;
  ranges: ArchiveRanges;
}>;
