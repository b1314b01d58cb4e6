import type { EventSpec } from './define-event';
import { artifactStored } from './events/artifact-stored';
import { artifactsDeleted } from './events/artifacts-deleted';
import { codeRecorded } from './events/code-recorded';
import { consoleWritten } from './events/console-written';
import { environmentRecorded } from './events/environment-recorded';
import { inputsUsed } from './events/inputs-used';
import { modelsMeasured } from './events/models-measured';
import { modelsUsed } from './events/models-used';
import { outputsMade } from './events/outputs-made';
import { paramsLogged } from './events/params-logged';
import { runFinished } from './events/run-finished';
import { runLinked } from './events/run-linked';
import { runStarted } from './events/run-started';
import { runUpdated } from './events/run-updated';
import { tagsDeleted } from './events/tags-deleted';
import { tagsSet } from './events/tags-set';
import { writerClosed } from './events/writer-closed';

/** Facts that clients may send in JSON, by type. Metrics have a door of their own (see metric-batch). */
export const FACTS = {
  'run.started': runStarted,
  'run.updated': runUpdated,
  'run.finished': runFinished,
  'params.logged': paramsLogged,
  'tags.set': tagsSet,
  'tags.deleted': tagsDeleted,
  'inputs.used': inputsUsed,
  'outputs.made': outputsMade,
  'run.linked': runLinked,
  'models.measured': modelsMeasured,
  'models.used': modelsUsed,
  'code.recorded': codeRecorded,
  'environment.recorded': environmentRecorded,
  'artifact.stored': artifactStored,
  'artifacts.deleted': artifactsDeleted,
  'writer.closed': writerClosed,
  'console.written': consoleWritten,
} as const satisfies Record<string, EventSpec>;
export type FactType = keyof typeof FACTS;

export const isFactType = (type: string): type is FactType => Object.hasOwn(FACTS, type);
