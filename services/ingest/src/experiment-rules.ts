import {
  type Claim,
  decideExperiment,
  type Experiment,
  type ExperimentChange,
  type ExperimentCommand,
  type ExperimentRefusal,
  evolveExperiment,
  unseenExperiment,
} from '@runledger/domain';
import { Fault, type FaultKind } from '@runledger/kernel';
import type { Rules } from './run-command';

/** What a client can do about a refusal. */
const KINDS: Readonly<Record<ExperimentRefusal, FaultKind>> = {
  EXPERIMENT_UNKNOWN: 'missing',
  EXPERIMENT_EXISTS: 'conflict',
  EXPERIMENT_DELETED: 'conflict',
  EXPERIMENT_NAME_TAKEN: 'conflict',
  PROJECT_UNKNOWN: 'invalid',
};

/** How commands about experiments are answered; what becomes of them is the domain's. */
export const experimentRules: Rules<ExperimentCommand, Experiment, ExperimentChange> = {
  initial: unseenExperiment,
  evolve: evolveExperiment,
  decide: decideExperiment,
  result: ({ experiment }, { name, project, status }) => ({
    experiment,
    name,
    project,
    lifecycle: status === 'deleted' ? 'deleted' : 'active',
  }),
  taken: ({ name }: Claim, by) =>
    new Fault(KINDS.EXPERIMENT_NAME_TAKEN, 'EXPERIMENT_NAME_TAKEN', `the name ${JSON.stringify(name)} is taken`, {
      context: { details: { experiment: by.slice('experiment/'.length) } },
    }),
  refused: (code, message) => new Fault(KINDS[code as ExperimentRefusal], code, message),
};
