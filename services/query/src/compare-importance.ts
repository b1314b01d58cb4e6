import { setImmediate } from 'node:timers/promises';
import { type Feature, IMPORTANCE_METHOD, permutationImportance, spearman } from '@runledger/statistics';
import type { Cell, Row } from './differences';

const FEWEST_RUNS = 10;
const MOST_PARAMS = 200;
const RANK_METHOD =
  "Spearman's rho: Pearson's correlation of ranks, equal values sharing the mean of theirs, over runs that have both; null for params that are not numbers";

const NUMERAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const isNumeral = (value: Cell): boolean =>
  value === null || typeof value === 'number' || (typeof value === 'string' && NUMERAL.test(value));

/** A param whose values are all numbers is one; of anything else, each value is a category. */
function featureOf({ values }: Row): Feature {
  if (values.every(isNumeral))
    return { kind: 'number', values: values.map((value) => (value === null ? Number.NaN : Number(value))) };
  const categories = [...new Set(values.map(String))];
  return { kind: 'category', values: values.map((value) => (value === null ? -1 : categories.indexOf(String(value)))) };
}

/** Those that differ among the runs; of too many, those that most runs have. */
function tried(params: readonly Row[], runs: readonly number[]): Row[] {
  const among = params
    .map(({ key, values }) => ({ key, values: runs.map((run) => values[run] ?? null) }))
    .filter(({ values }) => values.some((value) => value !== values[0]));
  const present = ({ values }: Row): number => values.filter((value) => value !== null).length;
  return among.sort((a, b) => present(b) - present(a) || (a.key < b.key ? -1 : 1)).slice(0, MOST_PARAMS);
}

/** Which params matter to a number that runs have; runs without a finite one are left out. */
export async function paramImportance(params: readonly Row[], target: ReadonlyArray<number | null>) {
  const runs = target.flatMap((value, run) => (value !== null && Number.isFinite(value) ? [run] : []));
  const methods = { rankCorrelation: RANK_METHOD, importance: IMPORTANCE_METHOD };
  if (runs.length < FEWEST_RUNS) return { runs: runs.length, methods, params: [] };
  const rows = tried(params, runs);
  const features = rows.map(featureOf);
  const goal = runs.map((run) => target[run] as number);
  const importance = await permutationImportance(features, goal, () => setImmediate());
  const found = rows.map(({ key }, i) => {
    const { kind, values } = features[i] as Feature;
    return {
      key,
      kind,
      rankCorrelation: kind === 'number' ? spearman(values, goal) : null,
      importance: importance[i] ?? 0,
    };
  });
  return {
    runs: runs.length,
    methods,
    params: found.sort((a, b) => b.importance - a.importance || (a.key < b.key ? -1 : 1)),
  };
}
