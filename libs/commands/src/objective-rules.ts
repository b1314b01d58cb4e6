import {
  decideObjective,
  evolveObjective,
  type Objective,
  type ObjectiveChange,
  type ObjectiveCommand,
  type ObjectiveRefusal,
  objectiveSubject,
  unseenObjective,
} from '@runledger/domain';
import { Fault } from '@runledger/kernel';
import { nameTaken, type RefusalKinds, refusing } from './refusals';
import type { Rules } from './rules';

const KINDS: RefusalKinds<ObjectiveRefusal> = {
  OBJECTIVE_UNKNOWN: 'missing',
  OBJECTIVE_NAME_TAKEN: 'conflict',
  OBJECTIVE_ELSEWHERE: 'conflict',
};

/** `number` says which definition it is. */
export type ObjectiveResult = Readonly<{ objective: string; number: number; status: 'active' | 'retired' }>;

/** The refusal of what is to be in a project that is not there. */
export const noProject = (): Fault => new Fault('missing', 'PROJECT_UNKNOWN', 'there is no such project');

/** How commands about objectives are answered; what becomes of them is the domain's. */
export const objectiveRules: Rules<ObjectiveCommand, Objective, ObjectiveChange, ObjectiveResult> = {
  subject: ({ objective }) => objectiveSubject(objective),
  initial: unseenObjective,
  evolve: evolveObjective,
  decide: decideObjective,
  result: ({ objective }, { number, status }) => ({
    objective,
    number,
    status: status === 'active' ? 'active' : 'retired',
  }),
  taken: ({ name }, by) =>
    nameTaken('OBJECTIVE_NAME_TAKEN', name.split('/').slice(2).join('/'), {
      objective: by.slice(objectiveSubject('').length),
    }),
  absent: noProject,
  refused: refusing(KINDS),
};
