import { MOST_LISTED, type Retained } from '@runledger/contracts';
import type { retentionPreview } from '@runledger/contracts/http';
import {
  decideRetention,
  type Erasures,
  evolveRetention,
  holdsOnRun,
  noErasures,
  type Retention,
  type RetentionCommand,
  termAt,
  termOfExpiry,
} from '@runledger/domain';
import { uuidv7 } from '@runledger/kernel';
import { createDueRuns, createDueTotals, type DueRun, type DueRuns } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import type { z } from 'zod';
import { heldDigests, holdsByWorkspace } from './due-terms';
import { projectRetention } from './project-retention';

type Preview = z.input<typeof retentionPreview>;
type Going = Readonly<{ runs: string[]; held: string[] }>;
type Asking = Readonly<{ workspace: string; project: string; retention: Retention; erasures: Erasures }>;
/** What is proposed, as the command says it. */
export type Proposed = Pick<RetentionCommand, 'points' | 'artifacts' | 'lock'>;

const DAY_MS = 86_400_000;

/** The policy as it would be, by the same decision that would set it. */
function retentionWith(retention: Retention, project: string, proposed: Proposed, delayMs: number): Retention {
  const now = { at: new Date().toISOString(), policy: uuidv7(), reference: '' };
  const outcome = decideRetention({ name: 'set-retention', project, ...proposed, ...now, delayMs }, retention);
  return outcome.ok ? outcome.value.events.reduce(evolveRetention, retention) : retention;
}

/** Which of these go, and which are held, by what the expirer decides by. */
function judge({ project, retention, erasures }: Asking, what: Retained, due: readonly DueRun[], at: string) {
  const going: DueRun[] = [];
  const held: string[] = [];
  for (const one of due) {
    const outcome = termOfExpiry(what, { ...one, project, at, retention, erasures });
    if (outcome.ok) going.push(one);
    else if (outcome.code === 'EXPIRY_HELD') held.push(one.run);
  }
  return { going, held };
}

/** As long as forks go, their parents follow: the expirer comes to them in its next round. */
async function goingBy(due: Pick<DueRuns, 'due'>, asking: Asking, what: Retained, at: Date): Promise<Going> {
  const { workspace, project, retention } = asking;
  const moment = at.toISOString();
  const days = termAt(retention[what], moment)?.days ?? null;
  if (days === null) return { runs: [], held: [] };
  const lockDays = termAt(retention.lock, moment)?.days ?? null;
  const asked = { workspace, project, what, endedBy: new Date(at.getTime() - days * DAY_MS), at, lockDays };
  for (let goneForks: string[] = []; ; ) {
    const found = await due.due({ ...asked, except: [], goneForks, limit: null });
    const { going, held } = judge(asking, what, found, moment);
    const forks = going.flatMap(({ run, isFork }) => (isFork ? [run] : []));
    if (what === 'artifacts' || forks.length === goneForks.length) return { runs: going.map(({ run }) => run), held };
    goneForks = forks;
  }
}

/** What a policy would take away as soon as it holds. It changes nothing. */
export function createRetentionPreview(source: DataSource, delayMs: number) {
  const due = createDueRuns(source);
  const totals = createDueTotals(source);

  return async function previewOf(workspace: string, project: string, proposed: Proposed): Promise<Preview> {
    const retention = retentionWith(await projectRetention(source, workspace, project), project, proposed, delayMs);
    const erasures = (await holdsByWorkspace(due)).get(workspace) ?? noErasures;
    const asking = { workspace, project, retention, erasures };

    async function partOf<There>(what: Retained, thereOf: (runs: readonly string[]) => Promise<There>) {
      const { held: now, next } = retention[what];
      const last = next ?? now;
      const at = new Date(Math.max(Date.now(), Date.parse(last?.from ?? '1970')));
      const going = await goingBy(due, asking, what, at);
      const listed = going.held
        .slice(0, MOST_LISTED)
        .map((run) => ({ run, holds: holdsOnRun(erasures, { run, project }) }));
      const held = { runs: going.held.length, listed };
      const term = { days: last?.days ?? null, from: last === null ? null : at.toISOString() };
      return { ...term, runs: going.runs.length, ...(await thereOf(going.runs)), held };
    }

    const points = await partOf('points', (runs) => totals.points(workspace, runs));
    const heldAlone = await heldDigests(due);
    const artifacts = await partOf('artifacts', (runs) => totals.artifacts(workspace, runs, heldAlone));
    return { project, points, artifacts };
  };
}
