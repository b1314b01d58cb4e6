import type { ArchiveAges } from './archivist';

const DAY_MS = 86_400_000;

type Settings = Readonly<{ RUNLEDGER_ARCHIVE_AFTER_DAYS: number; RUNLEDGER_ARCHIVE_DROP_DAYS?: number | undefined }>;

/** What the settings say of when messages go where. */
export const archiveAges = ({
  RUNLEDGER_ARCHIVE_AFTER_DAYS: after,
  RUNLEDGER_ARCHIVE_DROP_DAYS: drop,
}: Settings): ArchiveAges => ({ archiveMs: after * DAY_MS, dropMs: drop === undefined ? null : drop * DAY_MS });
