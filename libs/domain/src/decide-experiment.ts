import type { Tag } from '@runledger/contracts';
import { type Outcome, refuse } from '@runledger/kernel';
import { projectClaim } from './decide-project';
import { type Claim, type Decision, decided, nothingToDo } from './decision';
import type { Experiment, ExperimentChange } from './experiment';
import { heldKeys, newTags, sameTags } from './tags';

export type ExperimentCommand =
  | Readonly<{ name: 'create-experiment'; experiment: string; project: string; as: string; tags: readonly Tag[] }>
  | Readonly<{ name: 'rename-experiment'; experiment: string; to: string }>
  | Readonly<{ name: 'tag-experiment'; experiment: string; tags: readonly Tag[] }>
  | Readonly<{ name: 'untag-experiment'; experiment: string; keys: readonly string[] }>
  | Readonly<{ name: 'delete-experiment'; experiment: string }>
  | Readonly<{ name: 'restore-experiment'; experiment: string }>;

/** The journal refuses a name that is taken, and a project that is not there. */
export type ExperimentRefusal =
  | 'EXPERIMENT_UNKNOWN'
  | 'EXPERIMENT_EXISTS'
  | 'EXPERIMENT_DELETED'
  | 'EXPERIMENT_NAME_TAKEN'
  | 'PROJECT_UNKNOWN';

export const experimentSubject = (experiment: string): string => `experiment/${experiment}`;
export const experimentNameClaim = (name: string): Claim => ({ kind: 'experiment-name', name });

type Decided = Outcome<Decision<ExperimentChange>, ExperimentRefusal>;
type Decide<Name extends ExperimentCommand['name']> = (
  command: Extract<ExperimentCommand, { name: Name }>,
  experiment: Experiment,
) => Decided;

const deleted = () => refuse('EXPERIMENT_DELETED', 'the experiment is deleted: restore it first');

const create: Decide<'create-experiment'> = ({ experiment: id, project, as, tags }, experiment) => {
  if (experiment.status === 'deleted') return deleted();
  if (experiment.status === 'active')
    return experiment.project === project && experiment.name === as && sameTags(experiment.tags, tags)
      ? nothingToDo()
      : refuse('EXPERIMENT_EXISTS', 'there is another experiment with this id');
  return decided([{ type: 'experiment.created', data: { experiment: id, project, name: as, tags: [...tags] } }], {
    take: [experimentNameClaim(as)],
    need: [projectClaim(project)],
  });
};

const rename: Decide<'rename-experiment'> = ({ experiment: id, to }, { name: from, status }) => {
  if (status === 'deleted') return deleted();
  if (from === to) return nothingToDo();
  return decided([{ type: 'experiment.renamed', data: { experiment: id, from, to } }], {
    take: [experimentNameClaim(to)],
    release: [experimentNameClaim(from)],
  });
};

const tag: Decide<'tag-experiment'> = ({ experiment: id, tags }, experiment) => {
  if (experiment.status === 'deleted') return deleted();
  const fresh = newTags(experiment.tags, tags);
  if (fresh.length === 0) return nothingToDo();
  return decided([{ type: 'experiment.tagged', data: { experiment: id, tags: [...fresh] } }]);
};

const untag: Decide<'untag-experiment'> = ({ experiment: id, keys }, experiment) => {
  if (experiment.status === 'deleted') return deleted();
  const held = heldKeys(experiment.tags, keys);
  if (held.length === 0) return nothingToDo();
  return decided([{ type: 'experiment.untagged', data: { experiment: id, keys: [...held] } }]);
};

/** A deleted experiment gives its name back: somebody else may take it. */
const remove: Decide<'delete-experiment'> = ({ experiment: id }, { status, name }) => {
  if (status === 'deleted') return nothingToDo();
  return decided([{ type: 'experiment.deleted', data: { experiment: id } }], { release: [experimentNameClaim(name)] });
};

const restore: Decide<'restore-experiment'> = ({ experiment: id }, { status, name }) => {
  if (status === 'active') return nothingToDo();
  return decided([{ type: 'experiment.restored', data: { experiment: id } }], { take: [experimentNameClaim(name)] });
};

/**
 * Pure: a command and the state that it is checked against, in; events and claims or one named refusal, out. Asking
 * for what is already so is accepted and writes nothing. That a name is free and that the project is there is checked by
 * the journal, with the claims.
 */
export function decideExperiment(command: ExperimentCommand, experiment: Experiment): Decided {
  if (experiment.status === 'unseen' && command.name !== 'create-experiment')
    return refuse('EXPERIMENT_UNKNOWN', 'there is no such experiment');
  switch (command.name) {
    case 'create-experiment':
      return create(command, experiment);
    case 'rename-experiment':
      return rename(command, experiment);
    case 'tag-experiment':
      return tag(command, experiment);
    case 'untag-experiment':
      return untag(command, experiment);
    case 'delete-experiment':
      return remove(command, experiment);
    case 'restore-experiment':
      return restore(command, experiment);
    default:
      return command satisfies never;
  }
}
