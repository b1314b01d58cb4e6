import { isDeepStrictEqual } from 'node:util';
import type { BoardForm, BoardPanel } from '@runledger/contracts';
import { type Outcome, refuse } from '@runledger/kernel';
import type { Board, BoardChange } from './board';
import { type Decision, decided, nothingToDo } from './decision';

export type BoardCommand =
  | Readonly<{
      name: 'save-board';
      board: string;
      form: BoardForm;
      as: string;
      panels: BoardPanel[];
      /** The number of the board that it was saved over; absent: whatever is there. */
      over?: number | undefined;
    }>
  | Readonly<{ name: 'delete-board'; board: string }>;
export type BoardRefusal = 'BOARD_UNKNOWN' | 'BOARD_CHANGED';

export const boardSubject = (board: string): string => `board/${board}`;

type Decided = Outcome<Decision<BoardChange>, BoardRefusal>;

function save({ board: id, form, as, panels, over }: Extract<BoardCommand, { as: string }>, board: Board): Decided {
  const isSame = isDeepStrictEqual([board.form, board.name, board.panels], [form, as, panels]);
  if (board.status === 'active' && isSame) return nothingToDo();
  if (over !== undefined && over !== board.number)
    return refuse('BOARD_CHANGED', 'somebody else has saved this meanwhile; read it again');
  return decided([{ type: 'board.saved', data: { board: id, number: board.number + 1, form, name: as, panels } }]);
}

/** Pure. Nobody's work is saved over by somebody who has not seen it; what was deleted is there again once it is saved. */
export function decideBoard(command: BoardCommand, board: Board): Decided {
  if (command.name === 'save-board') return save(command, board);
  if (board.status === 'unseen') return refuse('BOARD_UNKNOWN', 'there is no such dashboard or report');
  if (board.status === 'deleted') return nothingToDo();
  return decided([{ type: 'board.deleted', data: { board: command.board } }]);
}
