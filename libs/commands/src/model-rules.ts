import {
  decideModel,
  evolveModel,
  type Model,
  type ModelChange,
  type ModelCommand,
  type ModelRefusal,
  modelNameClaim,
  modelSubject,
  unseenModel,
} from '@runledger/domain';
import { Fault } from '@runledger/kernel';
import { consultModel } from './consult-model';
import { GATE_KINDS } from './project-gate-rules';
import { nameTaken, needsNothing, type RefusalKinds, refusing } from './refusals';
import type { Rules } from './rules';
import { projectsOfVersions } from './versions-projects';

const KINDS: RefusalKinds<ModelRefusal> = {
  MODEL_UNKNOWN: 'missing',
  MODEL_EXISTS: 'conflict',
  MODEL_NAME_TAKEN: 'conflict',
  VERSION_UNKNOWN: 'missing',
  STAGE_NOT_ACTIVE: 'invalid',
  ALIAS_RESERVED: 'invalid',
  ...GATE_KINDS,
  GATE_CLOSED: 'forbidden',
  GATE_HOLDS: 'forbidden',
  APPROVAL_UNKNOWN: 'missing',
  APPROVAL_BY_AUTHOR: 'forbidden',
  APPROVAL_TWICE: 'conflict',
  EVIDENCE_CHANGED: 'conflict',
  EVIDENCE_UNKNOWN: 'unavailable',
};

/** `version` is null where the command is about none. */
export type ModelResult = Readonly<{ model: string; version: number | null; lifecycle: 'active' | 'deleted' }>;

function versionOf(command: ModelCommand, { versions }: Model): number | null {
  if (command.name === 'create-version') return versions.last;
  return 'version' in command ? command.version : null;
}

/** How commands about models, versions and aliases are answered; what becomes of them is the domain's. */
export const modelRules: Rules<ModelCommand, Model, ModelChange, ModelResult> = {
  async subject(command, find) {
    if (command.name === 'create-model') return modelSubject(command.model);
    const found = await find(modelNameClaim(command.model));
    if (found === null) throw new Fault(KINDS.MODEL_UNKNOWN, 'MODEL_UNKNOWN', 'there is no such model');
    return found;
  },
  initial: unseenModel,
  evolve: evolveModel,
  consult: consultModel,
  decide: decideModel,
  deletesIn: projectsOfVersions,
  result: (command, state) => ({
    model: state.name,
    version: versionOf(command, state),
    lifecycle: state.status === 'deleted' ? 'deleted' : 'active',
  }),
  taken: ({ name }) => nameTaken('MODEL_NAME_TAKEN', name, { model: name }),
  absent: needsNothing,
  refused: refusing(KINDS),
};
