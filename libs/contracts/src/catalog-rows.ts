import type { BoardForm, BoardPanel } from './board-panel';
import type { CommentTarget } from './comment-target';
import type { Decision } from './decisions';
import type { Evidence, GateTarget, ObjectiveDefinition, ObjectiveScope } from './governance-names';
import type { Link } from './link';
import type { ModelStage } from './names';
import type { ArtifactRow, HistoryChange, Place, RowKey, Tag, Version } from './rows';
import type { WebhookEvent } from './webhook-names';

export type PlacedDecision<D extends Decision = Decision> = Readonly<{
  workspace: string;
  journalseq: number;
  at: Place;
  event: D;
}>;

/** One message of the topic `catalog`, read. `decisions` is empty where they were refused: the number still counts. */
export type CatalogMessage = Readonly<{
  workspace: string;
  journalseq: number;
  decisions: readonly PlacedDecision[];
}>;

/** What every row of the catalog knows of the decisions that made it. */
export type Decided = Readonly<{
  /** Null where its creation is not in the log. */
  createdAt: number | null;
  createdSeq: number;
  /** Number of the decision that made it so. */
  seq: number;
}>;

export type ProjectRow = Decided & Readonly<{ name: string; description: string }>;
export type ExperimentRow = Decided &
  Readonly<{
    project: string;
    name: string;
    lifecycle: 'active' | 'deleted';
    tags: readonly Tag[];
  }>;

/** A registered model. Those that are deleted stay as they were last, and so do their versions and aliases. */
export type ModelRow = Decided &
  Readonly<{
    name: string;
    description: string;
    lifecycle: 'active' | 'deleted';
    tags: readonly Tag[];
    /** Number of its newest version, deleted or not; 0 before the first. */
    lastVersion: number;
    /** Of the last change of itself or of which versions it has, and in which stages; ms since 1970. */
    changedAt: number;
  }>;

/** A version of a registered model; its row's name is the number. It ends when the version is deleted. */
export type VersionRow = Decided &
  Readonly<{
    source: string;
    location: string;
    run: string | null;
    runLink: string | null;
    loggedModel: string | null;
    description: string;
    stage: ModelStage;
    tags: readonly Tag[];
    links: readonly Link[];
    createdBy: string;
    /** Of the last change of anything but its tags. */
    changedAt: number;
  }>;

/** The version that an alias of a model points to. */
export type AliasRow = Decided & Readonly<{ version: number }>;

export type LoggedModelStatus = 'pending' | 'ready' | 'failed';
export type LoggedModelRow = Decided &
  Readonly<{
    experiment: string;
    name: string;
    run: string | null;
    modelType: string | null;
    status: LoggedModelStatus;
    lifecycle: 'active' | 'deleted';
    params: readonly Tag[];
    tags: readonly Tag[];
    createdBy: string;
    /** Of the last change of anything but its tags. */
    changedAt: number;
  }>;

/** A file of a logged model; its row's name is the path. */
export type LoggedModelFileRow = Decided & ArtifactRow;

/** What people say of a run, in markdown; `number` counts how often it was written. */
export type NoteRow = Decided & Readonly<{ text: string; number: number }>;

/** A saved view of an experiment's runs. It ends when the view is deleted. */
export type ViewRow = Decided & Readonly<{ experiment: string; name: string; search: string }>;

/** A dashboard or a report, whole; `number` counts how often it was saved. It ends when it is deleted. */
export type BoardRow = Decided &
  Readonly<{ form: BoardForm; name: string; number: number; panels: readonly BoardPanel[] }>;

/** What somebody said of something. It ends when it is deleted; `author` wrote it first. */
export type CommentRow = Decided &
  Readonly<{ about: CommentTarget; text: string; mentions: readonly string[]; author: string }>;

/** Paused: nobody was there for too long; `reason` says what was seen last. The row ends when the webhook is deleted. */
export type WebhookStatus = 'active' | 'disabled' | 'paused';
export type WebhookRow = Decided &
  Readonly<{
    name: string;
    description: string;
    url: string;
    events: readonly WebhookEvent[];
    secret: string | null;
    status: WebhookStatus;
    reason: string | null;
    condition?: string | undefined;
    scope?: ObjectiveScope | undefined;
    /** ms since 1970. */
    changedAt: number;
  }>;

/** An objective as it is defined now; `definedAt` is the time of this definition. It ends when it is retired. */
export type ObjectiveRow = Decided &
  Readonly<{ number: number; scope: ObjectiveScope; definition: ObjectiveDefinition; definedAt: number }>;
/** Its row's id is the holder (`model/<id>` or `project/<id>`), the name the target (`alias/<name>` or `stage/<name>`). */
export type GateRow = Decided &
  Readonly<{
    target: GateTarget;
    objectives: readonly string[];
    approvals: ReadonlyArray<Readonly<{ meaning: string; persons: number }>>;
    before: boolean;
  }>;
/** Its row's id is the model, the name the approval. One that was withdrawn stays. */
export type ApprovalRow = Decided &
  Readonly<{
    version: number;
    meaning: string;
    printedName: string;
    person: string;
    actor: string;
    evidence: Evidence;
    withdrawn: Readonly<{ actor: string; at: number; reason: string }> | null;
  }>;
/** It ends when the model is deleted. */
export type InventoryRow = Decided &
  Readonly<{ owner: string; tier: string; validator: string; purpose: string; reviewBy: string | null }>;

/** Rows that decisions come to, by the name of their table. All have a history. */
export type CatalogHistories = {
  project: ProjectRow;
  experiment: ExperimentRow;
  model: ModelRow;
  version: VersionRow;
  alias: AliasRow;
  loggedModel: LoggedModelRow;
  loggedModelFile: LoggedModelFileRow;
  note: NoteRow;
  view: ViewRow;
  board: BoardRow;
  comment: CommentRow;
  webhook: WebhookRow;
  objective: ObjectiveRow;
  gate: GateRow;
  approval: ApprovalRow;
  inventory: InventoryRow;
};
export type CatalogName = keyof CatalogHistories;

/** The rows that a batch may depend on, the current ones of them, and what the batch makes of them. */
export type CatalogKeys = Readonly<Record<CatalogName, readonly RowKey[]>>;
export type CatalogRows = Readonly<{ [H in CatalogName]: ReadonlyArray<Version<CatalogHistories[H]>> }>;
export type CatalogChanges = Readonly<{ [H in CatalogName]: HistoryChange<CatalogHistories[H]> }>;

/** Pure functions from decisions to row changes. The store applies them and knows nothing of events. */
export interface CatalogProjection {
  touches(decisions: readonly PlacedDecision[]): CatalogKeys;
  /** `decisions` are new, in the order of their journals; `rows` are the current ones of what they touch. */
  fold(decisions: readonly PlacedDecision[], rows: CatalogRows): CatalogChanges;
}
