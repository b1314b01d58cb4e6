import type { Deleters, Rights } from '@runledger/contracts';
import { type Outcome, refuse } from '@runledger/kernel';
import { projectClaim } from './decide-project';
import { type Decision, decided, nothingToDo } from './decision';
import { isLooser, mayLoosen } from './deletion';
import { deletersAt, type Retention, type RetentionChange, termAt } from './retention';

export type DeletersCommand = Readonly<{
  name: 'set-deleters';
  project: string;
  policy: string;
  deleters: Deleters;
  reference: string;
  /** Who says it. */
  rights: Rights;
  /** Now. */
  at: string;
  /** How long it waits until more people delete than before, in ms. */
  delayMs: number;
}>;
export type DeletersRefusal = 'RETENTION_EXISTS' | 'DELETERS_NOT_YOURS';

/** Fewer people at once; more of them a while later, and said again while it waits no later than it would have. */
function fromOf({ deleters, at, delayMs }: DeletersCommand, retention: Retention): string {
  if (!isLooser(deleters, deletersAt(retention, at))) return at;
  const { next } = retention.deleters;
  const waits = next !== null && termAt(retention.deleters, at) !== next;
  if (waits && !isLooser(deleters, next.deleters)) return next.from;
  return new Date(Date.parse(at) + delayMs).toISOString();
}

/** Pure. Whoever changes the project lets fewer delete; who lets more delete must be one who may, and it is told and waits. */
export function decideDeleters(
  command: DeletersCommand,
  retention: Retention,
): Outcome<Decision<RetentionChange>, DeletersRefusal> {
  const { project, policy, at, deleters, reference, rights } = command;
  if (retention.policies.has(policy)) return refuse('RETENTION_EXISTS', 'there is another policy of this id');
  const held = deletersAt(retention, at);
  const { next } = retention.deleters;
  if ((next?.deleters ?? held) === deleters) return nothingToDo();
  if (isLooser(deleters, held) && !mayLoosen(held, rights, project))
    return refuse('DELETERS_NOT_YOURS', 'only an admin of the project lets more people delete than admins');
  const from = fromOf(command, retention);
  return decided([{ type: 'deleters.set', data: { project, policy, at, deleters, from, reference } }], {
    need: [projectClaim(project)],
  });
}
