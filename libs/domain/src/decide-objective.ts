import type { ObjectiveDefinition, ObjectiveScope } from '@runledger/contracts';
import { type Outcome, refuse } from '@runledger/kernel';
import { projectClaim } from './decide-project';
import { type Claim, type Decision, decided, nothingToDo } from './decision';
import type { Objective, ObjectiveChange } from './objective';

export type ObjectiveCommand =
  | Readonly<{ name: 'define-objective'; objective: string; scope: ObjectiveScope; definition: ObjectiveDefinition }>
  | Readonly<{ name: 'retire-objective'; objective: string }>;

/** The journal refuses a name that is taken. */
export type ObjectiveRefusal = 'OBJECTIVE_UNKNOWN' | 'OBJECTIVE_NAME_TAKEN' | 'OBJECTIVE_ELSEWHERE';

export const objectiveSubject = (objective: string): string => `objective/${objective}`;
/** Ids hold no slash. */
const nameClaim = ({ kind, id }: ObjectiveScope, name: string): Claim => ({
  kind: 'objective-name',
  name: `${kind}/${id}/${name}`,
});

type Decided = Outcome<Decision<ObjectiveChange>, ObjectiveRefusal>;
type Define = Extract<ObjectiveCommand, { name: 'define-objective' }>;

const MEMBERS = ['name', 'metric', 'aggregate', 'comparison', 'threshold', 'dataset', 'slice'] as const;
const isSame = (a: ObjectiveDefinition, b: ObjectiveDefinition): boolean =>
  MEMBERS.every((member) => a[member] === b[member]);

function define({ objective, scope, definition }: Define, before: Objective): Decided {
  const isThere = before.status === 'active';
  if (before.status !== 'unseen' && (before.scope.kind !== scope.kind || before.scope.id !== scope.id))
    return refuse('OBJECTIVE_ELSEWHERE', 'an objective stays with its project or experiment; define another one');
  if (isThere && isSame(before.definition, definition)) return nothingToDo();
  const keepsName = isThere && before.definition.name === definition.name;
  const data = { objective, number: before.number + 1, scope, ...definition };
  return decided([{ type: 'objective.defined', data }], {
    take: keepsName ? [] : [nameClaim(scope, definition.name)],
    release: isThere && !keepsName ? [nameClaim(scope, before.definition.name)] : [],
    need: scope.kind === 'project' ? [projectClaim(scope.id)] : [],
  });
}

/** Pure. An objective that was retired is there again once it is defined anew. */
export function decideObjective(command: ObjectiveCommand, before: Objective): Decided {
  if (command.name === 'define-objective') return define(command, before);
  if (before.status === 'unseen') return refuse('OBJECTIVE_UNKNOWN', 'there is no such objective');
  if (before.status === 'retired') return nothingToDo();
  return decided([{ type: 'objective.retired', data: { objective: command.objective } }], {
    release: [nameClaim(before.scope, before.definition.name)],
  });
}
