import type { GateTarget } from '@runledger/contracts';
import { type Outcome, refuse } from '@runledger/kernel';
import { projectClaim } from './decide-project';
import { type Decision, decided, nothingToDo } from './decision';
import { type Gate, type GateChange, type Gates, gateName } from './gate';

/** What a gate asks for. */
export type Needs = Pick<Gate, 'objectives' | 'approvals' | 'before'>;
export type GateRefusal = 'OBJECTIVE_UNKNOWN' | 'GATE_UNKNOWN' | 'GATE_EMPTY';

type Decided = Outcome<Decision<GateChange>, GateRefusal>;

const isSame = (a: Needs, b: Needs): boolean =>
  JSON.stringify([a.objectives, a.approvals, a.before]) === JSON.stringify([b.objectives, b.approvals, b.before]);

/** Sets a gate, or another in place of one. `active`: the objectives that are. */
export function setGate(gate: Gate, gates: Gates, active: ReadonlySet<string>): Decided {
  if (gate.objectives.length + gate.approvals.length === 0)
    return refuse('GATE_EMPTY', 'a gate needs objectives or approvals; lift it if it is to need nothing');
  const absent = gate.objectives.find((objective) => !active.has(objective));
  if (absent !== undefined) return refuse('OBJECTIVE_UNKNOWN', `there is no objective ${absent}`);
  const held = gates.get(gateName(gate));
  if (held !== undefined && isSame(held, gate)) return nothingToDo();
  const { of, target, before } = gate;
  const data = { of, target, objectives: [...gate.objectives], approvals: [...gate.approvals], before };
  return decided([{ type: 'gate.set', data }]);
}

export function liftGate(of: Gate['of'], target: GateTarget, gates: Gates): Decided {
  if (!gates.has(gateName({ of, target }))) return refuse('GATE_UNKNOWN', 'there is no such gate');
  return decided([{ type: 'gate.lifted', data: { of, target } }]);
}

/** Gates of projects are one stream: a promotion is decided on all of them. */
export type ProjectGateCommand =
  | (Readonly<{ name: 'set-project-gate'; project: string; target: GateTarget; active?: ReadonlySet<string> }> & Needs)
  | Readonly<{ name: 'lift-project-gate'; project: string; target: GateTarget }>;
export const PROJECT_GATES_SUBJECT = 'gates/projects';

/** Pure. */
export function decideProjectGate(command: ProjectGateCommand, gates: Gates): Decided {
  const of = { kind: 'project', id: command.project } as const;
  if (command.name === 'lift-project-gate') return liftGate(of, command.target, gates);
  const { target, objectives, approvals, before, active = new Set<string>() } = command;
  const set = setGate({ of, target, objectives, approvals, before }, gates, active);
  return set.ok ? decided(set.value.events, { need: [projectClaim(command.project)] }) : set;
}
