import { isEveryProject, type Reach } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import type { LoggedModelRecord } from '@runledger/postgres';
import { loggedModelAnswerOf } from './logged-models-answer';
import type { MlflowRoom } from './mlflow-room';

export const noLoggedModel = (loggedModel: string): Fault =>
  new Fault('missing', 'MLFLOW_NO_LOGGED_MODEL', `Logged model with ID '${loggedModel.slice(0, 200)}' not found.`);

/** Reads what everybody has been told before. @throws Fault missing MLFLOW_NO_LOGGED_MODEL */
export async function loggedModelOf(
  { settle, metadata }: MlflowRoom,
  reach: Reach,
  loggedModel: string,
  more: { deletedToo?: boolean } = {},
): Promise<LoggedModelRecord> {
  const { workspace } = reach;
  await settle({ workspace, uses: ['catalog'] });
  const found = await metadata.getLoggedModel(workspace, loggedModel);
  if (found === null || (found.value.lifecycle === 'deleted' && more.deletedToo !== true))
    throw noLoggedModel(loggedModel);
  if (!isEveryProject(reach.projects) && !(await metadata.reachedLoggedModels(reach, [loggedModel])).has(loggedModel))
    throw noLoggedModel(loggedModel);
  return found;
}

/** With what runs have measured of them that are reached, at whichever moment. */
export async function answerLoggedModels(room: MlflowRoom, reach: Reach, models: readonly LoggedModelRecord[]) {
  const { workspace } = reach;
  await room.settle({ workspace, uses: ['runs'] });
  const metrics = await room.metadata.listModelMetrics(
    workspace,
    models.map(({ id }) => id),
  );
  if (isEveryProject(reach.projects)) return models.map((model) => loggedModelAnswerOf(model, metrics));
  const reached = await room.searches.load(reach, [...new Set(metrics.map(({ run }) => run))], {});
  const runs = new Set(reached.map(({ run }) => run));
  const told = metrics.filter(({ run }) => runs.has(run));
  return models.map((model) => loggedModelAnswerOf(model, told));
}
