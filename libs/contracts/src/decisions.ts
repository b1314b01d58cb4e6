import type { DecisionOf, Specs } from './decision-types';
import { accessExported } from './events/access-exported';
import { accessRefused } from './events/access-refused';
import { aliasMoved } from './events/alias-moved';
import { aliasRemoved } from './events/alias-removed';
import { approvalWithdrawn } from './events/approval-withdrawn';
import { artifactsExpired } from './events/artifacts-expired';
import { boardDeleted } from './events/board-deleted';
import { boardSaved } from './events/board-saved';
import { commentDeleted } from './events/comment-deleted';
import { commentMentioned } from './events/comment-mentioned';
import { commentWritten } from './events/comment-written';
import { deadLetterReplayed } from './events/dead-letter-replayed';
import { deletersSet } from './events/deleters-set';
import { erasureRequested } from './events/erasure-requested';
import { erasureWithdrawn } from './events/erasure-withdrawn';
import { experimentCreated } from './events/experiment-created';
import { experimentDeleted } from './events/experiment-deleted';
import { experimentRenamed } from './events/experiment-renamed';
import { experimentRestored } from './events/experiment-restored';
import { experimentTagged } from './events/experiment-tagged';
import { experimentUntagged } from './events/experiment-untagged';
import { gateLifted } from './events/gate-lifted';
import { gatePassed } from './events/gate-passed';
import { gateSet } from './events/gate-set';
import { grantMade } from './events/grant-made';
import { grantWithdrawn } from './events/grant-withdrawn';
import { holdLifted } from './events/hold-lifted';
import { holdPlaced } from './events/hold-placed';
import { inventoryEntered } from './events/inventory-entered';
import { keyCreated } from './events/key-created';
import { keyRetired } from './events/key-retired';
import { keyRevoked } from './events/key-revoked';
import { localAccountRemoved } from './events/local-account-removed';
import { localAccountSet } from './events/local-account-set';
import { loggedModelCleared } from './events/logged-model-cleared';
import { loggedModelConfigured } from './events/logged-model-configured';
import { loggedModelCreated } from './events/logged-model-created';
import { loggedModelDeleted } from './events/logged-model-deleted';
import { loggedModelFinalized } from './events/logged-model-finalized';
import { loggedModelStored } from './events/logged-model-stored';
import { loggedModelTagged } from './events/logged-model-tagged';
import { loggedModelUntagged } from './events/logged-model-untagged';
import { modelCreated } from './events/model-created';
import { modelDeleted } from './events/model-deleted';
import { modelDescribed } from './events/model-described';
import { modelRenamed } from './events/model-renamed';
import { modelTagged } from './events/model-tagged';
import { modelUntagged } from './events/model-untagged';
import { noteWritten } from './events/note-written';
import { objectiveDefined } from './events/objective-defined';
import { objectiveRetired } from './events/objective-retired';
import { pointsExpired } from './events/points-expired';
import { projectCreated } from './events/project-created';
import { projectDescribed } from './events/project-described';
import { projectRenamed } from './events/project-renamed';
import { retentionSet } from './events/retention-set';
import { serviceAccountCreated } from './events/service-account-created';
import { serviceAccountDisabled } from './events/service-account-disabled';
import { serviceAccountEnabled } from './events/service-account-enabled';
import { sessionClosed } from './events/session-closed';
import { sessionOpened } from './events/session-opened';
import { sessionRefused } from './events/session-refused';
import { subjectErased } from './events/subject-erased';
import { trustDeclared } from './events/trust-declared';
import { trustWithdrawn } from './events/trust-withdrawn';
import { versionApproved } from './events/version-approved';
import { versionCreated } from './events/version-created';
import { versionDeleted } from './events/version-deleted';
import { versionDescribed } from './events/version-described';
import { versionLinked } from './events/version-linked';
import { versionStaged } from './events/version-staged';
import { versionTagged } from './events/version-tagged';
import { versionUntagged } from './events/version-untagged';
import { viewDeleted } from './events/view-deleted';
import { viewSaved } from './events/view-saved';
import { webhookChanged } from './events/webhook-changed';
import { webhookCreated } from './events/webhook-created';
import { webhookDeleted } from './events/webhook-deleted';
import { webhookPaused } from './events/webhook-paused';
import { webhookReplayed } from './events/webhook-replayed';

