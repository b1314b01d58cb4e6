export {
  decideExperiment,
  type ExperimentCommand,
  type ExperimentRefusal,
  experimentNameClaim,
  experimentSubject,
} from './decide-experiment';
export {
  DEFAULT_PROJECT,
  decideProject,
  type ProjectCommand,
  type ProjectRefusal,
  projectClaim,
  projectSubject,
} from './decide-project';
export type { Claim, Claims, Decision } from './decision';
export { type Experiment, type ExperimentChange, evolveExperiment, unseenExperiment } from './experiment';
export { evolveProject, type Project, type ProjectChange, unseenProject } from './project';
export { evolveRun, unseenRun } from './run';
