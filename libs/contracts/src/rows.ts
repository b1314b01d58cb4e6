import type { EventOf } from './define-event';
import type { FACTS, FactType } from './facts';
import type { Link } from './link';

/** Facts of the topic `runs`. Console lines have a topic of their own. */
export type RunFactType = Exclude<FactType, 'console.written'>;
export type RunFact = { [T in RunFactType]: EventOf<(typeof FACTS)[T]> }[RunFactType];

/** A point of one partition: the message's offset, the event's ordinal in it, and when the log took it (ms since 1970). */
export type Mark = Readonly<{ offset: number; ordinal: number; time: number }>;
/** Where something became true, and by whom. All of one run lies in one partition, so its places compare. */
export type Place = Mark & Readonly<{ actor: string }>;

/** A fact of a run with its place in the log. */
export type Placed<E> = Readonly<{ workspace: string; run: string; at: Place; event: E }>;
export type PlacedFact = Placed<RunFact>;
export type ConsoleFact = EventOf<(typeof FACTS)['console.written']>;

/** One message about a run, read. `digests` has one entry a fact: SHA-256 of what the client said in it. */
export type RunMessage<E> = Readonly<{
  workspace: string;
  run: string;
  offset: number;
  writer: string | undefined;
  sequence: number | undefined;
  facts: ReadonlyArray<Placed<E>>;
  digests: readonly Buffer[];
}>;
/** Of the topic `runs`. */
export type FactMessage = RunMessage<RunFact>;
/** Of the topic `console`. */
export type ConsoleMessage = RunMessage<ConsoleFact>;

export type RunStatus = 'unannounced' | 'scheduled' | 'running' | 'finished' | 'failed' | 'killed';
/** A run's own attributes. Times are ms since 1970; those of the run are the client's, those of marks the log's. */
export type RunRow = Readonly<{
  project: string;
  experiment: string | null;
  name: string | null;
  description: string | null;
  status: RunStatus;
  lifecycle: 'active' | 'deleted';
  /** Null until the run is announced. */
  startedAt: number | null;
  finishedAt: number | null;
  message: string | null;
  parent: string | null;
  forkRun: string | null;
  /** int64 in digits. */
  forkStep: string | null;
  /** Of its first fact, whichever it was. */
  first: Mark;
  /** Of the finish that counts; facts recorded after it are late. */
  finish: Mark | null;
}>;
export type TagRow = Readonly<{ value: string }>;
export type ArtifactRow = Readonly<{ digest: string; size: number; mediaType: string }>;
export type CodeRow = Readonly<{
  repository: string | null;
  commit: string | null;
  branch: string | null;
  dirty: boolean | null;
  diffDigest: string | null;
  entrypoint: string | null;
}>;
export type EnvironmentRow = Readonly<{
  host: string | null;
  os: string | null;
  runtime: string | null;
  command: string | null;
  cpus: number | null;
  memoryBytes: number | null;
  accelerators: readonly string[];
  packages: ReadonlyArray<Readonly<{ name: string; version: string }>>;
}>;
export type FingerprintRow = Readonly<{ fingerprint: string }>;
/** What the fingerprint of a run is made of. */
export type Ingredients = Readonly<{
  workspace: string;
  run: string;
  params: ReadonlyArray<Readonly<{ key: string; value: string }>>;
  code: Pick<CodeRow, 'commit' | 'dirty' | 'diffDigest'> | null;
  inputs: ReadonlyArray<Readonly<{ digest: string; context: string }>>;
}>;
export type Tag = Readonly<{ key: string; value: string }>;

/** Which row: `id` is a run, an experiment …, `name` a tag's key or an artifact's path, empty where there is one only. */
export type RowKey = Readonly<{ workspace: string; id: string; name: string }>;
/** One version of a row: what it held from one place up to and without another; the current one has no end. */
export type Version<V> = RowKey & Readonly<{ from: Place; to: Place | null; value: V }>;
/** What a batch does to rows with a history: `closed` were current before it and end, `opened` are new. */
export type HistoryChange<V> = Readonly<{
  closed: ReadonlyArray<RowKey & Readonly<{ from: Mark; to: Place }>>;
  opened: ReadonlyArray<Version<V>>;
}>;

