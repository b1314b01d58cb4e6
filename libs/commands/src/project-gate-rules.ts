import {
  decideProjectGate,
  evolveGates,
  type GateChange,
  type GateRefusal,
  type Gates,
  noGates,
  PROJECT_GATES_SUBJECT,
  type ProjectGateCommand,
} from '@runledger/domain';
import { Fault } from '@runledger/kernel';
import { activeObjectives } from './consult-model';
import { noProject } from './objective-rules';
import { type RefusalKinds, refusing } from './refusals';
import type { Rules } from './rules';

export const GATE_KINDS: RefusalKinds<GateRefusal> = {
  OBJECTIVE_UNKNOWN: 'missing',
  GATE_UNKNOWN: 'missing',
  GATE_EMPTY: 'invalid',
};

export type ProjectGateResult = Readonly<{ project: string }>;

/** How commands about gates of projects are answered; what becomes of them is the domain's. */
export const projectGateRules: Rules<ProjectGateCommand, Gates, GateChange, ProjectGateResult> = {
  subject: () => PROJECT_GATES_SUBJECT,
  initial: noGates,
  evolve: evolveGates,
  async consult(command, _of, look) {
    if (command.name === 'lift-project-gate') return command;
    const active = await activeObjectives(look, command.objectives);
    return { ...command, active: new Set(active.map(({ objective }) => objective)) };
  },
  decide: decideProjectGate,
  result: ({ project }) => ({ project }),
  taken: () => new Fault('bug', 'COMMANDS_UNKNOWN_CLAIM', 'gates have no names'),
  absent: noProject,
  refused: refusing(GATE_KINDS),
};
