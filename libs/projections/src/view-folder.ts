import { type DecisionOf, VIEW_DECISIONS, type ViewRow } from '@runledger/contracts';
import { defineFolder, savedBy } from './catalog-folder';

export const viewFolder = defineFolder<DecisionOf<typeof VIEW_DECISIONS>, ViewRow>({
  types: VIEW_DECISIONS,
  keys: ({ workspace, event }) => [{ workspace, id: event.data.view, name: '' }],
  evolve(row, decision) {
    const { event } = decision;
    if (event.type === 'view.deleted') return null;
    const { experiment, name, search } = event.data;
    return { experiment, name, search, ...savedBy(row, decision) };
  },
});