/** What commands decide, by the kind of stream that it is written to. */
export const PROJECT_DECISIONS = {
  'project.created': projectCreated,
  'project.renamed': projectRenamed,
  'project.described': projectDescribed,
} as const satisfies Specs;

export const EXPERIMENT_DECISIONS = {
  'experiment.created': experimentCreated,
  'experiment.renamed': experimentRenamed,
  'experiment.tagged': experimentTagged,
  'experiment.untagged': experimentUntagged,
  'experiment.deleted': experimentDeleted,
  'experiment.restored': experimentRestored,
} as const satisfies Specs;

/** A registered model, its versions and its aliases are one stream: they are numbered and checked in it. */
export const MODEL_DECISIONS = {
  'model.created': modelCreated,
  'model.renamed': modelRenamed,
  'model.described': modelDescribed,
  'model.tagged': modelTagged,
  'model.untagged': modelUntagged,
  'model.deleted': modelDeleted,
} as const satisfies Specs;

export const VERSION_DECISIONS = {
  'version.created': versionCreated,
  'version.described': versionDescribed,
  'version.staged': versionStaged,
  'version.tagged': versionTagged,
  'version.untagged': versionUntagged,
  'version.linked': versionLinked,
  'version.deleted': versionDeleted,
} as const satisfies Specs;

export const ALIAS_DECISIONS = {
  'alias.moved': aliasMoved,
  'alias.removed': aliasRemoved,
} as const satisfies Specs;

export const LOGGED_MODEL_DECISIONS = {
  'logged-model.created': loggedModelCreated,
  'logged-model.configured': loggedModelConfigured,
  'logged-model.finalized': loggedModelFinalized,
  'logged-model.tagged': loggedModelTagged,
  'logged-model.untagged': loggedModelUntagged,
  'logged-model.deleted': loggedModelDeleted,
} as const satisfies Specs;

/** What lies in a logged model. It is in the model's stream, and makes rows of its own. */
export const LOGGED_MODEL_FILE_DECISIONS = {
  'logged-model.stored': loggedModelStored,
  'logged-model.cleared': loggedModelCleared,
} as const satisfies Specs;

export const NOTE_DECISIONS = { 'note.written': noteWritten } as const satisfies Specs;

export const VIEW_DECISIONS = {
  'view.saved': viewSaved,
  'view.deleted': viewDeleted,
} as const satisfies Specs;

export const BOARD_DECISIONS = {
  'board.saved': boardSaved,
  'board.deleted': boardDeleted,
} as const satisfies Specs;

export const COMMENT_DECISIONS = {
  'comment.written': commentWritten,
  'comment.mentioned': commentMentioned,
  'comment.deleted': commentDeleted,
} as const satisfies Specs;

export const WEBHOOK_DECISIONS = {
  'webhook.created': webhookCreated,
  'webhook.changed': webhookChanged,
  'webhook.paused': webhookPaused,
  'webhook.replayed': webhookReplayed,
  'webhook.deleted': webhookDeleted,
} as const satisfies Specs;

/** What operators do to events that could not be applied. It makes no rows: the journal is where it is looked up. */
export const DEAD_LETTER_DECISIONS = { 'dead-letter.replayed': deadLetterReplayed } as const satisfies Specs;
/** A service account and its keys are one stream: a key is made, rotated and revoked as its account stands. */
export const ACCOUNT_DECISIONS = {
  'service-account.created': serviceAccountCreated,
  'service-account.disabled': serviceAccountDisabled,
  'service-account.enabled': serviceAccountEnabled,
  'key.created': keyCreated,
  'key.retired': keyRetired,
  'key.revoked': keyRevoked,
} as const satisfies Specs;

/** What one person, group or service account is granted and denied is a stream. */
export const GRANT_DECISIONS = {
  'grant.made': grantMade,
  'grant.withdrawn': grantWithdrawn,
} as const satisfies Specs;

/** What guards and sign-ins refused, counted: streams without a state. */
export const REFUSAL_DECISIONS = {
  'access.refused': accessRefused,
  'session.refused': sessionRefused,
} as const satisfies Specs;

