import { type Board, evolveBoard, unseenBoard } from './board';
import { decideBoard } from './decide-board';

const text = { panel: 'p1', title: '', width: 6, height: 2, content: { kind: 'text' as const, markdown: 'hello' } };
const save = (over?: number, as = 'Weekly') => ({
  name: 'save-board' as const,
  board: 'b1',
  form: 'report' as const,
  as,
  panels: [text],
  over,
});
const remove = { name: 'delete-board', board: 'b1' } as const;
const after = (command: Parameters<typeof decideBoard>[0], board: Board): Board => {
  const outcome = decideBoard(command, board);
  if (!outcome.ok) throw new Error(outcome.code);
  return outcome.value.events.reduce(evolveBoard, board);
};

it('is saved whole, with a number that counts', () => {
  const saved = after(save(0), unseenBoard);
  expect(saved).toEqual({ status: 'active', form: 'report', name: 'Weekly', number: 1, panels: [text] });
  expect(after(save(1, 'Daily'), saved)).toMatchObject({ name: 'Daily', number: 2 });
  expect(decideBoard(save(7), saved)).toMatchObject({ value: { events: [] } });
});

it('is not saved over what nobody has seen', () => {
  const saved = after(save(), unseenBoard);
  expect(decideBoard(save(0, 'Daily'), saved)).toMatchObject({ ok: false, code: 'BOARD_CHANGED' });
});

it('is deleted once, and there again once it is saved', () => {
  expect(decideBoard(remove, unseenBoard)).toMatchObject({ ok: false, code: 'BOARD_UNKNOWN' });
  const deleted = after(remove, after(save(), unseenBoard));
  expect(decideBoard(remove, deleted)).toMatchObject({ value: { events: [] } });
  expect(after(save(), deleted)).toMatchObject({ status: 'active', number: 2 });
});
