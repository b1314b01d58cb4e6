import { GATED_STAGES, type LinkData, type ModelStage, type Tag } from '@runledger/contracts';
import { accept, type Outcome, refuse } from '@runledger/kernel';
import { type Decision, decided, nothingToDo } from './decision';
import { newLinks } from './links';
import type { Model, ModelChange } from './model';
import type { ModelVersion } from './model-version';
import { everyNumbered, numbered } from './numbered';
import { type Checks, heldByGate, type PromotionRefusal, passGates } from './promotion';
import { heldKeys, newTags } from './tags';

export type VersionCommand =
  | Readonly<{
      name: 'create-version';
      model: string;
      source: string;
      location: string;
      run?: string | undefined;
      runLink?: string | undefined;
      loggedModel?: string | undefined;
      description: string;
      tags: readonly Tag[];
    }>
  | Readonly<{ name: 'describe-version'; model: string; version: number; description: string }>
  | Readonly<{ name: 'stage-version'; model: string; version: number; to: ModelStage; archiveOthers: boolean }>
  | Readonly<{ name: 'tag-version'; model: string; version: number; tags: readonly Tag[] }>
  | Readonly<{ name: 'untag-version'; model: string; version: number; keys: readonly string[] }>
  | Readonly<{ name: 'link-version'; model: string; version: number; links: readonly LinkData[] }>
  | Readonly<{ name: 'delete-version'; model: string; version: number }>;
export type VersionRefusal = 'VERSION_UNKNOWN' | 'STAGE_NOT_ACTIVE' | PromotionRefusal;

type Decided = Outcome<Decision<ModelChange>, VersionRefusal>;
type Created = Extract<VersionCommand, { name: 'create-version' }>;
type Staged = Extract<VersionCommand, { name: 'stage-version' }>;

/** The next number, whether the last one is still there or not. */
function create({ source, location, run, runLink, loggedModel, description, tags }: Created, model: Model): Decided {
  const data = {
    model: model.id,
    version: model.versions.last + 1,
    source,
    location,
    ...(run === undefined ? {} : { run }),
    ...(runLink === undefined ? {} : { runLink }),
    ...(loggedModel === undefined ? {} : { loggedModel }),
    description,
    tags: [...tags],
  };
  return decided([{ type: 'version.created', data }]);
}

const ACTIVE: readonly ModelStage[] = GATED_STAGES;
const isGated = (stage: ModelStage): stage is (typeof GATED_STAGES)[number] => ACTIVE.includes(stage);

function stage({ version, to, archiveOthers }: Staged, whole: Model, checks: Checks | undefined): Decided {
  const { id: model, versions } = whole;
  const from = numbered(versions, version)?.stage ?? 'None';
  if (archiveOthers && !ACTIVE.includes(to))
    return refuse('STAGE_NOT_ACTIVE', `others can be archived for ${ACTIVE.join(' and ')} only, not for ${to}`);
  const moved = (number: number, before: ModelStage, after: ModelStage): ModelChange => ({
    type: 'version.staged',
    data: { model, version: number, from: before, to: after },
  });
  const others = archiveOthers ? [...everyNumbered(versions)] : [];
  const archived = others
    .filter(([number, other]) => number !== version && other.stage === to)
    .map(([number]) => moved(number, to, 'Archived'));
  if (from === to) return decided(archived);
  const passed = isGated(to)
    ? passGates(whole, { version, target: { kind: 'stage', name: to } }, checks)
    : accept<readonly ModelChange[]>([]);
  return passed.ok ? decided([...passed.value, ...archived, moved(version, from, to)]) : passed;
}

function change(
  command: Exclude<VersionCommand, Created | Staged>,
  { id: model, aliases }: Model,
  held: ModelVersion,
): Decided {
  const { version } = command;
  switch (command.name) {
    case 'describe-version':
      if (held.description === command.description) return nothingToDo();
      return decided([{ type: 'version.described', data: { model, version, description: command.description } }]);
    case 'tag-version': {
      const tags = [...newTags(held.tags, command.tags)];
      return tags.length === 0 ? nothingToDo() : decided([{ type: 'version.tagged', data: { model, version, tags } }]);
    }
    case 'untag-version': {
      const keys = [...heldKeys(held.tags, command.keys)];
      return keys.length === 0
        ? nothingToDo()
        : decided([{ type: 'version.untagged', data: { model, version, keys } }]);
    }
    case 'link-version': {
      const links = newLinks(held.links, command.links);
      return links.length === 0
        ? nothingToDo()
        : decided([{ type: 'version.linked', data: { model, version, links } }]);
    }
    case 'delete-version': {
      const pointing = [...aliases].filter(([, to]) => to === version);
      return decided<ModelChange>([
        ...pointing.map(([alias]) => ({ type: 'alias.removed' as const, data: { model, alias } })),
        { type: 'version.deleted', data: { model, version } },
      ]);
    }
    default:
      return command satisfies never;
  }
}

/** Pure. Of a model that is there. */
export function decideVersion(command: VersionCommand, model: Model, checks: Checks | undefined): Decided {
  if (command.name === 'create-version') return create(command, model);
  const held = numbered(model.versions, command.version);
  if (held === null) return refuse('VERSION_UNKNOWN', 'there is no such version of this model');
  if (command.name === 'stage-version') return stage(command, model, checks);
  const guarded = command.name === 'delete-version' ? heldByGate(model, command.version, checks) : null;
  return guarded === null ? change(command, model, held) : refuse('GATE_HOLDS', guarded);
}
