import { createHash } from 'node:crypto';
import { DECISIONS, isDecisionType, readEvent, type StoredEvent } from '@runledger/contracts';
import type { Claim, Decision } from '@runledger/domain';
import type { Answer, Journal } from '@runledger/journal';
import { Fault, type Outcome } from '@runledger/kernel';

/** The pure rules of one kind of stream, as libs/domain writes them. */
export type Rules<Command, State, Change> = Readonly<{
  initial: State;
  evolve(state: State, change: Change): State;
  decide(command: Command, state: State): Outcome<Decision<Change>>;
  /** What the client is told, from the state after the command. */
  result(command: Command, state: State): unknown;
  /** The refusal when a name that the command takes is held by another stream. */
  taken(claim: Claim, by: string): Fault;
  /** The fault by which a refusal leaves. */
  refused(code: string, message: string): Fault;
}>;

export type Request<Command> = Readonly<{
  workspace: string;
  actor: string;
  subject: string;
  /** The command's own id and name, and the digest of what the client asked. */
  id: string;
  name: string;
  digest: string;
  command: Command;
}>;

/** How often a decision is taken anew because somebody else's came first. */
const MOST_ATTEMPTS = 5;

/** Of the fields as they were validated: their order and left-out defaults make no other command. */
export const commandDigest = (name: string, fields: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify([name, fields]))
    .digest('hex');

/** A stored decision at its current version. What cannot be read was not written by this release: the command cannot be decided. */
function readDecision<Change>(event: StoredEvent): Change {
  if (!isDecisionType(event.type))
    throw new Fault(
      'bug',
      'INGEST_UNKNOWN_DECISION',
      `the journal holds ${event.type}, which this release cannot read`,
    );
  return readEvent(DECISIONS[event.type], event) as Change;
}

/**
 * Load, decide, append; decide again when the stream has moved on. A command that has been answered before gets its
 * first answer, whatever the state is now.
 * @throws Fault of the rules for a refusal, overloaded INGEST_CONTENDED, and the journal's own
 */
export async function runCommand<Command, State, Change extends { type: string; data: unknown }>(
  journal: Journal,
  rules: Rules<Command, State, Change>,
  request: Request<Command>,
): Promise<Answer> {
  const { workspace, actor, subject, id, name, digest, command } = request;
  const known = await journal.recall(workspace, id, digest);
  if (known !== null) return known;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const stream = await journal.load(workspace, subject);
    const state = stream.events.map(readDecision<Change>).reduce(rules.evolve, rules.initial);
    const outcome = rules.decide(command, state);
    if (!outcome.ok) throw rules.refused(outcome.code, outcome.message);
    const { events, claims } = outcome.value;
    const appended = await journal.append({
      workspace,
      subject,
      expectedVersion: stream.version,
      commandId: id,
      commandName: name,
      commandDigest: digest,
      actor,
      events: events.map((change) => ({ ...change, dataversion: versionOf(change.type) })),
      claims,
      result: rules.result(command, events.reduce(rules.evolve, state)),
    });
    if (appended.outcome === 'appended' || appended.outcome === 'repeated') return appended.answer;
    if (appended.outcome === 'taken') throw rules.taken(appended.claim, appended.by);
  }
  throw new Fault('overloaded', 'INGEST_CONTENDED', `others keep changing ${subject}; send the same command again`);
}

function versionOf(type: string): number {
  if (!isDecisionType(type)) throw new Fault('bug', 'INGEST_UNKNOWN_DECISION', `${type} is defined nowhere`);
  return DECISIONS[type].version;
}
