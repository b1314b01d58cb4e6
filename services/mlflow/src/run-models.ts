import type { RunModelRecords } from '@runledger/postgres';
import type { MlflowRoom } from './mlflow-room';

/** The tag of a dataset input that says what it was used for. */
export const CONTEXT_TAG = 'mlflow.data.context';

/** Which logged models runs read, and which they made. */
export type RunModels = Readonly<{
  read: ReadonlyMap<string, RunModelRecords['read']>;
  made: ReadonlyMap<string, RunModelRecords['made']>;
}>;

function byRun<R extends Readonly<{ run: string }>>(records: readonly R[]): ReadonlyMap<string, readonly R[]> {
  const found = new Map<string, R[]>();
  for (const record of records) {
    const own = found.get(record.run);
    if (own === undefined) found.set(record.run, [record]);
    else own.push(record);
  }
  return found;
}

export async function loadRunModels(
  { metadata }: MlflowRoom,
  workspace: string,
  runs: readonly string[],
): Promise<RunModels> {
  const { read, made } = await metadata.listRunModels(workspace, runs);
  return { read: byRun(read), made: byRun(made) };
}

/** Those of one run. */
export const modelsOf = (run: string, { read, made }: RunModels) => ({
  inputs: (read.get(run) ?? []).map(({ loggedModel }) => ({ model_id: loggedModel })),
  outputs: (made.get(run) ?? []).map(({ loggedModel, step }) => ({ model_id: loggedModel, step: BigInt(step) })),
});
