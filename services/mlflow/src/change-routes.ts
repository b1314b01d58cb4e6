import type { Principal } from '@runledger/access';
import { name } from '@runledger/contracts';
import { z } from 'zod';
import type { MlflowRoom } from './mlflow-room';
import { defineRoute, type MlflowRoute } from './mlflow-route';
import { millis, runIdOf, runRef } from './request-fields';
import { RUN_NAME_TAG, runInfoAnswer, runInfoOf, USER_TAG } from './run-answer';
import { factRecord, type NewFact } from './run-facts';
import { type GatedRun, isDeleted } from './run-gate';

const updateRun = z.object({
  ...runRef,
  status: z.enum(['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED']).optional(),
  end_time: millis.optional(),
  run_name: name(500).optional(),
});
type UpdateRun = z.output<typeof updateRun>;

const OUTCOMES = { FINISHED: 'finished', FAILED: 'failed', KILLED: 'killed' } as const;
const write = { permission: 'events:write', level: 'project', answer: z.object({}) } as const;

type Change = Readonly<{ facts: readonly NewFact[] } & Pick<GatedRun['run'], 'status' | 'finishedAt'>>;

/** A run that begins after its end, or after its turn came, is carried on (see evolveRun). */
function begin({ project, experiment, status, finishedAt }: GatedRun['run']): Change {
  if (finishedAt === null && status !== 'scheduled') return { facts: [], status, finishedAt };
  const startedAt = new Date(Math.max(Date.now(), (finishedAt ?? 0) + 1)).toISOString();
  const data = { project, experiment, startedAt };
  return { facts: [{ type: 'run.started', data } satisfies NewFact], status: 'running', finishedAt: null };
}

/** What a new status comes to, with the status and the end that the run then has. */
function statusChange({ run }: GatedRun, { status, end_time }: UpdateRun): Change {
  switch (status) {
    case undefined:
      return { facts: [], status: run.status, finishedAt: run.finishedAt };
    case 'RUNNING':
      return begin(run);
    case 'SCHEDULED':
      return { facts: [{ type: 'run.updated', data: { scheduled: true } }], status: 'scheduled', finishedAt: null };
    default: {
      const finishedAt = end_time || Date.now();
      const data = { outcome: OUTCOMES[status], finishedAt: new Date(finishedAt).toISOString() };
      return { facts: [{ type: 'run.finished', data }], status: OUTCOMES[status], finishedAt };
    }
  }
}

async function update(room: MlflowRoom, who: Principal, asked: UpdateRun): Promise<object> {
  const id = runIdOf(asked);
  const found = await room.gate.active(who, id);
  const { facts, status, finishedAt } = statusChange(found, asked);
  const named: NewFact[] =
    asked.run_name === undefined
      ? []
      : [
          { type: 'run.updated', data: { name: asked.run_name } },
          { type: 'tags.set', data: { tags: [{ key: RUN_NAME_TAG, value: asked.run_name }] } },
        ];
  const all = [...facts, ...named];
  if (all.length > 0) await room.publish([factRecord(who, id, all)]);
  const [held] = await room.searches.load(who, [id], { tags: [USER_TAG] });
  const changed = { ...found.run, status, finishedAt, name: asked.run_name ?? found.run.name };
  return { run_info: runInfoOf(changed, held?.tags ?? [], false) };
}

async function setLifecycle(
  room: MlflowRoom,
  who: Principal,
  run: string,
  lifecycle: 'active' | 'deleted',
): Promise<object> {
  await room.publish([factRecord(who, run, [{ type: 'run.updated', data: { lifecycle } }])]);
  return {};
}

/** What becomes of a run as a whole. */
export const CHANGE_ROUTES: readonly MlflowRoute[] = [
  defineRoute('POST 2.0/mlflow/runs/update', {
    ...write,
    summary: 'Change the status or the name of a run; a finished one that is RUNNING again goes on',
    request: updateRun,
    answer: z.object({ run_info: runInfoAnswer }),
    run: update,
  }),
  defineRoute('POST 2.0/mlflow/runs/delete', {
    ...write,
    summary: 'Put a run away; one that is deleted stays so',
    request: z.object(runRef),
    async run(room, who, asked) {
      const found = await room.gate.find(who, runIdOf(asked));
      if (isDeleted(found)) return {};
      room.deletions.check(who, found.run.project);
      return setLifecycle(room, who, found.run.run, 'deleted');
    },
  }),
  defineRoute('POST 2.0/mlflow/runs/restore', {
    ...write,
    summary: 'Bring a deleted run back; an active one stays so',
    request: z.object(runRef),
    async run(room, who, asked) {
      const found = await room.gate.find(who, runIdOf(asked));
      return found.run.lifecycle === 'active' ? {} : setLifecycle(room, who, found.run.run, 'active');
    },
  }),
];
