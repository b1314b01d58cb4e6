import type { BoardForm } from '@runledger/contracts';
import {
  type Board,
  type BoardChange,
  type BoardCommand,
  type BoardRefusal,
  boardSubject,
  decideBoard,
  evolveBoard,
  unseenBoard,
} from '@runledger/domain';
import { Fault } from '@runledger/kernel';
import { needsNothing, type RefusalKinds, refusing } from './refusals';
import type { Rules } from './rules';

const KINDS: RefusalKinds<BoardRefusal> = { BOARD_UNKNOWN: 'missing', BOARD_CHANGED: 'conflict' };

export type BoardResult = Readonly<{
  board: string;
  form: BoardForm;
  name: string;
  number: number;
  lifecycle: 'active' | 'deleted';
}>;

/** How commands about dashboards and reports are answered; what becomes of them is the domain's. */
export const boardRules: Rules<BoardCommand, Board, BoardChange, BoardResult> = {
  subject: ({ board }) => boardSubject(board),
  initial: unseenBoard,
  evolve: evolveBoard,
  decide: decideBoard,
  result: ({ board }, { status, form, name, number }) => ({
    board,
    form,
    name,
    number,
    lifecycle: status === 'active' ? 'active' : 'deleted',
  }),
  taken: () => new Fault('bug', 'COMMANDS_UNKNOWN_CLAIM', 'dashboards claim no names'),
  absent: needsNothing,
  refused: refusing(KINDS),
};
