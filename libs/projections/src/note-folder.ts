import { type DecisionOf, NOTE_DECISIONS, type NoteRow } from '@runledger/contracts';
import { evolveNote, unwrittenNote } from '@runledger/domain';
import { defineFolder, savedBy } from './catalog-folder';

export const noteFolder = defineFolder<DecisionOf<typeof NOTE_DECISIONS>, NoteRow>({
  types: NOTE_DECISIONS,
  keys: ({ workspace, event }) => [{ workspace, id: event.data.run, name: '' }],
  evolve: (row, decision) => ({ ...evolveNote(row ?? unwrittenNote, decision.event), ...savedBy(row, decision) }),
});
