import type { GateTarget, Tag } from '@runledger/contracts';
import { type Outcome, refuse } from '@runledger/kernel';
import { type AliasCommand, type AliasRefusal, decideAlias } from './decide-alias';
import { type ApprovalCommand, type ApprovalRefusal, approve, withdraw } from './decide-approval';
import { type GateRefusal, liftGate, type Needs, setGate } from './decide-gate';
import { decideVersion, type VersionCommand, type VersionRefusal } from './decide-version';
import { type Claim, type Decision, decided, nothingToDo } from './decision';
import { enterInventory, type InventoryCommand } from './inventory';
import type { Model, ModelChange } from './model';
import { type Checks, nameHeldByGate } from './promotion';
import { heldKeys, newTags } from './tags';

type ModelGateCommand =
  | (Readonly<{ name: 'set-gate'; model: string; target: GateTarget }> & Needs)
  | Readonly<{ name: 'lift-gate'; model: string; target: GateTarget }>;

/** `model` is the id in the command that creates it, and its name in all others: the name says which stream is meant. */
type SaidModelCommand =
  | Readonly<{ name: 'create-model'; model: string; as: string; description: string; tags: readonly Tag[] }>
  | Readonly<{ name: 'rename-model'; model: string; to: string }>
  | Readonly<{ name: 'describe-model'; model: string; description: string }>
  | Readonly<{ name: 'tag-model'; model: string; tags: readonly Tag[] }>
  | Readonly<{ name: 'untag-model'; model: string; keys: readonly string[] }>
  | Readonly<{ name: 'delete-model'; model: string }>
  | VersionCommand
  | AliasCommand
  | ModelGateCommand
  | ApprovalCommand
  | InventoryCommand;
/** `checks` are looked up when it is decided, whoever says it. */
export type ModelCommand = SaidModelCommand & Readonly<{ checks?: Checks | undefined }>;

/** The journal refuses a name that is taken. */
export type ModelRefusal =
  | 'MODEL_UNKNOWN'
  | 'MODEL_EXISTS'
  | 'MODEL_NAME_TAKEN'
  | VersionRefusal
  | AliasRefusal
  | GateRefusal
  | ApprovalRefusal;

export const modelSubject = (model: string): string => `model/${model}`;
export const modelNameClaim = (name: string): Claim => ({ kind: 'model-name', name });

type Decided = Outcome<Decision<ModelChange>, ModelRefusal>;

function create(command: Extract<ModelCommand, { name: 'create-model' }>, { status }: Model): Decided {
  if (status !== 'unseen') return refuse('MODEL_EXISTS', 'there is another model with this id');
  const { model, as, description, tags } = command;
  return decided([{ type: 'model.created', data: { model, name: as, description, tags: [...tags] } }], {
    take: [modelNameClaim(as)],
  });
}

function rename(to: string, { id, name: from }: Model): Decided {
  if (from === to) return nothingToDo();
  return decided([{ type: 'model.renamed', data: { model: id, from, to } }], {
    take: [modelNameClaim(to)],
    release: [modelNameClaim(from)],
  });
}

function tag(more: readonly Tag[], { id, tags }: Model): Decided {
  const fresh = newTags(tags, more);
  return fresh.length === 0
    ? nothingToDo()
    : decided([{ type: 'model.tagged', data: { model: id, tags: [...fresh] } }]);
}

function untag(keys: readonly string[], { id, tags }: Model): Decided {
  const held = heldKeys(tags, keys);
  return held.length === 0
    ? nothingToDo()
    : decided([{ type: 'model.untagged', data: { model: id, keys: [...held] } }]);
}

/** Pure, as decideExperiment is. A version is numbered, and an alias moved, in the stream of their model. */
export function decideModel(command: ModelCommand, model: Model): Decided {
  if (command.name === 'create-model') return create(command, model);
  if (model.status !== 'active') return refuse('MODEL_UNKNOWN', 'there is no such model');
  const { id, name } = model;
  const { checks } = command;
  switch (command.name) {
    case 'rename-model': {
      const guarded = command.to === name ? null : nameHeldByGate(model, checks);
      return guarded === null ? rename(command.to, model) : refuse('GATE_HOLDS', guarded);
    }
    case 'describe-model':
      if (model.description === command.description) return nothingToDo();
      return decided([{ type: 'model.described', data: { model: id, description: command.description } }]);
    case 'tag-model':
      return tag(command.tags, model);
    case 'untag-model':
      return untag(command.keys, model);
    case 'delete-model': {
      const guarded = nameHeldByGate(model, checks);
      if (guarded !== null) return refuse('GATE_HOLDS', guarded);
      return decided([{ type: 'model.deleted', data: { model: id } }], { release: [modelNameClaim(name)] });
    }
    case 'set-alias':
    case 'remove-alias':
      return decideAlias(command, model, checks);
    case 'set-gate': {
      const { target, objectives, approvals, before } = command;
      const gate = { of: { kind: 'model' as const, id }, target, objectives, approvals, before };
      return setGate(gate, model.gates, checks?.active ?? new Set());
    }
    case 'lift-gate':
      return liftGate({ kind: 'model', id }, command.target, model.gates);
    case 'approve-version':
      return approve(command, model, checks?.approving);
    case 'withdraw-approval':
      return withdraw(command, model);
    case 'enter-inventory':
      return enterInventory(command, model);
    default:
      return decideVersion(command, model, checks);
  }
}
