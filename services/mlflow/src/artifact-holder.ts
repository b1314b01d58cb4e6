import type { Principal } from '@runledger/access';
import { loggedModelRules } from '@runledger/commands';
import type { Reach } from '@runledger/contracts';
import { uuidv7 } from '@runledger/kernel';
import type { ArtifactPage } from '@runledger/postgres';
import type { ArtifactRoot } from './artifact-path';
import { loggedModelOf, noLoggedModel } from './logged-models-reads';
import type { MlflowRoom } from './mlflow-room';
import { factRecord } from './run-facts';
import { noRun } from './run-gate';

export type ArtifactFile = Readonly<{ path: string; digest: string; size: number; mediaType: string }>;

/** What artifacts lie in, as it stood when it was looked up. A run keeps them by facts, a logged model by decisions of its stream (ADR-0019). */
export interface ArtifactHolder {
  find(path: string): Promise<ArtifactFile | null>;
  /** By path. */
  list(page: ArtifactPage): Promise<readonly ArtifactFile[]>;
  /** Where its bytes count. */
  readonly project: () => Promise<string>;
  /** Before bytes are read: whether it takes them. @throws Fault invalid MLFLOW_RUN_DELETED, missing MLFLOW_NO_LOGGED_MODEL, conflict RETENTION_EXPIRED */
  takes(): Promise<void>;
  store(who: Principal, file: ArtifactFile): Promise<void>;
  /** At most 1,000. @throws Fault forbidden DELETION_NOT_ALLOWED */
  remove(who: Principal, paths: readonly string[]): Promise<void>;
}

async function runHolder(room: MlflowRoom, reach: Reach, { experiment, id }: ArtifactRoot): Promise<ArtifactHolder> {
  const { workspace } = reach;
  const { run } = await room.gate.find(reach, id);
  if ((run.experiment ?? '0') !== experiment) throw noRun(id);
  const { metadata, gate, publish, deletions } = room;
  return {
    find: (path) => metadata.findArtifact(workspace, run, path),
    list: (page) => metadata.listArtifacts(workspace, run, page),
    project: async () => run.project,
    async takes() {
      await gate.active(reach, id);
      room.artifactDoor.takes(workspace, id);
    },
    store: async (who, data) => void (await publish([factRecord(who, id, [{ type: 'artifact.stored', data }])])),
    async remove(who, paths) {
      deletions.check(who, run.project);
      await publish([factRecord(who, id, [{ type: 'artifacts.deleted', data: { paths } }])]);
    },
  };
}

async function modelHolder(
  room: MlflowRoom,
  reach: Reach,
  { experiment, id: loggedModel }: ArtifactRoot,
): Promise<ArtifactHolder> {
  const { workspace } = reach;
  const { value } = await loggedModelOf(room, reach, loggedModel, { deletedToo: true });
  if (value.experiment !== experiment) throw noLoggedModel(loggedModel);
  const { metadata, commands } = room;
  return {
    async find(path) {
      const found = await metadata.findLoggedModelFile(workspace, loggedModel, path);
      return found === null ? null : { path, ...found.value };
    },
    async list(page) {
      const files = await metadata.listLoggedModelFiles(workspace, loggedModel, page);
      return files.map(({ name: path, value: file }) => ({ path, ...file }));
    },
    project: async () => (await metadata.getExperiment(reach, experiment))?.project ?? 'default',
    async takes() {
      if (value.lifecycle === 'deleted') throw noLoggedModel(loggedModel);
    },
    async store(who, file) {
      const command = { name: 'store-logged-model-file', loggedModel, ...file } as const;
      await commands.run(loggedModelRules, who, { id: uuidv7(), fields: command, command });
    },
    async remove(who, paths) {
      const command = { name: 'delete-logged-model-files', loggedModel, paths } as const;
      await commands.run(loggedModelRules, who, { id: uuidv7(), fields: command, command });
    },
  };
}

/** @throws Fault missing MLFLOW_NO_RUN, MLFLOW_NO_LOGGED_MODEL, also where it is another experiment's */
export async function holderOf(room: MlflowRoom, reach: Reach, root: ArtifactRoot): Promise<ArtifactHolder> {
  if (root.of === 'run') return runHolder(room, reach, root);
  return modelHolder(room, reach, root);
}
