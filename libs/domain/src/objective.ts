import type { ChangeOf, OBJECTIVE_DECISIONS, ObjectiveDefinition, ObjectiveScope } from '@runledger/contracts';

export type ObjectiveChange = ChangeOf<typeof OBJECTIVE_DECISIONS>;

/** `number` says which definition it is; a retired objective keeps its last one. */
export type Objective = Readonly<{
  status: 'unseen' | 'active' | 'retired';
  objective: string;
  number: number;
  scope: ObjectiveScope;
  definition: ObjectiveDefinition;
}>;
export const unseenObjective: Objective = {
  status: 'unseen',
  objective: '',
  number: 0,
  scope: { kind: 'project', id: '' },
  definition: { name: '', metric: '', aggregate: 'latest', comparison: '>=', threshold: 0 },
};

/** Total: what was decided is never decided again. */
export function evolveObjective(before: Objective, event: ObjectiveChange): Objective {
  switch (event.type) {
    case 'objective.defined': {
      const { objective, number, scope, ...definition } = event.data;
      return { status: 'active', objective, number, scope, definition };
    }
    case 'objective.retired':
      return { ...before, status: 'retired' };
    default:
      return event satisfies never;
  }
}
