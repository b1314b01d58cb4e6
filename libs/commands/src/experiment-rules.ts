import {
  decideExperiment,
  type Experiment,
  type ExperimentChange,
  type ExperimentCommand,
  type ExperimentRefusal,
  evolveExperiment,
  experimentSubject,
  unseenExperiment,
} from '@runledger/domain';
import { Fault } from '@runledger/kernel';
import { nameTaken, type RefusalKinds, refusing } from './refusals';
import type { Rules } from './rules';

const KINDS: RefusalKinds<ExperimentRefusal> = {
  EXPERIMENT_UNKNOWN: 'missing',
  EXPERIMENT_EXISTS: 'conflict',
  EXPERIMENT_DELETED: 'conflict',
  EXPERIMENT_NAME_TAKEN: 'conflict',
  PROJECT_UNKNOWN: 'invalid',
};

export type ExperimentResult = Readonly<{
  experiment: string;
  name: string;
  project: string;
  lifecycle: 'active' | 'deleted';
}>;

/** How commands about experiments are answered; what becomes of them is the domain's. */
export const experimentRules: Rules<ExperimentCommand, Experiment, ExperimentChange, ExperimentResult> = {
  subject: ({ experiment }) => experimentSubject(experiment),
  initial: unseenExperiment,
  evolve: evolveExperiment,
  decide: decideExperiment,
  deletesIn: async (_change, { project }) => [project],
  result: ({ experiment }, { name, project, status }) => ({
    experiment,
    name,
    project,
    lifecycle: status === 'deleted' ? 'deleted' : 'active',
  }),
  taken: ({ name }, by) =>
    nameTaken('EXPERIMENT_NAME_TAKEN', name, { experiment: by.slice(experimentSubject('').length) }),
  absent: ({ name }) => new Fault(KINDS.PROJECT_UNKNOWN, 'PROJECT_UNKNOWN', `there is no project ${name}`),
  refused: refusing(KINDS),
};