/** Rows of a run that have a history. */
export type RunHistories = {
  run: RunRow;
  tag: TagRow;
  artifact: ArtifactRow;
  code: CodeRow;
  environment: EnvironmentRow;
  fingerprint: FingerprintRow;
};
export type RunHistoryName = keyof RunHistories;

/** The first value in the log stays. `number` is set for a number, and for text that reads as one. */
export type ParamRow = RowKey &
  Readonly<{ kind: 'text' | 'number' | 'boolean'; value: string; number: number | null; from: Place }>;
export type InputRow = Readonly<{
  workspace: string;
  run: string;
  /** SHA-256 of name, digest and context: the same three are the same input. */
  identity: Buffer;
  name: string;
  digest: string;
  context: string;
  source: string | null;
  sourceType: string | null;
  schema: string | null;
  profile: string | null;
  tags: readonly Tag[];
  from: Place;
}>;
/** A logged model that a run made at a step. */
export type OutputRow = Readonly<{
  workspace: string;
  run: string;
  loggedModel: string;
  /** int64 in digits. */
  step: string;
  from: Place;
}>;
/** A logged model that a run read. */
export type ModelInputRow = Readonly<{ workspace: string; run: string; loggedModel: string; from: Place }>;
/** A link of a run to something in another system. */
export type LinkRow = Link &
  Readonly<{
    workspace: string;
    run: string;
    /** SHA-256 of the link: the same again is the same. */
    identity: Buffer;
    from: Place;
  }>;
/** A metric of a logged model, as a run measured it. */
export type MeasurementRow = Readonly<{
  workspace: string;
  run: string;
  /** SHA-256 of everything below but the place: the same again is the same measurement. */
  identity: Buffer;
  loggedModel: string;
  key: string;
  value: number;
  /** int64 in digits; the time in ms since 1970, as the client said. */
  step: string;
  time: string;
  datasetName: string | null;
  datasetDigest: string | null;
  from: Place;
}>;
/** What the record holds and the current rows do not show, since something else came first. */
export type ConflictRow = Readonly<{
  workspace: string;
  run: string;
  kind: 'param' | 'start' | 'event' | 'sequence';
  name: string;
  at: Place;
  /** Within the event. */
  item: number;
  event: string;
  /** Of an event that was not applied; empty for one that was. */
  digest: Buffer;
  value: unknown;
}>;
export type ClosedWriterRow = Readonly<{
  workspace: string;
  run: string;
  topic: string;
  writer: string;
  batches: number;
  points: number;
  at: Mark;
}>;

/** The rows that a batch may depend on: what is loaded before it is folded. */
export type FactKeys = Readonly<Record<RunHistoryName | 'param', readonly RowKey[]>>;
export type FactRows = Readonly<{ [H in RunHistoryName]: ReadonlyArray<Version<RunHistories[H]>> }> &
  /** `ingredients` of the runs whose fingerprints are touched. */
  Readonly<{ param: readonly ParamRow[]; ingredients: readonly Ingredients[] }>;
export type FactChanges = Readonly<{
  histories: Readonly<{ [H in RunHistoryName]: HistoryChange<RunHistories[H]> }>;
  params: readonly ParamRow[];
  inputs: readonly InputRow[];
  outputs: readonly OutputRow[];
  modelInputs: readonly ModelInputRow[];
  links: readonly LinkRow[];
  measurements: readonly MeasurementRow[];
  conflicts: readonly ConflictRow[];
  closedWriters: readonly ClosedWriterRow[];
}>;

/** Pure functions from events to row changes. The store applies them and knows nothing of events. */
export interface FactProjection {
  /** Which rows the facts touch. */
  touches(facts: readonly PlacedFact[]): FactKeys;
  /** `facts` are new, in the order of the log; `rows` are the current ones of what they touch. */
  fold(facts: readonly PlacedFact[], rows: FactRows): FactChanges;
}

/** An event, or a whole message, that can never be applied. */
export type RefusedEvent = Readonly<{
  topic: string;
  partition: number;
  offset: number;
  /** Of the event in its message; -1 is the whole message. */
  ordinal: number;
  /** The log's time of the message, ms since 1970. */
  time: number;
  workspace: string | null;
  step: string;
  code: string;
  message: string;
}>;
