import type { LoggedModelStatus, Tag } from '@runledger/contracts';
import { type Outcome, refuse } from '@runledger/kernel';
import { type Decision, decided, nothingToDo } from './decision';
import type { LoggedModel, LoggedModelChange } from './logged-model';
import { heldKeys, newTags } from './tags';

export type LoggedModelCommand =
  | Readonly<{
      name: 'create-logged-model';
      loggedModel: string;
      experiment: string;
      as: string;
      run?: string | undefined;
      modelType?: string | undefined;
      params: readonly Tag[];
      tags: readonly Tag[];
    }>
  | Readonly<{ name: 'configure-logged-model'; loggedModel: string; params: readonly Tag[] }>
  | Readonly<{ name: 'finalize-logged-model'; loggedModel: string; status: Exclude<LoggedModelStatus, 'pending'> }>
  | Readonly<{ name: 'tag-logged-model'; loggedModel: string; tags: readonly Tag[] }>
  | Readonly<{ name: 'untag-logged-model'; loggedModel: string; keys: readonly string[] }>
  | Readonly<{
      name: 'store-logged-model-file';
      loggedModel: string;
      path: string;
      digest: string;
      size: number;
      mediaType: string;
    }>
  | Readonly<{ name: 'delete-logged-model-files'; loggedModel: string; paths: readonly string[] }>
  | Readonly<{ name: 'delete-logged-model'; loggedModel: string }>;

export type LoggedModelRefusal = 'LOGGED_MODEL_UNKNOWN' | 'LOGGED_MODEL_EXISTS' | 'LOGGED_MODEL_PARAM_CHANGED';

export const loggedModelSubject = (loggedModel: string): string => `logged-model/${loggedModel}`;

type Decided = Outcome<Decision<LoggedModelChange>, LoggedModelRefusal>;
type Created = Extract<LoggedModelCommand, { name: 'create-logged-model' }>;

function create({ loggedModel, experiment, as, run, modelType, params, tags }: Created, held: LoggedModel): Decided {
  if (held.lifecycle !== 'unseen') return refuse('LOGGED_MODEL_EXISTS', 'there is another logged model with this id');
  const data = {
    loggedModel,
    experiment,
    name: as,
    ...(run === undefined ? {} : { run }),
    ...(modelType === undefined ? {} : { modelType }),
    params: [...params],
    tags: [...tags],
  };
  return decided([{ type: 'logged-model.created', data }]);
}

/** A param says what the model was made with: it gets no second value. */
function configure(loggedModel: string, params: readonly Tag[], held: LoggedModel): Decided {
  const fresh = newTags(held.params, params);
  const changed = fresh.find(({ key }) => held.params.some((param) => param.key === key));
  if (changed !== undefined)
    return refuse('LOGGED_MODEL_PARAM_CHANGED', `the param ${JSON.stringify(changed.key)} has another value already`);
  if (fresh.length === 0) return nothingToDo();
  return decided([{ type: 'logged-model.configured', data: { loggedModel, params: [...fresh] } }]);
}

/** Pure, as decideExperiment is. That experiment and run are there is not checked: they come by another door, and may be late. */
export function decideLoggedModel(command: LoggedModelCommand, held: LoggedModel): Decided {
  if (command.name === 'create-logged-model') return create(command, held);
  if (held.lifecycle !== 'active') return refuse('LOGGED_MODEL_UNKNOWN', 'there is no such logged model');
  const { loggedModel } = command;
  switch (command.name) {
    case 'configure-logged-model':
      return configure(loggedModel, command.params, held);
    case 'finalize-logged-model':
      if (held.status === command.status) return nothingToDo();
      return decided([{ type: 'logged-model.finalized', data: { loggedModel, status: command.status } }]);
    case 'tag-logged-model': {
      const tags = [...newTags(held.tags, command.tags)];
      return tags.length === 0
        ? nothingToDo()
        : decided([{ type: 'logged-model.tagged', data: { loggedModel, tags } }]);
    }
    case 'untag-logged-model': {
      const keys = [...heldKeys(held.tags, command.keys)];
      return keys.length === 0
        ? nothingToDo()
        : decided([{ type: 'logged-model.untagged', data: { loggedModel, keys } }]);
    }
    case 'store-logged-model-file': {
      const { path, digest, size, mediaType } = command;
      return decided([{ type: 'logged-model.stored', data: { loggedModel, path, digest, size, mediaType } }]);
    }
    case 'delete-logged-model-files':
      return command.paths.length === 0
        ? nothingToDo()
        : decided([{ type: 'logged-model.cleared', data: { loggedModel, paths: [...command.paths] } }]);
    case 'delete-logged-model':
      return decided([{ type: 'logged-model.deleted', data: { loggedModel } }]);
    default:
      return command satisfies never;
  }
}
