import { Fault } from '@runledger/kernel';
import type { LoggedModelRecord } from '@runledger/postgres';
import { loggedModelAnswerOf } from './logged-models-answer';
import type { MlflowRoom } from './mlflow-room';

export const noLoggedModel = (loggedModel: string): Fault =>
  new Fault('missing', 'MLFLOW_NO_LOGGED_MODEL', `Logged model with ID '${loggedModel.slice(0, 200)}' not found.`);

/** Reads what everybody has been told before. @throws Fault missing MLFLOW_NO_LOGGED_MODEL */
export async function loggedModelOf(
  { settle, metadata }: MlflowRoom,
  workspace: string,
  loggedModel: string,
  more: { deletedToo?: boolean } = {},
): Promise<LoggedModelRecord> {
  await settle({ workspace, uses: ['catalog'] });
  const found = await metadata.getLoggedModel(workspace, loggedModel);
  if (found === null || (found.value.lifecycle === 'deleted' && more.deletedToo !== true))
    throw noLoggedModel(loggedModel);
  return found;
}

/** With what runs have measured of them, at whichever moment. */
export async function answerLoggedModels(room: MlflowRoom, workspace: string, models: readonly LoggedModelRecord[]) {
  await room.settle({ workspace, uses: ['runs'] });
  const metrics = await room.metadata.listModelMetrics(
    workspace,
    models.map(({ id }) => id),
  );
  return models.map((model) => loggedModelAnswerOf(model, metrics));
}
