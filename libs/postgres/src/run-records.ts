import type { Reach } from '@runledger/contracts';
import type { DataSource } from 'typeorm';
import { type AsOf, cutOfRun, isHeld } from './as-of';
import { readNumber, selectTime } from './columns';
import { reachedAmong } from './reach-sql';
import type { RunRecord } from './run.repository';

const TIMES = ['started_at', 'finished_at', 'first_time', 'finish_time', 'sort_at', 'from_time'] as const;
const COLUMNS = `run, project, experiment, name, description, status, lifecycle, message, parent, fork_run, fork_step,
  finish_off, finish_ord, from_off, to_off, ${TIMES.map((time) => selectTime(time, time)).join(', ')}`;

type Row = Pick<
  RunRecord,
  'run' | 'project' | 'experiment' | 'name' | 'description' | 'status' | 'lifecycle' | 'message' | 'parent'
> &
  Readonly<{ fork_run: string | null; fork_step: string | null; finish_ord: number | null; from_off: string }> &
  Readonly<Record<'finish_off' | 'to_off' | (typeof TIMES)[number], string | null>>;

const recordOf = (workspace: string, row: Row, cut: number | null): RunRecord => ({
  workspace,
  run: row.run,
  project: row.project,
  experiment: row.experiment,
  name: row.name,
  description: row.description,
  status: row.status,
  lifecycle: row.lifecycle,
  startedAt: readNumber(row.started_at),
  finishedAt: readNumber(row.finished_at),
  message: row.message,
  parent: row.parent,
  forkRun: row.fork_run,
  forkStep: row.fork_step,
  finish:
    row.finish_off === null
      ? null
      : { offset: Number(row.finish_off), ordinal: row.finish_ord ?? 0, time: Number(row.finish_time) },
  firstSeenAt: readNumber(row.first_time),
  updatedAt: readNumber(row.from_time),
  sortAt: readNumber(row.sort_at),
  cut,
});

/** Many runs by their names, as plain rows: a page has hundreds. Those that are not there are left out. */
export async function loadRunRecords(
  source: Pick<DataSource, 'query'>,
  reach: Reach,
  { runs, asOf }: Readonly<{ runs: readonly string[]; asOf: AsOf | undefined }>,
): Promise<Map<string, RunRecord>> {
  const { workspace } = reach;
  const values: unknown[] = [workspace, runs];
  const reached = reachedAmong('project', reach, values);
  const rows: Row[] = await source.query(
    `select ${COLUMNS} from read.run
     where workspace = $1 and run = any ($2) and ${asOf === undefined ? 'to_off is null' : 'true'} and ${reached}`,
    values,
  );
  return new Map(
    rows.flatMap((row): Array<[string, RunRecord]> => {
      const cut = cutOfRun(asOf, workspace, row.run);
      const held = isHeld({ offset: Number(row.from_off), endOffset: readNumber(row.to_off) }, cut);
      return held ? [[row.run, recordOf(workspace, row, cut)]] : [];
    }),
  );
}
