import {
  deletersAt,
  deletionRefused,
  type ExperimentChange,
  evolveExperiment,
  evolveRetention,
  experimentSubject,
  isDeletion,
  mayDelete,
  noRetention,
  type RetentionChange,
  retentionSubject,
  unseenExperiment,
} from '@runledger/domain';
import { Fault } from '@runledger/kernel';
import { readDecision } from './read-decision';
import type { Look, Rules } from './rules';

type Deleting<State, Change> = Pick<Rules<never, State, Change, unknown>, 'deletesIn'>;

/**
 * What a command deletes is looked at with the policies of its projects as they are when it is written: another policy that comes in
 * between has it decided anew.
 * @throws Fault forbidden DELETION_NOT_ALLOWED
 */
export async function checkDeletions<State, Change extends { type: string; data: unknown }>(
  rules: Deleting<State, Change>,
  look: Look,
  { state, changes }: Readonly<{ state: State; changes: readonly Change[] }>,
): Promise<void> {
  const projects = new Set<string>();
  for (const change of changes.filter(isDeletion)) {
    if (rules.deletesIn === undefined)
      throw new Fault('bug', 'COMMANDS_DELETES_NOWHERE', `nothing says in which project a ${change.type} deletes`);
    for (const project of await rules.deletesIn(change, state, look)) projects.add(project);
  }
  const at = new Date().toISOString();
  for (const project of projects) {
    const policies = await look.load(retentionSubject(project));
    const deleters = deletersAt(policies.map(readDecision<RetentionChange>).reduce(evolveRetention, noRetention), at);
    if (!mayDelete(deleters, look.rights, project))
      throw new Fault('forbidden', 'DELETION_NOT_ALLOWED', deletionRefused(deleters, project));
  }
}

/** None while nobody has created the experiment: it is not known then where it will be. */
export async function projectOfExperiment(look: Look, experiment: string): Promise<string[]> {
  const events = await look.load(experimentSubject(experiment));
  const { status, project } = events.map(readDecision<ExperimentChange>).reduce(evolveExperiment, unseenExperiment);
  return status === 'unseen' ? [] : [project];
}
