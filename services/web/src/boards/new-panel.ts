import type { BoardPanel } from '@runledger/contracts/http';

type Kind = BoardPanel['content']['kind'];

export const PANEL_KINDS: ReadonlyArray<Readonly<{ kind: Kind; label: string }>> = [
  { kind: 'text', label: 'Add text' },
  { kind: 'runs', label: 'Add runs' },
  { kind: 'curves', label: 'Add curves' },
];

const SOURCE = { experiment: 'default', view: null, search: '' };
const EMPTY: Readonly<Record<Kind, BoardPanel['content']>> = {
  text: { kind: 'text', markdown: '' },
  runs: { kind: 'runs', ...SOURCE, most: 10, asOf: null },
  curves: { kind: 'curves', ...SOURCE, metric: '', most: 10, asOf: null },
};
const HEIGHTS: Readonly<Record<Kind, number>> = { text: 2, runs: 3, curves: 3 };

/** A panel with nothing in it yet. A report is as wide as a page. */
export const newPanel = (kind: Kind, form: 'dashboard' | 'report'): BoardPanel => ({
  panel: crypto.randomUUID(),
  title: '',
  width: form === 'report' ? 12 : 6,
  height: HEIGHTS[kind],
  content: EMPTY[kind],
});
