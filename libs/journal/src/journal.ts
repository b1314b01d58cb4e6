import type { StoredEvent } from '@runledger/contracts';

/** A name that only one stream of a workspace can hold at a time. */
export type Claim = Readonly<{ kind: string; name: string }>;

/** A decided event; the journal gives it an id, a place and a time. */
export type NewEvent = Readonly<{ type: string; dataversion: number; data: unknown }>;

export type Append = Readonly<{
  workspace: string;
  /** The stream, for example `experiment/<id>`. */
  subject: string;
  /** The stream's version that the decision was made on; 0 when there was none. */
  expectedVersion: number;
  /** Chosen by the client, unique in the workspace: the same command again gets its first answer. */
  commandId: string;
  commandName: string;
  /** Of what was asked: the same id with another digest is a conflict. */
  commandDigest: string;
  actor: string;
  events: readonly NewEvent[];
  /** Other streams that the decision was made on, with their versions: it is written only while they have not moved on. */
  seen?: ReadonlyArray<Readonly<{ subject: string; version: number }>>;
  /** `need`: names that some stream must hold for this to be written. */
  claims: Readonly<{ take: readonly Claim[]; release: readonly Claim[]; need?: readonly Claim[] }>;
  /** JSON that is kept as the command's answer. */
  result: unknown;
}>;

/** What a command came to. `journalseq` is a place that contains its events and everything that it was decided on. */
export type Answer = Readonly<{ journalseq: number; version: number; result: unknown }>;

export type Appended =
  | Readonly<{ outcome: 'appended'; answer: Answer }>
  /** This command had been decided before: nothing was written. */
  | Readonly<{ outcome: 'repeated'; answer: Answer }>
  /** The stream, or another that was seen, has moved on since it was loaded: decide again. `version` is the stream's own. */
  | Readonly<{ outcome: 'moved'; version: number }>
  /** Another stream holds a name that was to be taken. */
  | Readonly<{ outcome: 'taken'; claim: Claim; by: string }>
  /** Nobody holds a name that was needed. */
  | Readonly<{ outcome: 'absent'; claim: Claim }>;

/** `actor` decided it. */
export type StreamEvent = StoredEvent & Readonly<{ actor: string }>;
export type Stream = Readonly<{ version: number; events: readonly StreamEvent[] }>;

/**
 * Streams of decided events in Postgres. Every method throws only
 * Fault unavailable JOURNAL_UNAVAILABLE, full JOURNAL_FULL, conflict JOURNAL_COMMAND_REUSED, bug JOURNAL_BROKEN.
 */
export type Journal = Readonly<{
  /**
   * Events, claims and the command's answer in one transaction, or nothing. `journalseq` is gapless per workspace: the
   * head row is locked until commit, so that whoever sees number n sees all before it. Durable when it resolves.
   */
  append(what: Append): Promise<Appended>;
  load(workspace: string, subject: string): Promise<Stream>;
  /** Number of the workspace's last event; 0 before its first. */
  head(workspace: string): Promise<number>;
  /** The answer that this command got, or null when it is new. */
  recall(workspace: string, commandId: string, commandDigest: string): Promise<Answer | null>;
  /** The stream that holds a claim, or null. */
  holderOf(workspace: string, claim: Claim): Promise<string | null>;
}>;
