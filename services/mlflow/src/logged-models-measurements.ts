import { entityId } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import type { MetricColumns } from './read-metrics';
import type { NewFact } from './run-facts';

type Said = Readonly<Record<string, unknown>>;

const bad = (at: number, what: string): Fault =>
  new Fault('invalid', 'MLFLOW_BAD_METRIC', `Invalid value for parameter 'metrics[${at}]' supplied: ${what}`);

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

function datasetOf({ dataset_name, dataset_digest }: Said): { name: string; digest: string } | undefined {
  const name = textOf(dataset_name);
  return name === undefined ? undefined : { name, digest: textOf(dataset_digest) ?? '' };
}

/** JSON has no words for them. */
const valueOf = (value: number): number | string => (Number.isFinite(value) ? value : String(value));
const int64Of = (value: bigint | undefined): number | string => {
  const exact = value ?? 0n;
  return exact >= BigInt(Number.MIN_SAFE_INTEGER) && exact <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(exact)
    : exact.toString();
};

/**
 * The metrics of a request that are about a logged model, as a fact beside the points. `columns` are the same metrics, read.
 * Most requests have none, and cost one look at each item.
 * @throws Fault invalid MLFLOW_BAD_METRIC
 */
export function measuredFacts(items: readonly unknown[], columns: MetricColumns): NewFact[] {
  const measurements = items.flatMap((item, at) => {
    const { model_id, ...said } = item as Said;
    if (model_id === undefined || model_id === null || model_id === '') return [];
    const loggedModel = entityId.safeParse(model_id);
    if (!loggedModel.success) throw bad(at, 'model_id must be the id of a logged model');
    const dataset = datasetOf(said);
    return [
      {
        loggedModel: loggedModel.data,
        key: columns.keys[columns.keyIndex[at] ?? 0],
        value: valueOf(columns.values[at] ?? 0),
        step: int64Of(columns.steps[at]),
        time: int64Of(columns.times[at]),
        ...(dataset === undefined ? {} : { dataset }),
      },
    ];
  });
  return measurements.length === 0 ? [] : [{ type: 'models.measured', data: { measurements } }];
}
