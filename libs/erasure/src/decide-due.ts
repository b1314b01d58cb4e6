import { type Commands, expiryRules } from '@runledger/commands';
import type { ExpiryCommand } from '@runledger/domain';
import { isFault, uuidv7 } from '@runledger/kernel';
import type { DueRun, DueRuns, ExpiredRuns } from '@runledger/postgres';
import { type DueTerm, dueTerms } from './due-terms';

export type Deciding = Readonly<{
  due: DueRuns;
  expired: Pick<ExpiredRuns, 'takeOver'>;
  commands: Pick<Commands, 'run'>;
  /** Resolves once what the log has by now is projected. False: it takes too long, and nobody can say what is due. */
  settled(): Promise<boolean>;
  signal: AbortSignal;
}>;

/** Whose runs go by a policy that somebody else has set. */
const ACTOR = 'system';
const AT_ONCE = 200;
const DAY_MS = 86_400_000;

/** Held, reopened or kept longer by now: another time. */
const isRefused = (error: unknown): boolean => isFault(error) && error.code.startsWith('EXPIRY_');

async function commandOf(due: DueRuns, term: DueTerm, { run, ended }: DueRun, at: string): Promise<ExpiryCommand> {
  const { workspace, project, what } = term;
  const of = { run, project, ended, at };
  return what === 'points'
    ? { name: 'expire-points', ...of, there: await due.pointsThere(workspace, run) }
    : { name: 'expire-artifacts', ...of, there: await due.artifactsThere(workspace, run) };
}

async function decideTerm({ due, expired, commands, signal }: Deciding, term: DueTerm, now: Date): Promise<number> {
  const endedBy = new Date(now.getTime() - term.days * DAY_MS);
  let decided = 0;
  const refused: string[] = [];
  for (;;) {
    const runs = await due.due({ ...term, endedBy, at: now, except: [...term.held, ...refused], limit: AT_ONCE });
    for (const one of runs) {
      signal.throwIfAborted();
      const command = await commandOf(due, term, one, now.toISOString());
      const asked = { id: uuidv7(), fields: { name: command.name, run: one.run }, command };
      await commands.run(expiryRules, { workspace: term.workspace, actor: ACTOR }, asked).then(
        () => decided++,
        (error: unknown) => {
          if (!isRefused(error)) throw error;
          refused.push(one.run);
        },
      );
    }
    await expired.takeOver();
    if (runs.length < AT_ONCE) return decided;
  }
}

/** Decides what is due by now, run by run: each decision is in the journal before anything goes. Answers how many there were. */
export async function decideDue(deciding: Deciding, now: Date): Promise<number> {
  const terms = await dueTerms(deciding.due, now.toISOString());
  if (terms.length === 0 || !(await deciding.settled())) return 0;
  let decided = 0;
  for (const term of terms) decided += await decideTerm(deciding, term, now);
  return decided;
}
