import type { Reach } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import type { AsOf, RunRecord } from '@runledger/postgres';
import type { Use } from '@runledger/reads';
import { z } from 'zod';
import type { AnswerHeaders } from './fresh-reads';
import type { MomentListQuery, RunsQuery } from './query.schema';
import type { QueryRoom } from './query-room';

const runPlace = z.strictObject({ sortAt: z.number(), run: z.string() });

/** One page of runs, newest first. The catalog counts as well where an experiment is asked for, since it may not exist. */
export async function listRunsPage(
  room: QueryRoom,
  answer: AnswerHeaders,
  reach: Reach,
  query: RunsQuery,
): Promise<{ runs: RunRecord[]; asOf: AsOf | undefined; nextPageToken: string | null }> {
  const { workspace } = reach;
  const { experiment, lifecycle, limit, page_token, as_of } = query;
  const list = ['runs', workspace, experiment, lifecycle, as_of];
  const after = room.pages.open(list, page_token, runPlace);
  const uses: Use[] = experiment === undefined ? ['runs'] : ['runs', 'catalog'];
  const asOf = await room.settle(answer, { workspace, uses }, query);
  const rows = await room.metadata.listRuns(reach, { experiment, lifecycle, after, limit: limit + 1, asOf });
  const runs = rows.slice(0, limit);
  const last = rows.length > limit ? runs.at(-1) : undefined;
  const nextPageToken = last === undefined ? null : room.pages.seal(list, { sortAt: last.sortAt, run: last.run });
  return { runs, asOf, nextPageToken };
}

/** What a page of a run's params, tags, inputs or artifacts is cut from. */
type NamedPart<T> = Readonly<{
  kind: string;
  /** What else the list depends on, so that a page of another is not taken for one of it. */
  narrowedBy?: string | undefined;
  nameOf: (row: T) => string;
  read: (run: RunRecord, page: { after: string | undefined; limit: number }) => Promise<T[]>;
}>;

/** One page of what a run has, by name. */
export async function listPart<T>(
  room: QueryRoom,
  of: { answer: AnswerHeaders; reach: Reach; run: string },
  query: MomentListQuery,
  part: NamedPart<T>,
): Promise<{ rows: T[]; nextPageToken: string | null }> {
  const { answer, reach, run } = of;
  const { workspace } = reach;
  const list = [part.kind, workspace, run, part.narrowedBy, query.as_of];
  const after = room.pages.open(list, query.page_token, z.string());
  const asOf = await room.settle(answer, { workspace, run, uses: ['runs'] }, query);
  const rows = await part.read(await room.runOf(reach, run, asOf), { after, limit: query.limit + 1 });
  const shown = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? shown.at(-1) : undefined;
  return { rows: shown, nextPageToken: last === undefined ? null : room.pages.seal(list, part.nameOf(last)) };
}

/** The rows behind the one of that name. The order is the store's, which need not be that of strings here. */
export function rowsAfter<T>(rows: readonly T[], nameOf: (row: T) => string, after: string | undefined): T[] {
  if (after === undefined) return [...rows];
  const at = rows.findIndex((row) => nameOf(row) === after);
  if (at < 0) throw new Fault('invalid', 'READS_BAD_PAGE_TOKEN', 'this page does not exist any more; begin again');
  return rows.slice(at + 1);
}
