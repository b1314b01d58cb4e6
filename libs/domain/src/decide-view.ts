import { type Outcome, refuse } from '@runledger/kernel';
import { type Claim, type Decision, decided, nothingToDo } from './decision';
import type { View, ViewChange } from './view';

export type ViewCommand =
  | Readonly<{ name: 'save-view'; view: string; experiment: string; as: string; search: string }>
  | Readonly<{ name: 'delete-view'; view: string }>;

/** The journal refuses a name that is taken. */
export type ViewRefusal = 'VIEW_UNKNOWN' | 'VIEW_NAME_TAKEN';

export const viewSubject = (view: string): string => `view/${view}`;
/** No id holds a slash. */
const viewNameClaim = (experiment: string, name: string): Claim => ({
  kind: 'view-name',
  name: `${experiment}/${name}`,
});

type Decided = Outcome<Decision<ViewChange>, ViewRefusal>;

function save({ view: id, experiment, as, search }: Extract<ViewCommand, { as: string }>, view: View): Decided {
  const isThere = view.status === 'active';
  const keepsName = isThere && view.experiment === experiment && view.name === as;
  if (keepsName && view.search === search) return nothingToDo();
  return decided([{ type: 'view.saved', data: { view: id, experiment, name: as, search } }], {
    take: keepsName ? [] : [viewNameClaim(experiment, as)],
    release: isThere && !keepsName ? [viewNameClaim(view.experiment, view.name)] : [],
  });
}

/** Pure. A view that was deleted is there again once it is saved. */
export function decideView(command: ViewCommand, view: View): Decided {
  if (command.name === 'save-view') return save(command, view);
  if (view.status === 'unseen') return refuse('VIEW_UNKNOWN', 'there is no such view');
  if (view.status === 'deleted') return nothingToDo();
  return decided([{ type: 'view.deleted', data: { view: command.view } }], {
    release: [viewNameClaim(view.experiment, view.name)],
  });
}
