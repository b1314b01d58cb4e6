import { wholeWorkspace } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import type { LoggedModelRecord } from '@runledger/postgres';
import { loggedModelLocation } from './logged-models-answer';
import { loggedModelOf } from './logged-models-reads';
import type { MlflowRoom } from './mlflow-room';
import { stageOf } from './registry-fields';
import { answerModels, modelOf, versionOf } from './registry-reads';
import { notWithin, readSource, type Source } from './registry-source';

/** Where a new version comes from: what the client said, where the files are, and which run and logged model made them. */
export type Lineage = Readonly<{
  source: string;
  location: string;
  run: string | undefined;
  loggedModel: string | undefined;
}>;
type Said = Readonly<{ source: string; run_id?: string | undefined; model_id?: string | undefined }>;

const isWithin = (path: string, root: string): boolean => path === root || path.startsWith(`${root}/`);
const pathOf = (location: string): string => location.replace(/^mlflow-artifacts:\//, '');

async function numberOf(
  room: MlflowRoom,
  workspace: string,
  source: Extract<Source, { is: 'version' }>,
): Promise<number> {
  if (source.version !== null) return source.version;
  const model = await modelOf(room, workspace, source.name);
  const [answer] = await answerModels(room, workspace, [model]);
  const latest = answer?.latest_versions ?? [];
  const stage = source.stage;
  const found =
    source.alias !== null
      ? answer?.aliases.find(({ alias }) => alias === source.alias)?.version
      : stage?.toLowerCase() === 'latest'
        ? latest.map(({ version }) => version).sort((a, b) => Number(b) - Number(a))[0]
        : latest.find(({ current_stage }) => current_stage === stageOf(stage ?? ''))?.version;
  if (found === undefined)
    throw new Fault('missing', 'MLFLOW_NO_VERSION', `No version of ${source.name} is what the source names`);
  return Number(found);
}

/** A version of a version: it points to the same files, and comes from the same run. */
async function fromVersion(
  room: MlflowRoom,
  workspace: string,
  { run_id, model_id, source }: Said,
  named: Extract<Source, { is: 'version' }>,
): Promise<Lineage> {
  const { name } = named;
  const number = await numberOf(room, workspace, named);
  const { value } = (await versionOf(room, workspace, { name, version: number })).version;
  if (
    (run_id !== undefined && run_id !== (value.run ?? '')) ||
    (model_id !== undefined && model_id !== (value.loggedModel ?? ''))
  )
    throw new Fault(
      'invalid',
      'MLFLOW_BAD_SOURCE',
      `Invalid model version source: '${source}'. The run_id and model_id request parameters must match the referenced model version.`,
    );
  return {
    source: `models:/${name}/${number}`,
    location: value.location,
    run: value.run ?? undefined,
    loggedModel: value.loggedModel ?? undefined,
  };
}

function fromLoggedModel({ source, run_id }: Said, { id, value }: LoggedModelRecord): Lineage {
  return {
    source,
    location: loggedModelLocation(id, value.experiment),
    run: run_id ?? value.run ?? undefined,
    loggedModel: id,
  };
}

async function fromArtifacts(room: MlflowRoom, workspace: string, said: Said, path: string): Promise<Lineage> {
  const { source, run_id, model_id } = said;
  if (model_id !== undefined) {
    const model = await loggedModelOf(room, wholeWorkspace(workspace), model_id);
    if (!isWithin(path, pathOf(loggedModelLocation(model.id, model.value.experiment))))
      throw notWithin(source, 'model_id');
    return { source, location: source, run: run_id ?? model.value.run ?? undefined, loggedModel: model_id };
  }
  if (run_id === undefined) throw notWithin(source, 'run_id');
  await room.settle({ workspace, run: run_id, uses: ['runs'] });
  const run = await room.metadata.getRun(wholeWorkspace(workspace), run_id);
  if (run === null || !isWithin(path, `${run.experiment ?? '0'}/${run_id}/artifacts`))
    throw notWithin(source, 'run_id');
  return { source, location: source, run: run_id, loggedModel: undefined };
}

/** What is within a run or a logged model must be said to be; what is elsewhere is the client's own affair. */
export async function traceSource(room: MlflowRoom, workspace: string, asked: Said): Promise<Lineage> {
  const said = { ...asked, run_id: asked.run_id || undefined, model_id: asked.model_id || undefined };
  const { source, run_id, model_id } = said;
  const read = readSource(source);
  switch (read.is) {
    case 'version':
      return fromVersion(room, workspace, said, read);
    case 'logged-model':
      if (model_id !== undefined && model_id !== read.id) throw notWithin(source, 'model_id');
      return fromLoggedModel(said, await loggedModelOf(room, wholeWorkspace(workspace), read.id));
    case 'run':
      if (model_id !== undefined) throw notWithin(source, 'model_id');
      if (run_id !== read.run) throw notWithin(source, 'run_id');
      return { source, location: source, run: run_id, loggedModel: undefined };
    case 'artifacts':
      return fromArtifacts(room, workspace, said, read.path);
    case 'elsewhere': {
      const model = model_id === undefined ? null : await loggedModelOf(room, wholeWorkspace(workspace), model_id);
      return { source, location: source, run: run_id ?? model?.value.run ?? undefined, loggedModel: model_id };
    }
    default:
      return read satisfies never;
  }
}
