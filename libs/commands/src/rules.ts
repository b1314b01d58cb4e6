import type { Rights } from '@runledger/contracts';
import type { Claim, Decision } from '@runledger/domain';
import type { Stream } from '@runledger/journal';
import type { Fault, Outcome } from '@runledger/kernel';
import type { Oversight } from './oversight';

/** Which stream holds a name, or null. */
export type Find = (claim: Claim) => Promise<string | null>;

/** What else a decision can be made on. */
export type Look = Readonly<{
  workspace: string;
  /** Who asks. */
  actor: string;
  rights: Rights;
  oversight: Oversight;
  /** Another stream. What is decided is written only while that has not moved on. */
  load(subject: string): Promise<Stream['events']>;
}>;

/** The rules of one kind of stream: pure as libs/domain writes them, and how their refusals are answered. */
export type Rules<Command, State, Change, Result> = Readonly<{
  /** The stream that a command is decided on. Whoever names it by a claim looks for its holder. */
  subject(command: Command, find: Find): string | Promise<string>;
  initial: State;
  evolve(state: State, change: Change): State;
  /** Looks up what the decision needs besides the state, and puts it into the command. */
  consult?(command: Command, of: Readonly<{ state: State; events: Stream['events'] }>, look: Look): Promise<Command>;
  decide(command: Command, state: State): Outcome<Decision<Change>>;
  /**
   * In which projects something goes by an event that deletes (see isDeletion): there the caller must be one who may. Rules whose events
   * delete have it.
   */
  deletesIn?(change: Change, state: State, look: Look): Promise<readonly string[]>;
  /** What the client is told, from the state after the command. */
  result(command: Command, state: State): Result;
  /** The refusal when a name that the command takes is held by another stream. */
  taken(claim: Claim, by: string): Fault;
  /** The refusal when nobody holds a name that the command needs. */
  absent(claim: Claim): Fault;
  /** The fault by which a refusal leaves. */
  refused(code: string, message: string): Fault;
}>;
