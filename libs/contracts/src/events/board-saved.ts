import { z } from 'zod';
import { BOARD_FORMS, boardPanels } from '../board-panel';
import { defineEvent } from '../define-event';
import { entityId, name } from '../names';

/** A dashboard or a report was saved, for the first time, anew, or after it was deleted: the whole of it. */
export const boardSaved = defineEvent({
  type: 'board.saved',
  topic: 'catalog',
  version: 1,
  data: z.strictObject({
    board: entityId,
    /** How often it has been saved, this time included. */
    number: z.int().min(1),
    form: z.enum(BOARD_FORMS),
    name: name(200),
    panels: boardPanels,
  }),
  lifts: {},
});
