export { type AccountResult, accountRules } from './account-rules';
export { type BoardResult, boardRules } from './board-rules';
export {
  type Asked,
  type Asker,
  type Commands,
  createCommands,
  FIRST_EXPERIMENT,
  type NumberedExperiment,
} from './commands';
export { type CommentResult, commentRules } from './comment-rules';
export { type DeadLetterResult, deadLetterRules } from './dead-letter-rules';
export { type ErasureResult, erasureRules } from './erasure-rules';
export { type ExperimentResult, experimentRules } from './experiment-rules';
export { type ExpiryResult, expiryRules } from './expiry-rules';
export { exportRules } from './export-rules';
export { type GrantResult, grantRules } from './grant-rules';
export { localAccountRules } from './local-account-rules';
export { type LoggedModelResult, loggedModelRules } from './logged-model-rules';
export { type ModelResult, modelRules } from './model-rules';
export { type NoteResult, noteRules } from './note-rules';
export { type ObjectiveResult, objectiveRules } from './objective-rules';
export { type Assessed, type Assessing, noOversight, type Oversight } from './oversight';
export { type ProjectGateResult, projectGateRules } from './project-gate-rules';
export { type ProjectResult, projectRules } from './project-rules';
export { readDecision } from './read-decision';
export { refusalRules } from './refusal-rules';
export { type DeletersResult, deletersRules, type RetentionResult, retentionRules } from './retention-rules';
export type { Rules } from './rules';
export type { CommandAnswer } from './run-command';
export { sessionRules } from './session-rules';
export { type TrustResult, trustRules } from './trust-rules';
export { createTurns } from './turns';
export { type ViewResult, viewRules } from './view-rules';
export { type WebhookResult, webhookRules } from './webhook-rules';
