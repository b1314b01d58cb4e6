import type { CompareAnswer } from '@runledger/contracts/http';

export type ComparedRow = readonly [what: string, key: string, ...values: unknown[]];

const ATTRIBUTES = ['name', 'experiment', 'status'] as const;

const number = (value: number | string): string => (typeof value === 'number' ? String(+value.toPrecision(6)) : value);

type Summary = CompareAnswer['metrics'][number]['values'][number];

/** The latest value, and by how much it is more than the baseline's. */
function metricCell(summary: Summary): string | null {
  if (summary === null) return null;
  const delta = summary.delta?.value;
  if (typeof delta !== 'number' || delta === 0) return number(summary.value);
  return `${number(summary.value)} (${delta > 0 ? '+' : ''}${number(delta)})`;
}

/** What runs hold, side by side, a row each; only what differs, unless all is asked for. */
export function compareRuns(answer: CompareAnswer, isAll: boolean): ComparedRow[] {
  const attributes = ATTRIBUTES.map((key): ComparedRow => ['attribute', key, ...answer.runs.map((run) => run[key])]);
  const parts = [
    ['param', answer.params],
    ['tag', answer.tags],
    ['code', answer.code],
    ['environment', answer.environment],
    ['package', answer.packages],
  ] as const;
  const rows = [
    ...attributes,
    ...parts.flatMap(([what, of]) => of.map(({ key, values }): ComparedRow => [what, key, ...values])),
    ...answer.inputs.map(({ name, digests }): ComparedRow => ['input', name, ...digests.map((some) => some.join(' '))]),
    ...answer.metrics.map(({ key, values }): ComparedRow => ['metric', key, ...values.map(metricCell)]),
  ];
  return isAll ? rows : rows.filter(([, , ...values]) => new Set(values).size > 1);
}

/** Which params matter, the most important first. */
export const importanceRows = ({ importance }: CompareAnswer): unknown[][] =>
  (importance?.params ?? []).map(({ key, importance: share, rankCorrelation }) => [
    key,
    number(share),
    rankCorrelation === null ? null : number(rankCorrelation),
  ]);
