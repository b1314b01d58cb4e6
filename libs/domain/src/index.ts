export {
  afterDecision,
  type Claim,
  DEFAULT_PROJECT,
  type Decision,
  decideExperiment,
  type ExperimentCommand,
  type ExperimentRefusal,
  experimentNameClaim,
  experimentSubject,
} from './decide-experiment';
export { type Experiment, type ExperimentChange, evolveExperiment, type Tag, unseenExperiment } from './experiment';
export { evolveRun, unseenRun } from './run';
