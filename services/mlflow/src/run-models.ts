import type { RunModelInputRecord, RunOutputRecord } from '@runledger/postgres';
import type { MlflowRoom } from './mlflow-room';

/** The tag of a dataset input that says what it was used for. */
export const CONTEXT_TAG = 'mlflow.data.context';

/** Which logged models runs read, and which they made. */
export type RunModels = Readonly<{ read: readonly RunModelInputRecord[]; made: readonly RunOutputRecord[] }>;

export async function loadRunModels(
  { metadata }: MlflowRoom,
  workspace: string,
  runs: readonly string[],
): Promise<RunModels> {
  const [read, made] = await Promise.all([
    metadata.listRunModelInputs(workspace, runs),
    metadata.listRunOutputs(workspace, runs),
  ]);
  return { read, made };
}

/** Those of one run. */
export const modelsOf = (run: string, { read, made }: RunModels) => ({
  inputs: read.filter((one) => one.run === run).map(({ loggedModel }) => ({ model_id: loggedModel })),
  outputs: made
    .filter((one) => one.run === run)
    .map(({ loggedModel, step }) => ({ model_id: loggedModel, step: BigInt(step) })),
});
