import type { Artifacts } from '@runledger/artifacts';
import type { Reach } from '@runledger/contracts';
import type { CompareAnswer, CompareBody } from '@runledger/contracts/http';
import { Fault } from '@runledger/kernel';
import type { AsOf, CompareReads, FoundRun, OfRun, RunMetric, RunSearches } from '@runledger/postgres';
import { paramValue, runAnswerOf } from './answers';
import { paramImportance } from './compare-importance';
import { comparePatches } from './compare-patches';
import { type Cell, type Row, sideBySide, type Values } from './differences';

/** Params, tags and metrics that one comparison may be made of. */
const MOST_VALUES = 500_000;

type Parts = Readonly<{ search: RunSearches; compare: CompareReads; artifacts: Artifacts }>;
/** `reached`: those of the runs that may be read. */
type Asking = Readonly<{ reach: Reach; reached: readonly string[]; asOf: AsOf | undefined }>;
type Summary = Readonly<{ value: number; last: number; min: number; max: number }>;

const summaryOf = ({ value, last, min, max }: RunMetric): Summary => ({
  value,
  last: last.value,
  min: min ?? Number.NaN,
  max: max ?? Number.NaN,
});

const minus = (a: Summary, b: Summary): Summary => ({
  value: a.value - b.value,
  last: a.last - b.last,
  min: a.min - b.min,
  max: a.max - b.max,
});

function compareMetrics(runs: readonly FoundRun[], baseline: number): CompareAnswer['metrics'] {
  const byRun = runs.map(({ metrics }) => new Map(metrics.map((metric) => [metric.name, summaryOf(metric)])));
  const keys = [...new Set(byRun.flatMap((metrics) => [...metrics.keys()]))].sort();
  return keys.map((key) => {
    const base = byRun[baseline]?.get(key);
    const values = byRun.map((metrics) => {
      const summary = metrics.get(key);
      return summary === undefined ? null : { ...summary, delta: base === undefined ? null : minus(summary, base) };
    });
    return { key, values };
  });
}

/** The members of a row of each run, as values; a list is one text. */
function fieldsOf<V extends object>(
  runs: readonly FoundRun[],
  rows: ReadonlyArray<OfRun<V>>,
  omit: readonly string[],
): Values[] {
  const byRun = new Map(rows.map(({ run, value }) => [run, value]));
  const cell = (value: unknown): Cell => (Array.isArray(value) ? value.join(', ') : (value as Cell));
  return runs.map(({ run }) => {
    const members = Object.entries(byRun.get(run) ?? {}).filter(([name]) => !omit.includes(name));
    return new Map(members.map(([name, value]) => [name, cell(value)]));
  });
}

function compareInputs(runs: readonly FoundRun[], all: boolean): CompareAnswer['inputs'] {
  const nameOf = ({ name, context }: { name: string; context: string }): string => JSON.stringify([name, context]);
  const names = new Map(runs.flatMap(({ inputs }) => inputs.map((input) => [nameOf(input), input])));
  return [...names]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([id, { name, context }]) => {
      const digests = runs.map(({ inputs }) =>
        inputs.filter((input) => nameOf(input) === id).map(({ digest }) => digest),
      );
      const differs = digests.some((one) => JSON.stringify(one) !== JSON.stringify(digests[0]));
      return all || differs ? [{ name, context, digests }] : [];
    });
}

async function importanceOf(
  runs: readonly FoundRun[],
  params: readonly Row[],
  asked: NonNullable<CompareBody['importance']>,
) {
  const target = runs.map(({ metrics }) => {
    const found = metrics.find(({ name }) => name === asked.metric);
    if (found === undefined) return null;
    return summaryOf(found)[asked.value === 'latest' ? 'value' : asked.value];
  });
  return { ...asked, ...(await paramImportance(params, target)) };
}

/**
 * Runs side by side: what differs between them, and which params matter.
 * @throws Fault invalid QUERY_BAD_BASELINE, QUERY_TOO_MANY_VALUES; missing QUERY_NO_RUN
 */
export async function compareRuns(parts: Parts, { reach, reached, asOf }: Asking, body: CompareBody) {
  const { workspace } = reach;
  const { search, compare, artifacts } = parts;
  const named = [...new Set(body.runs)];
  const baseline = body.baseline ?? named[0] ?? '';
  if (!named.includes(baseline))
    throw new Fault('invalid', 'QUERY_BAD_BASELINE', 'the baseline must be one of the runs');
  const asked = { workspace, runs: reached, asOf };
  if ((await compare.countValues(asked, MOST_VALUES)) > MOST_VALUES)
    throw new Fault(
      'invalid',
      'QUERY_TOO_MANY_VALUES',
      `these runs have more than ${MOST_VALUES} params, tags and metrics: compare fewer`,
    );
  const metrics =
    body.metrics === 'all'
      ? body.metrics
      : [...new Set([...body.metrics, ...(body.importance ? [body.importance.metric] : [])])];
  const [runs, codes, environments] = await Promise.all([
    search.load(reach, reached, { params: 'all', tags: 'all', metrics, inputs: true }, asOf),
    compare.codes(asked),
    compare.environments(asked),
  ]);
  const at = runs.findIndex(({ run }) => run === baseline);
  if (at < 0) throw new Fault('missing', 'QUERY_NO_RUN', 'there is no such run as the baseline');
  const params = runs.map((one): Values => new Map(one.params.map((param) => [param.key, paramValue(param)])));
  const tags = runs.map((one): Values => new Map(one.tags.map(({ key, value }) => [key, value])));
  const packages = environments.map(({ run, value }) => ({
    run,
    value: Object.fromEntries(value.packages.map(({ name, version }) => [name, version])),
  }));
  const shown = body.metrics === 'all' ? null : new Set(body.metrics);
  return {
    runs: runs.map(runAnswerOf),
    missing: named.filter((name) => !runs.some(({ run }) => run === name)),
    baseline,
    params: sideBySide(params, body.all),
    tags: sideBySide(tags, body.all),
    metrics: compareMetrics(runs, at).filter(({ key }) => shown === null || shown.has(key)),
    code: sideBySide(fieldsOf(runs, codes, []), body.all),
    environment: sideBySide(fieldsOf(runs, environments, ['packages']), body.all),
    packages: sideBySide(fieldsOf(runs, packages, []), body.all),
    inputs: compareInputs(runs, body.all),
    patches: body.patches ? await comparePatches({ compare, artifacts }, { workspace, runs, codes, at }) : [],
    importance:
      body.importance === undefined ? null : await importanceOf(runs, sideBySide(params, true), body.importance),
  };
}
