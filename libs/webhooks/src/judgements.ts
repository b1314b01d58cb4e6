import { OBJECTIVE_EVENTS, type ObjectiveResult } from '@runledger/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import { draftsOf, type FeedDraft } from './entries';
import { appendToFeed } from './feed';

type Queryable = Pick<DataSource | EntityManager, 'query'>;

/** A run that has ended and is to be judged; a run that ends again is judged again. */
export type Judgement = Readonly<{ workspace: string; run: string; event: string; endedAt: Date }>;

/** Of these workspaces those in which somebody wants to be told what objectives come to. */
export async function whoAwaitsObjectives(
  source: Queryable,
  workspaces: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows: Array<{ workspace: string }> = await source.query(
    `select distinct workspace from custody.webhook_endpoint
     where workspace = any($1::text[]) and status <> 'disabled' and events && $2::text[]`,
    [workspaces, Object.values(OBJECTIVE_EVENTS)],
  );
  return new Set(rows.map(({ workspace }) => workspace));
}

export async function noteJudgements(tx: Queryable, judgements: readonly Judgement[]): Promise<void> {
  if (judgements.length === 0) return;
  await tx.query(
    `insert into custody.webhook_judgement (workspace, run, event, ended_at)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) on conflict do nothing`,
    [
      judgements.map(({ workspace }) => workspace),
      judgements.map(({ run }) => run),
      judgements.map(({ event }) => event),
      judgements.map(({ endedAt }) => endedAt.toISOString()),
    ],
  );
}

export async function readJudgements(source: Queryable, most: number): Promise<Judgement[]> {
  const rows: Array<Omit<Judgement, 'endedAt'> & { ended_at: Date }> = await source.query(
    'select workspace, run, event, ended_at from custody.webhook_judgement order by ended_at, run limit $1',
    [most],
  );
  return rows.map(({ ended_at: endedAt, ...row }) => ({ ...row, endedAt }));
}

/** What a run came to by each objective, as it was defined then. */
export type Judged = Readonly<{
  project: string | null;
  experiment: string | null;
  /** Up to where the log was read for it. */
  position: string;
  results: readonly ObjectiveResult[];
}>;

function draftsOfJudged({ workspace, run, event, endedAt }: Judgement, judged: Judged): FeedDraft[] {
  const { project, experiment, position, results } = judged;
  return results.flatMap(({ missedBy, afterStart, ...result }) => {
    const about = { run_id: run, experiment_id: experiment, project };
    const data = { ...about, ...result, missed_by: missedBy, after_start: afterStart, position };
    const identity = `objective/${result.objective}\nrun/${run}\n${event}`;
    const told = [{ event: OBJECTIVE_EVENTS[result.outcome], data }] as const;
    return draftsOf(told, workspace, endedAt.getTime(), identity).map((draft) => ({ ...draft, project, experiment }));
  });
}

/** Tells what a run came to, once, and forgets that it was to be judged. */
export async function settleJudgement(source: DataSource, judgement: Judgement, judged: Judged): Promise<void> {
  const { workspace, run, event } = judgement;
  await source.transaction(async (tx) => {
    await appendToFeed(tx, workspace, []); // the head first, as everybody does who writes the feed
    const [gone]: [unknown[], number] = await tx.query(
      'delete from custody.webhook_judgement where workspace = $1 and run = $2 and event = $3 returning run',
      [workspace, run, event],
    );
    const drafts = draftsOfJudged(judgement, judged);
    if (gone.length > 0 && drafts.length > 0) await appendToFeed(tx, workspace, drafts);
  });
}
