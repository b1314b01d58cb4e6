import type { BoardPanel } from '@runledger/contracts/http';

export const COLUMNS = 12;
export const LIMITS = { width: [2, COLUMNS], height: [1, 12], panels: 50 } as const;

const within = (value: number, [least, most]: readonly [number, number]): number =>
  Math.max(least, Math.min(most, Math.round(value)));

/** The panels with one of them moved by `by` places, as far as there are places. */
export function movedPanel(panels: readonly BoardPanel[], id: string, by: number): BoardPanel[] {
  const from = panels.findIndex(({ panel }) => panel === id);
  const one = panels[from];
  if (one === undefined) return [...panels];
  const rest = panels.filter(({ panel }) => panel !== id);
  rest.splice(Math.max(0, Math.min(rest.length, from + by)), 0, one);
  return rest;
}

/** The panels with one of them where another one stands, which makes room. */
export function droppedPanel(panels: readonly BoardPanel[], id: string, onto: string): BoardPanel[] {
  const [from, to] = [id, onto].map((one) => panels.findIndex(({ panel }) => panel === one));
  return from === undefined || to === undefined || from < 0 || to < 0 ? [...panels] : movedPanel(panels, id, to - from);
}

type Size = Readonly<{ width: number; height: number }>;

/** The panels with one of them as wide and as high as can be of what was asked for. */
export const resizedPanel = (panels: readonly BoardPanel[], id: string, { width, height }: Size): BoardPanel[] =>
  panels.map((one) =>
    one.panel === id ? { ...one, width: within(width, LIMITS.width), height: within(height, LIMITS.height) } : one,
  );

const MOVES: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };
const GROWS: Readonly<Record<string, Size>> = {
  ArrowLeft: { width: -1, height: 0 },
  ArrowRight: { width: 1, height: 0 },
  ArrowUp: { width: 0, height: -1 },
  ArrowDown: { width: 0, height: 1 },
};

/** What a key on a panel's handle does: arrows move it in the order of reading, with Shift they size it. Null: nothing. */
export function arrangedByKey(
  panels: readonly BoardPanel[],
  id: string,
  { key, shiftKey }: Readonly<{ key: string; shiftKey: boolean }>,
): BoardPanel[] | null {
  const one = panels.find(({ panel }) => panel === id);
  const [move, grow] = [MOVES[key], GROWS[key]];
  if (one === undefined || move === undefined || grow === undefined) return null;
  if (!shiftKey) return movedPanel(panels, id, move);
  return resizedPanel(panels, id, { width: one.width + grow.width, height: one.height + grow.height });
}
