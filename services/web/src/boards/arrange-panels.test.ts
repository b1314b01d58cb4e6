import type { BoardPanel } from '@runledger/contracts/http';
import { arrangedByKey, droppedPanel, movedPanel, resizedPanel } from './arrange-panels';

const panel = (id: string): BoardPanel => ({
  panel: id,
  title: '',
  width: 6,
  height: 2,
  content: { kind: 'text', markdown: '' },
});
const three = ['a', 'b', 'c'].map(panel);
const order = (panels: readonly BoardPanel[] | null): string | undefined => panels?.map((one) => one.panel).join('');

it('moves a panel among the others, as far as there are places', () => {
  expect(order(movedPanel(three, 'a', 1))).toBe('bac');
  expect(order(movedPanel(three, 'a', 9))).toBe('bca');
  expect(order(movedPanel(three, 'x', 1))).toBe('abc');
  expect(order(droppedPanel(three, 'a', 'c'))).toBe('bca');
  expect(order(droppedPanel(three, 'c', 'a'))).toBe('cab');
  expect(order(droppedPanel(three, 'c', 'x'))).toBe('abc');
});

it('sizes it within what there is', () => {
  expect(resizedPanel(three, 'b', { width: 99, height: 0 })[1]).toMatchObject({ width: 12, height: 1 });
  expect(resizedPanel(three, 'b', { width: 3.4, height: 2.6 })[1]).toMatchObject({ width: 3, height: 3 });
});

it('goes by keys: arrows move, with Shift they size, others do nothing', () => {
  const press = (key: string, shiftKey = false) => arrangedByKey(three, 'b', { key, shiftKey });
  expect(order(press('ArrowLeft'))).toBe('bac');
  expect(order(press('ArrowDown'))).toBe('acb');
  expect(press('ArrowRight', true)?.[1]).toMatchObject({ width: 7, height: 2 });
  expect(press('ArrowUp', true)?.[1]).toMatchObject({ width: 6, height: 1 });
  expect(press('x')).toBeNull();
  expect(arrangedByKey(three, 'x', { key: 'ArrowUp', shiftKey: false })).toBeNull();
});
