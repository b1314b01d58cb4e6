import type { ALIAS_DECISIONS, ChangeOf, MODEL_DECISIONS, PASSAGE_DECISIONS, Tag } from '@runledger/contracts';
import { type ApprovalChange, type Approvals, evolveApprovals, noApprovals } from './approval';
import { evolveGates, type GateChange, type Gates, noGates } from './gate';
import type { InventoryChange, InventoryEntry } from './inventory';
import { evolveVersion, type ModelVersion, type VersionChange } from './model-version';
import { type Numbered, noneNumbered, numbered, withNumbered } from './numbered';
import { withoutTags, withTags } from './tags';

export type OwnModelChange = ChangeOf<typeof MODEL_DECISIONS>;
type AliasChange = ChangeOf<typeof ALIAS_DECISIONS>;
/** Everything of one registered model is one stream. */
export type ModelChange =
  | OwnModelChange
  | VersionChange
  | AliasChange
  | GateChange
  | ApprovalChange
  | InventoryChange
  | ChangeOf<typeof PASSAGE_DECISIONS>;

/** What a model says of itself. */
export type OwnModel = Readonly<{
  status: 'unseen' | 'active' | 'deleted';
  id: string;
  name: string;
  description: string;
  tags: readonly Tag[];
}>;
export const unseenOwnModel: OwnModel = { status: 'unseen', id: '', name: '', description: '', tags: [] };

export type Model = OwnModel &
  Readonly<{
    versions: Numbered<ModelVersion>;
    /** The version that each alias points to. */
    aliases: ReadonlyMap<string, number>;
    /** Its own. */
    gates: Gates;
    approvals: Approvals;
    inventory: InventoryEntry | null;
  }>;
export const unseenModel: Model = {
  ...unseenOwnModel,
  versions: noneNumbered,
  aliases: new Map(),
  gates: noGates,
  approvals: noApprovals,
  inventory: null,
};

/** Total: what was decided is never decided again. */
export function evolveOwnModel<M extends OwnModel>(model: M, event: OwnModelChange): M {
  switch (event.type) {
    case 'model.created': {
      const { model: id, name, description, tags } = event.data;
      return { ...model, status: 'active', id, name, description, tags: withTags([], tags) };
    }
    case 'model.renamed':
      return { ...model, name: event.data.to };
    case 'model.described':
      return { ...model, description: event.data.description };
    case 'model.tagged':
      return { ...model, tags: withTags(model.tags, event.data.tags) };
    case 'model.untagged':
      return { ...model, tags: withoutTags(model.tags, event.data.keys) };
    case 'model.deleted':
      return { ...model, status: 'deleted' };
    default:
      return event satisfies never;
  }
}

function withVersion(model: Model, event: VersionChange): Model {
  const { version } = event.data;
  return {
    ...model,
    versions: withNumbered(model.versions, version, evolveVersion(numbered(model.versions, version), event)),
  };
}

export function evolveModel(model: Model, event: ModelChange): Model {
  switch (event.type) {
    case 'version.created':
    case 'version.described':
    case 'version.staged':
    case 'version.tagged':
    case 'version.untagged':
    case 'version.linked':
    case 'version.deleted':
      return withVersion(model, event);
    case 'alias.moved':
      return { ...model, aliases: new Map([...model.aliases, [event.data.alias, event.data.version]]) };
    case 'alias.removed':
      return { ...model, aliases: new Map([...model.aliases].filter(([alias]) => alias !== event.data.alias)) };
    case 'gate.set':
    case 'gate.lifted':
      return { ...model, gates: evolveGates(model.gates, event) };
    case 'version.approved':
    case 'approval.withdrawn':
      return { ...model, approvals: evolveApprovals(model.approvals, event) };
    case 'inventory.entered': {
      const { model: _, ...inventory } = event.data;
      return { ...model, inventory };
    }
    case 'gate.passed': // it says on what the promotion beside it was decided
      return model;
    default:
      return evolveOwnModel(model, event);
  }
}
