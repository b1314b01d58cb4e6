import type { GateTarget } from '@runledger/contracts';
import {
  type Checks,
  type DatedObjective,
  evolveGates,
  evolveObjective,
  type Gate,
  type GateChange,
  gatesInWay,
  type Model,
  type ModelCommand,
  noGates,
  numbered,
  type ObjectiveChange,
  objectiveSubject,
  PROJECT_GATES_SUBJECT,
  promotions,
  type Standing,
  unseenObjective,
} from '@runledger/domain';
import type { Stream } from '@runledger/journal';
import { readDecision } from './read-decision';
import type { Look } from './rules';

type Of = Readonly<{ state: Model; events: Stream['events'] }>;

/** An objective as it stands in the journal; null: it is not there, or no more. */
async function activeObjective(look: Look, objective: string): Promise<DatedObjective | null> {
  const events = await look.load(objectiveSubject(objective));
  const { status, number, definition } = events
    .map(readDecision<ObjectiveChange>)
    .reduce(evolveObjective, unseenObjective);
  const defined = events.findLast(({ type }) => type === 'objective.defined');
  if (status !== 'active' || defined === undefined) return null;
  return { objective, number, definition, definedAt: Date.parse(defined.time) };
}

export async function activeObjectives(look: Look, objectives: readonly string[]): Promise<DatedObjective[]> {
  const found = await Promise.all([...new Set(objectives)].map((objective) => activeObjective(look, objective)));
  return found.filter((objective) => objective !== null);
}

/** Gates of the projects of these versions' runs. */
async function projectGatesOf(
  look: Look,
  { versions }: Model,
  numbers: Iterable<number>,
): Promise<Map<number, readonly Gate[]>> {
  const gates = (await look.load(PROJECT_GATES_SUBJECT)).map(readDecision<GateChange>).reduce(evolveGates, noGates);
  const runOf = new Map([...new Set(numbers)].map((number) => [number, numbered(versions, number)?.run ?? null]));
  const runs = [...new Set([...runOf.values()].filter((run) => run !== null))];
  if (gates.size === 0 || runs.length === 0) return new Map();
  const projects = await look.oversight.projectsOf(look.workspace, runs);
  const ofRun = (run: string | null): Gate[] =>
    run === null ? [] : [...gates.values()].filter(({ of }) => of.id === projects.get(run));
  return new Map([...runOf].map(([number, run]) => [number, ofRun(run)]));
}

/** What is known of a version now, and who its authors are. */
async function standingOf(
  look: Look,
  { state, events }: Of,
  version: number,
  objectives: readonly DatedObjective[] = [],
): Promise<Standing | null> {
  const facts = numbered(state.versions, version);
  if (facts === null) return null;
  const { workspace, oversight } = look;
  const { evidence, startedBy } = await oversight.assess({ workspace, model: state.id, version, facts, objectives });
  const registered = events.find(
    ({ type, data }) => type === 'version.created' && (data as { version: number }).version === version,
  );
  const actors = [registered?.actor, startedBy].filter((actor) => typeof actor === 'string');
  const persons = await Promise.all(actors.map((actor) => oversight.personOf(workspace, actor)));
  return { evidence, authors: [...new Set(persons)] };
}

async function checkPromotion(look: Look, of: Of, to: Readonly<{ version: number; target: GateTarget }>) {
  const projectGates = await projectGatesOf(look, of.state, [to.version]);
  const gates = gatesInWay(of.state, to, { projectGates, standing: null });
  if (gates.length === 0) return { projectGates, standing: null };
  const objectives = await activeObjectives(
    look,
    gates.flatMap((gate) => gate.objectives),
  );
  return { projectGates, standing: await standingOf(look, of, to.version, objectives) };
}

async function checksOf(command: ModelCommand, of: Of, look: Look): Promise<Checks | undefined> {
  const { state } = of;
  const nothing = { projectGates: new Map(), standing: null };
  switch (command.name) {
    case 'set-alias':
      return checkPromotion(look, of, { version: command.version, target: { kind: 'alias', name: command.alias } });
    case 'stage-version':
      if (command.to !== 'Staging' && command.to !== 'Production') return undefined;
      return checkPromotion(look, of, { version: command.version, target: { kind: 'stage', name: command.to } });
    case 'delete-version':
      return { projectGates: await projectGatesOf(look, state, [command.version]), standing: null };
    case 'rename-model':
    case 'delete-model': {
      const versions = [...promotions(state)].map(({ version }) => version);
      return { projectGates: await projectGatesOf(look, state, versions), standing: null };
    }
    case 'set-gate': {
      const active = await activeObjectives(look, command.objectives);
      return { ...nothing, active: new Set(active.map(({ objective }) => objective)) };
    }
    case 'approve-version': {
      const standing = await standingOf(look, of, command.version);
      if (standing === null) return nothing;
      return { ...nothing, approving: { person: await look.oversight.personOf(look.workspace, look.actor), standing } };
    }
    default:
      return undefined;
  }
}

/** What a command about a model is decided on besides the model. */
export async function consultModel(command: ModelCommand, of: Of, look: Look): Promise<ModelCommand> {
  if (of.state.status !== 'active') return command;
  return { ...command, checks: await checksOf(command, of, look) };
}
