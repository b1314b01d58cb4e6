import {
  ALIAS_DECISIONS,
  type AliasRow,
  type DecisionOf,
  MODEL_DECISIONS,
  type ModelRow,
  VERSION_DECISIONS,
  type VersionRow,
} from '@runledger/contracts';
import { evolveOwnModel, evolveVersion, unseenOwnModel } from '@runledger/domain';
import { decidedBy, defineFolder } from './catalog-folder';

type OwnDecision = DecisionOf<typeof MODEL_DECISIONS>;
type VersionDecision = DecisionOf<typeof VERSION_DECISIONS>;
type Touching = OwnDecision | VersionDecision;

/** Tags are said beside a model or version and do not count as its change; nor does what is said about a version's text. */
const CHANGES: Readonly<Record<Touching['type'], boolean>> = {
  'model.created': true,
  'model.renamed': true,
  'model.described': true,
  'model.tagged': false,
  'model.untagged': false,
  'model.deleted': true,
  'version.created': true,
  'version.described': false,
  'version.staged': true,
  'version.tagged': false,
  'version.untagged': false,
  'version.linked': false,
  'version.deleted': true,
};

const isOwn = (event: Touching): event is OwnDecision => Object.hasOwn(MODEL_DECISIONS, event.type);

/** A model's own row also says how many versions it has had. */
export const modelFolder = defineFolder<Touching, ModelRow>({
  types: CHANGES,
  keys: ({ workspace, event }) =>
    CHANGES[event.type] || isOwn(event) ? [{ workspace, id: event.data.model, name: '' }] : [],
  evolve(row, decision) {
    const { event } = decision;
    const before = row === undefined ? unseenOwnModel : { ...row, id: '', status: row.lifecycle };
    const { name, description, tags, status } = isOwn(event) ? evolveOwnModel(before, event) : before;
    const lastVersion = row?.lastVersion ?? 0;
    return {
      name,
      description,
      tags,
      lifecycle: status === 'deleted' ? 'deleted' : 'active',
      lastVersion: event.type === 'version.created' ? event.data.version : lastVersion,
      changedAt: row !== undefined && !CHANGES[event.type] ? row.changedAt : Date.parse(event.time),
      ...decidedBy(row, decision, 'model.created'),
    };
  },
});

const SAID_BESIDE: ReadonlySet<string> = new Set(['version.tagged', 'version.untagged', 'version.linked']);

export const versionFolder = defineFolder<VersionDecision, VersionRow>({
  types: VERSION_DECISIONS,
  keys: ({ workspace, event }) => [{ workspace, id: event.data.model, name: String(event.data.version) }],
  evolve(row, decision) {
    const { event, at } = decision;
    const version = evolveVersion(row ?? null, event);
    if (version === null) return null;
    const { source, location, run, runLink, loggedModel, description, stage, tags, links } = version;
    return {
      source,
      location,
      run,
      runLink,
      loggedModel,
      description,
      stage,
      tags,
      links,
      createdBy: row?.createdBy ?? at.actor,
      changedAt: row !== undefined && SAID_BESIDE.has(event.type) ? row.changedAt : Date.parse(event.time),
      ...decidedBy(row, decision, 'version.created'),
    };
  },
});

export const aliasFolder = defineFolder<DecisionOf<typeof ALIAS_DECISIONS>, AliasRow>({
  types: ALIAS_DECISIONS,
  keys: ({ workspace, event }) => [{ workspace, id: event.data.model, name: event.data.alias }],
  evolve(row, decision) {
    const { event, journalseq } = decision;
    if (event.type === 'alias.removed') return null;
    return {
      version: event.data.version,
      createdAt: row === undefined ? Date.parse(event.time) : row.createdAt,
      createdSeq: row?.createdSeq ?? journalseq,
      seq: journalseq,
    };
  },
});
