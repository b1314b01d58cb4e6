import { COMMENT_DECISIONS, type CommentRow, type DecisionOf } from '@runledger/contracts';
import { defineFolder, savedBy } from './catalog-folder';

export const commentFolder = defineFolder<DecisionOf<typeof COMMENT_DECISIONS>, CommentRow>({
  types: COMMENT_DECISIONS,
  keys: ({ workspace, event }) =>
    event.type === 'comment.mentioned' ? [] : [{ workspace, id: event.data.comment, name: '' }],
  evolve(row, decision) {
    const { event, at } = decision;
    if (event.type !== 'comment.written') return null;
    const { about, text, mentions } = event.data;
    return { about, text, mentions, author: row?.author ?? at.actor, ...savedBy(row, decision) };
  },
});
