import type { Principal } from '@runledger/access';
import { type ModelResult, modelRules } from '@runledger/commands';
import type { ModelCommand } from '@runledger/domain';
import { Fault, isFault, uuidv7 } from '@runledger/kernel';
import type { MlflowRoom } from './mlflow-room';
import { noModel, noVersion } from './registry-reads';

/** What a refusal is called in MLflow's words. */
function inTheirWords(error: unknown, command: ModelCommand): unknown {
  if (!isFault(error)) return error;
  const name = 'as' in command ? command.as : command.model;
  switch (error.code) {
    case 'MODEL_UNKNOWN':
      return noModel(name);
    case 'VERSION_UNKNOWN':
      return 'version' in command ? noVersion(name, command.version) : error;
    case 'MODEL_NAME_TAKEN': {
      const taken = command.name === 'rename-model' ? command.to : name;
      return new Fault('conflict', error.code, `Registered Model (name=${taken}) already exists.`);
    }
    default:
      return error;
  }
}

/** Runs a command about a model; its id is new, since MLflow's clients have none. */
export async function commandModel(
  { commands }: MlflowRoom,
  who: Principal,
  command: ModelCommand,
): Promise<ModelResult> {
  try {
    const { result } = await commands.run(modelRules, who, { id: uuidv7(), fields: command, command });
    return result;
  } catch (error) {
    throw inTheirWords(error, command);
  }
}
