import {
  decideView,
  evolveView,
  unseenView,
  type View,
  type ViewChange,
  type ViewCommand,
  type ViewRefusal,
  viewSubject,
} from '@runledger/domain';
import { nameTaken, needsNothing, type RefusalKinds, refusing } from './refusals';
import type { Rules } from './rules';

const KINDS: RefusalKinds<ViewRefusal> = { VIEW_UNKNOWN: 'missing', VIEW_NAME_TAKEN: 'conflict' };

export type ViewResult = Readonly<{
  view: string;
  experiment: string;
  name: string;
  search: string;
  lifecycle: 'active' | 'deleted';
}>;

/** How commands about saved views are answered; what becomes of them is the domain's. */
export const viewRules: Rules<ViewCommand, View, ViewChange, ViewResult> = {
  subject: ({ view }) => viewSubject(view),
  initial: unseenView,
  evolve: evolveView,
  decide: decideView,
  result: ({ view }, { status, experiment, name, search }) => ({
    view,
    experiment,
    name,
    search,
    lifecycle: status === 'active' ? 'active' : 'deleted',
  }),
  taken: ({ name }, by) =>
    nameTaken('VIEW_NAME_TAKEN', name.slice(name.indexOf('/') + 1), { view: by.slice(viewSubject('').length) }),
  absent: needsNothing,
  refused: refusing(KINDS),
};
