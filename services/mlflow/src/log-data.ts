import type { Principal } from '@runledger/access';
import { type LogRecord, metricRecord, writeMetricBatch } from '@runledger/contracts';
import { Fault, uuidv7 } from '@runledger/kernel';
import type { MlflowRoom } from './mlflow-room';
import type { MetricColumns } from './read-metrics';
import { RUN_NAME_TAG } from './run-answer';
import { factRecord, type NewFact, SOURCE } from './run-facts';

export type Named = Readonly<{ key: string; value: string }>;
/** What one request logs to a run. */
export type RunData = Readonly<{
  metrics: MetricColumns | null;
  params: readonly Named[];
  tags: readonly Named[];
  /** What the metrics say of logged models, as facts. */
  measured?: readonly NewFact[];
}>;

/** Longest value of a param or a tag, in UTF-8 bytes: kept whole, where MLflow's own server cuts at 6,000 and 8,000 characters. */
const MAX_VALUE_BYTES = 65_536;

/** @throws Fault invalid MLFLOW_LONG_VALUE */
export function checkValue({ key, value }: Named, what: 'param' | 'tag'): void {
  if (value.length > MAX_VALUE_BYTES / 3 && Buffer.byteLength(value) > MAX_VALUE_BYTES)
    throw new Fault(
      'invalid',
      'MLFLOW_LONG_VALUE',
      `The value of ${what} '${key}' has more than ${MAX_VALUE_BYTES} bytes: log it as an artifact.`,
    );
}

function metricsRecord({ workspace, actor }: Principal, run: string, columns: MetricColumns): LogRecord {
  const now = Date.now();
  const batch = { run, writer: '', sequence: undefined, id: uuidv7(), time: now, ...columns };
  const shared = { workspace, actor, source: SOURCE, recordedtime: new Date(now).toISOString() };
  return metricRecord(batch, writeMetricBatch(batch), shared);
}

/** A tag that names the run renames it. */
export function tagFacts(tags: readonly Named[]): NewFact[] {
  if (tags.length === 0) return [];
  const named = tags.findLast(({ key, value }) => key === RUN_NAME_TAG && value !== '')?.value;
  const set: NewFact = { type: 'tags.set', data: { tags: tags.map(({ key, value }) => ({ key, value })) } };
  return named === undefined ? [set] : [set, { type: 'run.updated', data: { name: named } }];
}

/**
 * The params that are new. One that the run has already with the same value is no change.
 * @throws Fault invalid MLFLOW_PARAM_CHANGED
 */
async function newParams(
  { searches }: MlflowRoom,
  who: Principal,
  run: string,
  params: readonly Named[],
): Promise<Named[]> {
  if (params.length === 0) return [];
  const [found] = await searches.load(who, [run], { params: params.map(({ key }) => key) });
  const had = new Map(found?.params.map(({ key, value }) => [key, value]));
  for (const { key, value } of params) {
    const before = had.get(key);
    if (before !== undefined && before !== value)
      throw new Fault(
        'invalid',
        'MLFLOW_PARAM_CHANGED',
        `Changing param values is not allowed. Param with key='${key}' was already logged with value='${before.slice(0, 500)}' for run ID='${run}'. Attempted logging new value '${value.slice(0, 500)}'.`,
      );
  }
  return params.filter(({ key }) => !had.has(key));
}

/** @throws Fault invalid MLFLOW_REPEATED_PARAM */
function checkRepeats(params: readonly Named[]): void {
  const seen = new Set<string>();
  for (const { key } of params) {
    if (seen.has(key))
      throw new Fault('invalid', 'MLFLOW_REPEATED_PARAM', `Duplicate parameter keys have been submitted: ['${key}']`);
    seen.add(key);
  }
}

/** Answers how many points they are. @throws Fault overloaded LIMITS_EXCEEDED */
async function takeQuotas(
  { quotas }: MlflowRoom,
  who: Principal,
  run: string,
  metrics: MetricColumns | null,
): Promise<number> {
  if (metrics === null || metrics.values.length === 0) return 0;
  await quotas.takeSeries(who, run, metrics.keys);
  await quotas.take(who, 'points', metrics.values.length);
  return metrics.values.length;
}

/** Metrics alone are published without a look at the run, if nothing has moved since the last one. */
async function logUnmoved({ gate, publishUnmoved }: MlflowRoom, who: Principal, run: string, data: RunData) {
  if (publishUnmoved === undefined || data.metrics === null) return false;
  if (data.params.length + data.tags.length + (data.measured?.length ?? 0) > 0) return false;
  const since = gate.since(who, run);
  if (since === undefined) return false;
  return (await publishUnmoved([metricsRecord(who, run, data.metrics)], since)) !== undefined;
}

/** Looks at the run, then publishes everything. Of what is refused, nothing is stored. */
export async function logData(room: MlflowRoom, who: Principal, run: string, data: RunData): Promise<void> {
  checkRepeats(data.params);
  for (const param of data.params) checkValue(param, 'param');
  for (const tag of data.tags) checkValue(tag, 'tag');
  const points = await takeQuotas(room, who, run, data.metrics);
  if (points > 0 && (await logUnmoved(room, who, run, data))) return;
  await room.gate.active(who, run);
  const params = await newParams(room, who, run, data.params);
  const facts: NewFact[] = [
    ...(params.length === 0 ? [] : [{ type: 'params.logged' as const, data: { params } }]),
    ...tagFacts(data.tags),
    ...(data.measured ?? []),
  ];
  const records = facts.length === 0 ? [] : [factRecord(who, run, facts)];
  if (data.metrics !== null && points > 0) records.push(metricsRecord(who, run, data.metrics));
  if (records.length > 0) await room.publish(records);
}
