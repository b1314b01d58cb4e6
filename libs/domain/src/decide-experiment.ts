import { accept, type Outcome, refuse } from '@runledger/kernel';
import { type Experiment, type ExperimentChange, evolveExperiment, type Tag } from './experiment';

export type ExperimentCommand =
  | Readonly<{ name: 'create-experiment'; experiment: string; project: string; as: string; tags: readonly Tag[] }>
  | Readonly<{ name: 'rename-experiment'; experiment: string; to: string }>
  | Readonly<{ name: 'delete-experiment'; experiment: string }>
  | Readonly<{ name: 'restore-experiment'; experiment: string }>;

export type ExperimentRefusal =
  | 'EXPERIMENT_UNKNOWN'
  | 'EXPERIMENT_EXISTS'
  | 'EXPERIMENT_DELETED'
  | 'EXPERIMENT_NAME_TAKEN'
  | 'PROJECT_UNKNOWN';

/** A name that only one stream of a workspace can hold at a time. */
export type Claim = Readonly<{ kind: string; name: string }>;

/** What an accepted command writes, and which names it takes and gives back in the same transaction. */
export type Decision<Change = ExperimentChange> = Readonly<{
  events: readonly Change[];
  claims: Readonly<{ take: readonly Claim[]; release: readonly Claim[] }>;
}>;

/** The only project until projects are created by commands. */
export const DEFAULT_PROJECT = 'default';

export const experimentSubject = (experiment: string): string => `experiment/${experiment}`;
export const experimentNameClaim = (name: string): Claim => ({ kind: 'experiment-name', name });

const NO_CLAIMS = { take: [], release: [] };
const NOTHING_TO_DO: Decision = { events: [], claims: NO_CLAIMS };
const just = (event: ExperimentChange): Outcome<Decision, never> => accept({ events: [event], claims: NO_CLAIMS });
const unknown = () => refuse('EXPERIMENT_UNKNOWN', 'there is no such experiment');
const deleted = () => refuse('EXPERIMENT_DELETED', 'the experiment is deleted: restore it first');

type Decide<Name extends ExperimentCommand['name']> = (
  command: Extract<ExperimentCommand, { name: Name }>,
  experiment: Experiment,
) => Outcome<Decision, ExperimentRefusal>;

const sameTags = (a: readonly Tag[], b: readonly Tag[]): boolean =>
  a.length === b.length && a.every(({ key, value }, i) => key === b[i]?.key && value === b[i]?.value);

const create: Decide<'create-experiment'> = ({ experiment: id, project, as, tags }, experiment) => {
  if (project !== DEFAULT_PROJECT) return refuse('PROJECT_UNKNOWN', `there is no project but ${DEFAULT_PROJECT}`);
  if (experiment.status === 'deleted') return deleted();
  if (experiment.status === 'active')
    return experiment.project === project && experiment.name === as && sameTags(experiment.tags, tags)
      ? accept(NOTHING_TO_DO)
      : refuse('EXPERIMENT_EXISTS', 'there is another experiment with this id');
  return accept({
    events: [{ type: 'experiment.created', data: { experiment: id, project, name: as, tags: [...tags] } }],
    claims: { take: [experimentNameClaim(as)], release: [] },
  });
};

const rename: Decide<'rename-experiment'> = ({ experiment: id, to }, experiment) => {
  if (experiment.status === 'unseen') return unknown();
  if (experiment.status === 'deleted') return deleted();
  if (experiment.name === to) return accept(NOTHING_TO_DO);
  return accept({
    events: [{ type: 'experiment.renamed', data: { experiment: id, from: experiment.name, to } }],
    claims: { take: [experimentNameClaim(to)], release: [experimentNameClaim(experiment.name)] },
  });
};

/** A deleted experiment keeps its name, so that restoring it cannot fail. */
const remove: Decide<'delete-experiment'> = ({ experiment: id }, experiment) => {
  if (experiment.status === 'unseen') return unknown();
  if (experiment.status === 'deleted') return accept(NOTHING_TO_DO);
  return just({ type: 'experiment.deleted', data: { experiment: id } });
};

const restore: Decide<'restore-experiment'> = ({ experiment: id }, experiment) => {
  if (experiment.status === 'unseen') return unknown();
  if (experiment.status === 'active') return accept(NOTHING_TO_DO);
  return just({ type: 'experiment.restored', data: { experiment: id } });
};

/**
 * Pure: a command and the state that it is checked against, in; events and claims or one named refusal, out. Asking
 * for what is already so is accepted and writes nothing. That a name is free is checked by the journal, when it takes the claim.
 */
export function decideExperiment(
  command: ExperimentCommand,
  experiment: Experiment,
): Outcome<Decision, ExperimentRefusal> {
  switch (command.name) {
    case 'create-experiment':
      return create(command, experiment);
    case 'rename-experiment':
      return rename(command, experiment);
    case 'delete-experiment':
      return remove(command, experiment);
    case 'restore-experiment':
      return restore(command, experiment);
    default:
      return command satisfies never;
  }
}

/** The state after a decision that has been written. */
export const afterDecision = (experiment: Experiment, { events }: Decision): Experiment =>
  events.reduce(evolveExperiment, experiment);
