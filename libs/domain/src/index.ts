export { type Approval, countingApprovals, type Standing, touchedSince } from './approval';
export { type Board, type BoardChange, evolveBoard, unseenBoard } from './board';
export { type Comment, type CommentChange, evolveComment, unseenComment } from './comment';
export {
  type DeadLetterChange,
  type DeadLetterCommand,
  type DeadLetterState,
  deadLetterSubject,
  decideDeadLetter,
  evolveDeadLetter,
  unreplayed,
} from './dead-letter';
export { type ApprovalCommand, type Approving } from './decide-approval';
export { type BoardCommand, type BoardRefusal, boardSubject, decideBoard } from './decide-board';
export { type CommentCommand, type CommentRefusal, commentSubject, decideComment } from './decide-comment';
export { type DeletersCommand, type DeletersRefusal, decideDeleters } from './decide-deleters';
export { decideErasure, type ErasureCommand, type ErasureRefusal } from './decide-erasure';
export {
  decideExperiment,
  type ExperimentCommand,
  type ExperimentRefusal,
  experimentNameClaim,
  experimentSubject,
} from './decide-experiment';
export { decideExpiry, type ExpiryCommand, type ExpiryRefusal, termOfExpiry } from './decide-expiry';
export {
  decideProjectGate,
  type GateRefusal,
  type Needs,
  PROJECT_GATES_SUBJECT,
  type ProjectGateCommand,
} from './decide-gate';
export { decideGrant, type GrantCommand, type GrantRefusal, grantSubject } from './decide-grant';
export {
  decideLoggedModel,
  type LoggedModelCommand,
  type LoggedModelRefusal,
  loggedModelSubject,
} from './decide-logged-model';
export { decideModel, type ModelCommand, type ModelRefusal, modelNameClaim, modelSubject } from './decide-model';
export { decideNote, type NoteCommand, type NoteRefusal, noteSubject } from './decide-note';
export {
  decideObjective,
  type ObjectiveCommand,
  type ObjectiveRefusal,
  objectiveSubject,
} from './decide-objective';
export {
  DEFAULT_PROJECT,
  decideProject,
  type ProjectCommand,
  type ProjectRefusal,
  projectClaim,
  projectSubject,
} from './decide-project';
export { decideRetention, type RetentionCommand, type RetentionRefusal } from './decide-retention';
export {
  type AccountCommand,
  type AccountRefusal,
  accountSubject,
  decideAccount,
  OPERATOR_ACCOUNT,
} from './decide-service-account';
export { decideView, type ViewCommand, type ViewRefusal, viewSubject } from './decide-view';
export {
  decideWebhook,
  type WebhookCommand,
  type WebhookMembers,
  type WebhookRefusal,
  webhookSubject,
} from './decide-webhook';
export type { Claim, Claims, Decision } from './decision';
export { deletionRefused, isDeletion, mayDelete } from './deletion';
export {
  ERASURES_SUBJECT,
  type Erasure,
  type ErasureChange,
  type Erasures,
  evolveErasures,
  holdsOn,
  holdsOnRun,
  noErasures,
} from './erasure';
export { type Experiment, type ExperimentChange, evolveExperiment, unseenExperiment } from './experiment';
export { type Expiry, type ExpiryChange, evolveExpiry, expirySubject, notExpired } from './expiry';
export {
  evolveGates,
  type Gate,
  type GateChange,
  type Gates,
  gateName,
  gatesTo,
  holderName,
  missingAt,
  noGates,
  targetName,
} from './gate';
export { evolveGrants, type GrantChange, type Grants, type HeldGrant, noGrants } from './grants';
export { decideExport, type ExportChange, type ExportCommand, exportSubject } from './hand-out';
export type { InventoryCommand, InventoryEntry } from './inventory';
export { type DatedObjective, judgeObjective, type Measured, objectiveText, type RunRecorded } from './judge-objective';
export {
  decideLocalAccount,
  evolveLocalAccount,
  type LocalAccount,
  type LocalAccountChange,
  type LocalAccountCommand,
  type LocalAccountRefusal,
  localAccountSubject,
} from './local-account';
export { evolveLoggedModel, type LoggedModel, type LoggedModelChange, unseenLoggedModel } from './logged-model';
export { evolveModel, evolveOwnModel, type Model, type ModelChange, unseenModel, unseenOwnModel } from './model';
export { evolveVersion, type ModelVersion } from './model-version';
export { evolveNote, type Note, type NoteChange, unwrittenNote } from './note';
export { everyNumbered, numbered } from './numbered';
export { evolveObjective, type Objective, type ObjectiveChange, unseenObjective } from './objective';
export { evolveProject, type Project, type ProjectChange, unseenProject } from './project';
export { type Checks, gatesInWay, promotions } from './promotion';
export { decideRefusal, type RefusalChange, type RefusalCommand, refusalSubject } from './refusal';
export {
  type DeletersTerm,
  deletersAt,
  evolveRetention,
  lockEnd,
  noRetention,
  type Retention,
  type RetentionChange,
  retentionSubject,
  type Term,
  type Terms,
  termAt,
} from './retention';
export { evolveRun, unseenRun } from './run';
export {
  type AccountChange,
  type AccountKey,
  evolveAccount,
  type ServiceAccount,
  unseenAccount,
} from './service-account';
export {
  decideSession,
  evolveSession,
  type Session,
  type SessionChange,
  type SessionCommand,
  type SessionRefusal,
  sessionSubject,
} from './session';
export {
  admitsClaims,
  decideTrust,
  evolveTrust,
  type Trust,
  type TrustChange,
  type TrustCommand,
  type TrustInForce,
  type TrustRefusal,
  trustSubject,
  unseenTrust,
} from './trust';
export { evolveView, unseenView, type View, type ViewChange } from './view';
export { evolveWebhook, unseenWebhook, type Webhook, type WebhookChange } from './webhook';
