import { type KeptTexts, openArtifacts, openKeptTexts } from '@runledger/artifacts';
import { createArchivedLog, createArchivedRecords, type Log, type NativeLog, type RangeFiles } from '@runledger/bus';
import { Fault } from '@runledger/kernel';
import { type ArchiveRanges, createArchiveRanges } from '@runledger/postgres';
import type { DataSource } from 'typeorm';

export type ArchiveChoice = Readonly<{
  RUNLEDGER_ARCHIVE?: string | undefined;
  RUNLEDGER_S3_REGION?: string | undefined;
  RUNLEDGER_S3_ENDPOINT?: string | undefined;
}>;

/** What the archive of a log consists of, and the log as it is by itself. */
export type LogArchive = Readonly<{
  native: NativeLog;
  files: RangeFiles;
  texts: KeptTexts;
  ranges: ArchiveRanges;
}>;
/** The log with all that it ever had; `archive` is null where there is none. */
export type WholeLog = Readonly<{ log: Log; archive: LogArchive | null }>;

/**
 * Puts the archive that the settings name before a log.
 * @throws Fault invalid ENGINES_NO_ARCHIVE: what was taken out of the log could not be read
 */
export async function openArchive(native: NativeLog, config: ArchiveChoice, source: DataSource): Promise<WholeLog> {
  const { RUNLEDGER_ARCHIVE: place, RUNLEDGER_S3_REGION: region, RUNLEDGER_S3_ENDPOINT: endpoint } = config;
  const ranges = createArchiveRanges(source);
  if (place === undefined) {
    if (await ranges.isNeeded())
      throw new Fault(
        'invalid',
        'ENGINES_NO_ARCHIVE',
        'old messages were taken out of the log: RUNLEDGER_ARCHIVE has to say where they are kept',
      );
    return { log: native, archive: null };
  }
  const at = { place, s3: { region, endpoint } };
  const [files, texts] = [await openArtifacts(at), await openKeptTexts(at)];
  const log = createArchivedLog(native, createArchivedRecords(files, ranges));
  return { log, archive: { native, files, texts, ranges } };
}
