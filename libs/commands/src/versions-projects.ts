import {
  everyNumbered,
  evolveLoggedModel,
  type LoggedModelChange,
  loggedModelSubject,
  type Model,
  type ModelChange,
  numbered,
  unseenLoggedModel,
} from '@runledger/domain';
import { projectOfExperiment } from './check-deletions';
import { readDecision } from './read-decision';
import type { Look } from './rules';

/** Versions that go by an event: one that loses an alias is one of them. */
function versionsOf(change: ModelChange, { versions, aliases }: Model): number[] {
  switch (change.type) {
    case 'model.deleted':
      return [...everyNumbered(versions)].map(([number]) => number);
    case 'version.deleted':
      return [change.data.version];
    case 'alias.removed':
      return [aliases.get(change.data.alias) ?? []].flat();
    default:
      return [];
  }
}

async function projectOfLoggedModel(look: Look, loggedModel: string): Promise<string[]> {
  const events = await look.load(loggedModelSubject(loggedModel));
  const { lifecycle, experiment } = events
    .map(readDecision<LoggedModelChange>)
    .reduce(evolveLoggedModel, unseenLoggedModel);
  return lifecycle === 'unseen' ? [] : projectOfExperiment(look, experiment);
}

/** The projects of the runs that these versions come from, or of the logged model where there is no run; what came from elsewhere is in none. */
export async function projectsOfVersions(change: ModelChange, state: Model, look: Look): Promise<string[]> {
  const facts = versionsOf(change, state).flatMap((number) => numbered(state.versions, number) ?? []);
  const runs = [...new Set(facts.flatMap(({ run }) => run ?? []))];
  const ofRuns = runs.length === 0 ? new Map<string, string>() : await look.oversight.projectsOf(look.workspace, runs);
  const loggedModels = new Set(facts.flatMap(({ run, loggedModel }) => (run === null ? (loggedModel ?? []) : [])));
  const others: string[] = [];
  for (const loggedModel of loggedModels) others.push(...(await projectOfLoggedModel(look, loggedModel)));
  return [...new Set([...ofRuns.values(), ...others])];
}
