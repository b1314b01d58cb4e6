import { createHash } from 'node:crypto';
import { DECISIONS, isDecisionType, type Rights } from '@runledger/contracts';
import type { Answer, Journal } from '@runledger/journal';
import { Fault } from '@runledger/kernel';
import { checkDeletions } from './check-deletions';
import type { Oversight } from './oversight';
import { readDecision } from './read-decision';
import type { Look, Rules } from './rules';
import type { Turns } from './turns';

export type Request<Command> = Readonly<{
  workspace: string;
  actor: string;
  rights: Rights;
  /** The command's own id, and the digest of what the client asked. */
  id: string;
  digest: string;
  command: Command;
}>;
export type CommandAnswer<Result> = Omit<Answer, 'result'> & Readonly<{ result: Result }>;

/** How often a decision is taken anew because another process' came first: each time one of them has got through. */
const MOST_ATTEMPTS = 100;

/** Of the fields as they were validated: their order and left-out defaults make no other command. */
export const commandDigest = (name: string, fields: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify([name, fields]))
    .digest('hex');

type Parts<Command, State, Change, Result> = Readonly<{
  journal: Journal;
  oversight: Oversight;
  rules: Rules<Command, State, Change, Result>;
  request: Request<Command>;
}>;

/** A look at other streams that remembers in which versions it saw them. */
function createLook({ journal, oversight }: Readonly<{ journal: Journal; oversight: Oversight }>, who: Asking) {
  const seen = new Map<string, number>();
  const look: Look = {
    ...who,
    oversight,
    async load(subject) {
      const { version, events } = await journal.load(who.workspace, subject);
      seen.set(subject, version);
      return events;
    },
  };
  return { look, seen: () => [...seen].map(([subject, version]) => ({ subject, version })) };
}
type Asking = Pick<Look, 'workspace' | 'actor' | 'rights'>;

/** Load, decide, append; once more where others were first. Null: the stream has moved on. */
async function attempt<Command extends { name: string }, State, Change extends { type: string; data: unknown }, Result>(
  parts: Parts<Command, State, Change, Result>,
  subject: string,
): Promise<Answer | null> {
  const { journal, rules, request } = parts;
  const { workspace, actor, rights, id, digest } = request;
  const stream = await journal.load(workspace, subject);
  const state = stream.events.map(readDecision<Change>).reduce(rules.evolve, rules.initial);
  const { look, seen } = createLook(parts, { workspace, actor, rights });
  const said = request.command;
  const command = (await rules.consult?.(said, { state, events: stream.events }, look)) ?? said;
  const outcome = rules.decide(command, state);
  if (!outcome.ok) {
    // The same command may have come through while this one waited; then that is why.
    const known = await journal.recall(workspace, id, digest);
    if (known !== null) return known;
    throw rules.refused(outcome.code, outcome.message);
  }
  const { events, claims } = outcome.value;
  await checkDeletions(rules, look, { state, changes: events });
  const appended = await journal.append({
    workspace,
    subject,
    expectedVersion: stream.version,
    commandId: id,
    commandName: command.name,
    commandDigest: digest,
    actor,
    events: events.map((change) => ({ ...change, dataversion: versionOf(change.type) })),
    claims,
    seen: seen(),
    result: rules.result(command, events.reduce(rules.evolve, state)),
  });
  switch (appended.outcome) {
    case 'appended':
    case 'repeated':
      return appended.answer;
    case 'taken':
      throw rules.taken(appended.claim, appended.by);
    case 'absent':
      throw rules.absent(appended.claim);
    case 'moved':
      return null;
    default:
      return appended satisfies never;
  }
}

/**
 * Decides a command. One that has been answered before gets its first answer, whatever the state is now. Commands of one stream
 * take turns in this process, so that they meet those of other processes only.
 * @throws Fault of the rules for a refusal, overloaded COMMANDS_CONTENDED, and the journal's own
 */
export async function runCommand<
  Command extends { name: string },
  State,
  Change extends { type: string; data: unknown },
  Result,
>(parts: Parts<Command, State, Change, Result>, turns: Turns): Promise<CommandAnswer<Result>> {
  const { journal, rules, request } = parts;
  const { workspace, id, digest, command } = request;
  const known = await journal.recall(workspace, id, digest);
  if (known !== null) return known as CommandAnswer<Result>;
  const subject = await rules.subject(command, (claim) => journal.holderOf(workspace, claim));
  return turns(`${workspace}/${subject}`, async () => {
    for (let tried = 0; tried < MOST_ATTEMPTS; tried++) {
      const answer = await attempt(parts, subject);
      if (answer !== null) return answer as CommandAnswer<Result>;
    }
    throw new Fault('overloaded', 'COMMANDS_CONTENDED', `others keep changing ${subject}; send the same command again`);
  });
}

function versionOf(type: string): number {
  if (!isDecisionType(type)) throw new Fault('bug', 'COMMANDS_UNKNOWN_DECISION', `${type} is defined nowhere`);
  return DECISIONS[type].version;
}
