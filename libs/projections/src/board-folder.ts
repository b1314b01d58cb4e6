import { BOARD_DECISIONS, type BoardRow, type DecisionOf } from '@runledger/contracts';
import { defineFolder, savedBy } from './catalog-folder';

export const boardFolder = defineFolder<DecisionOf<typeof BOARD_DECISIONS>, BoardRow>({
  types: BOARD_DECISIONS,
  keys: ({ workspace, event }) => [{ workspace, id: event.data.board, name: '' }],
  evolve(row, decision) {
    const { event } = decision;
    if (event.type === 'board.deleted') return null;
    const { form, name, number, panels } = event.data;
    return { form, name, number, panels, ...savedBy(row, decision) };
  },
});
