import type { BOARD_DECISIONS, BoardForm, BoardPanel, ChangeOf } from '@runledger/contracts';

export type BoardChange = ChangeOf<typeof BOARD_DECISIONS>;

export type Board = Readonly<{
  status: 'unseen' | 'active' | 'deleted';
  form: BoardForm;
  name: string;
  number: number;
  panels: readonly BoardPanel[];
}>;
export const unseenBoard: Board = { status: 'unseen', form: 'dashboard', name: '', number: 0, panels: [] };

/** Total: what was decided is never decided again. */
export function evolveBoard(board: Board, event: BoardChange): Board {
  switch (event.type) {
    case 'board.saved': {
      const { form, name, number, panels } = event.data;
      return { status: 'active', form, name, number, panels };
    }
    case 'board.deleted':
      return { ...board, status: 'deleted' };
    default:
      return event satisfies never;
  }
}