/** What was handed out: a stream without a state. */
export const EXPORT_DECISIONS = {
  'access.exported': accessExported,
} as const satisfies Specs;

/** By which rule jobs of an issuer act as a service account. */
export const TRUST_DECISIONS = {
  'trust.declared': trustDeclared,
  'trust.withdrawn': trustWithdrawn,
} as const satisfies Specs;

export const SESSION_DECISIONS = {
  'session.opened': sessionOpened,
  'session.closed': sessionClosed,
} as const satisfies Specs;

/** Who signs in by a password of this server. */
export const LOCAL_ACCOUNT_DECISIONS = {
  'local-account.set': localAccountSet,
  'local-account.removed': localAccountRemoved,
} as const satisfies Specs;

/** Everything about who may what. It makes no rows: the guard and its readers fold it from the journal itself. */
export const ACCESS_DECISIONS = {
  ...ACCOUNT_DECISIONS,
  ...EXPORT_DECISIONS,
  ...GRANT_DECISIONS,
  ...LOCAL_ACCOUNT_DECISIONS,
  ...REFUSAL_DECISIONS,
  ...SESSION_DECISIONS,
  ...TRUST_DECISIONS,
} as const satisfies Specs;

export const OBJECTIVE_DECISIONS = {
  'objective.defined': objectiveDefined,
  'objective.retired': objectiveRetired,
} as const satisfies Specs;

/** Of a model they are in its stream, of projects in one of their own. */
export const GATE_DECISIONS = {
  'gate.set': gateSet,
  'gate.lifted': gateLifted,
} as const satisfies Specs;

/** In the stream of the model. */
export const APPROVAL_DECISIONS = {
  'version.approved': versionApproved,
  'approval.withdrawn': approvalWithdrawn,
} as const satisfies Specs;

/** In the stream of the model; makes no row. */
export const PASSAGE_DECISIONS = { 'gate.passed': gatePassed } as const satisfies Specs;

/** Erasures and holds of a workspace are one stream. They make no rows: the journal is where they are looked up. */
export const ERASURE_DECISIONS = {
  'erasure.requested': erasureRequested,
  'erasure.withdrawn': erasureWithdrawn,
  'subject.erased': subjectErased,
  'hold.placed': holdPlaced,
  'hold.lifted': holdLifted,
} as const satisfies Specs;

/** How long a project keeps, who may delete in it, and what has gone by it. They make no rows: the journal is where they are looked up. */
export const RETENTION_DECISIONS = {
  'retention.set': retentionSet,
  'deleters.set': deletersSet,
} as const satisfies Specs;
export const EXPIRY_DECISIONS = {
  'points.expired': pointsExpired,
  'artifacts.expired': artifactsExpired,
} as const satisfies Specs;

export const INVENTORY_DECISIONS = { 'inventory.entered': inventoryEntered } as const satisfies Specs;

export const DECISIONS = {
  ...ACCESS_DECISIONS,
  ...PROJECT_DECISIONS,
  ...EXPERIMENT_DECISIONS,
  ...MODEL_DECISIONS,
  ...VERSION_DECISIONS,
  ...ALIAS_DECISIONS,
  ...LOGGED_MODEL_DECISIONS,
  ...LOGGED_MODEL_FILE_DECISIONS,
  ...NOTE_DECISIONS,
  ...VIEW_DECISIONS,
  ...BOARD_DECISIONS,
  ...COMMENT_DECISIONS,
  ...WEBHOOK_DECISIONS,
  ...DEAD_LETTER_DECISIONS,
  ...OBJECTIVE_DECISIONS,
  ...GATE_DECISIONS,
  ...APPROVAL_DECISIONS,
  ...PASSAGE_DECISIONS,
  ...INVENTORY_DECISIONS,
  ...ERASURE_DECISIONS,
  ...RETENTION_DECISIONS,
  ...EXPIRY_DECISIONS,
} as const satisfies Specs;

export type DecisionType = keyof typeof DECISIONS;
export const isDecisionType = (type: string): type is DecisionType => Object.hasOwn(DECISIONS, type);

export type Decision = DecisionOf<typeof DECISIONS>;
