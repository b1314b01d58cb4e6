import { partitionOfRun } from '@runledger/contracts';

/** What a reader would have seen once: of each partition, by its number, the records before this offset. */
export type AsOf = Readonly<{
  runs: readonly number[];
  metrics: readonly number[];
  console: readonly number[];
  /** Of the partition in which the workspace's catalog lies. */
  catalog: number;
}>;

/** The first offset of a run's facts that is not seen; null: all of them are. */
export const cutOfRun = (asOf: AsOf | undefined, workspace: string, run: string): number | null =>
  asOf === undefined ? null : (asOf.runs[partitionOfRun('runs', workspace, run)] ?? 0);

/** The same of its metrics. */
export const cutOfMetrics = (asOf: AsOf | undefined, workspace: string, run: string): number | null =>
  asOf === undefined ? null : (asOf.metrics[partitionOfRun('metrics', workspace, run)] ?? 0);

/** The same of what it printed. */
export const cutOfConsole = (asOf: AsOf | undefined, workspace: string, run: string): number | null =>
  asOf === undefined ? null : (asOf.console[partitionOfRun('console', workspace, run)] ?? 0);

/** A cut in SQL: a number of ours, or an expression that gives one. */
type Cut = number | string | null;

/** Of a row with a history: it holds at the cut. One message is whole or not there, so that offsets decide. */
export const heldSql = (alias: string, cut: Cut): string =>
  cut === null
    ? `${alias}.to_off is null`
    : `${alias}.from_off < ${cut} and (${alias}.to_off is null or ${alias}.to_off >= ${cut})`;

/** Of a row that is said once. */
export const recordedSql = (alias: string, cut: Cut): string => (cut === null ? 'true' : `${alias}.from_off < ${cut}`);

/** The same of rows that were read. */
export const isHeld = (row: Readonly<{ offset: number; endOffset: number | null }>, cut: number | null): boolean =>
  cut === null ? row.endOffset === null : row.offset < cut && (row.endOffset === null || row.endOffset >= cut);
