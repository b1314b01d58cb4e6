import { isFault, type Logger } from '@runledger/kernel';
import { readMetricStates } from '@runledger/postgres';
import {
  type Condition,
  type CrossedPoint,
  crossedBefore,
  crossingName,
  findCrossing,
  type LoggedPoint,
  type MetricState,
  noteCrossings,
  parseCondition,
  readWatches,
  type Watch,
} from '@runledger/webhooks';
import type { EntityManager } from 'typeorm';
import type { KeptBatch } from './series-range';

/**
 * Notes which runs these batches bring to a point at which a webhook's condition holds, given what was summed up of them before. In the
 * transaction that moves past them: each range is looked at once, whoever dies in between.
 */
export type Thresholds = (tx: EntityManager, partition: number, batches: readonly KeptBatch[]) => Promise<void>;

export const noThresholds: Thresholds = async () => undefined;

type Read = Readonly<{ watch: Watch; condition: Condition }>;
type Point = LoggedPoint & Readonly<Pick<CrossedPoint, 'offset' | 'ordinal' | 'recordedAt'>>;
/** The batches of one run, in the order of the log. */
type RunBatches = Readonly<{ run: string; series: number; batches: readonly KeptBatch[] }>;

/** A condition that a newer release took, and this one cannot read, is for that one to look for: it holds up nobody's points. */
function readAll(watches: readonly Watch[], logger: Logger): Read[] {
  return watches.flatMap((watch) => {
    try {
      return [{ watch, condition: parseCondition(watch.condition) }];
    } catch (err) {
      if (!isFault(err) || err.kind !== 'invalid') throw err;
      logger.warn({ err, webhook: watch.webhook }, 'the condition of a webhook cannot be read');
      return [];
    }
  });
}

function runsOf(batches: readonly KeptBatch[]): RunBatches[] {
  const runs = new Map<number, { run: string; series: number; batches: KeptBatch[] }>();
  for (const one of batches) {
    const known = runs.get(one.series);
    if (known === undefined) runs.set(one.series, { run: one.batch.run, series: one.series, batches: [one] });
    else known.batches.push(one);
  }
  return [...runs.values()];
}

/** The points of these metrics, in one object that is another point each time. */
function* pointsOf(batches: readonly KeptBatch[], keys: ReadonlySet<string>): Generator<Point> {
  const point = { key: '', step: 0n, time: 0n, value: 0, offset: 0, ordinal: 0, recordedAt: 0 };
  for (const { batch, offset, time: recordedAt } of batches) {
    Object.assign(point, { offset, recordedAt });
    const isWatched = batch.keys.map((key) => keys.has(key));
    if (!isWatched.includes(true)) continue;
    for (let ordinal = 0; ordinal < batch.values.length; ordinal++) {
      const index = batch.keyIndex[ordinal] as number;
      if (!isWatched[index]) continue;
      point.key = batch.keys[index] as string;
      point.step = batch.steps[ordinal] as bigint;
      point.time = batch.times[ordinal] as bigint;
      point.value = batch.values[ordinal] as number;
      point.ordinal = ordinal;
      yield point;
    }
  }
}

const logs = ({ batches }: RunBatches, { keys }: Condition): boolean =>
  batches.some(({ batch }) => batch.keys.some((key) => keys.has(key)));

/** Metrics as they were summed up before these batches, by series and name. */
async function statesBefore(
  tx: EntityManager,
  workspace: string,
  pairs: ReadonlyArray<readonly [Read, RunBatches]>,
): Promise<(series: number) => ReadonlyMap<string, MetricState>> {
  const rows = await readMetricStates(tx, workspace, {
    series: [...new Set(pairs.map(([, { series }]) => series))],
    keys: pairs.flatMap(([{ condition }]) => [...condition.keys]),
  });
  const states = new Map<number, Map<string, MetricState>>();
  for (const { series, key, min, max, ...rest } of rows) {
    const state = { ...rest, min: min ?? Number.NaN, max: max ?? Number.NaN };
    const ofSeries = states.get(series) ?? new Map<string, MetricState>();
    states.set(series, ofSeries.set(key, state));
  }
  return (series) => states.get(series) ?? new Map();
}

async function lookIn(
  tx: EntityManager,
  partition: number,
  watches: readonly Read[],
  batches: readonly KeptBatch[],
): Promise<CrossedPoint[]> {
  const workspace = batches[0]?.workspace ?? '';
  const runs = runsOf(batches);
  const logged = watches.flatMap((read) =>
    runs.filter((run) => logs(run, read.condition)).map((run) => [read, run] as const),
  );
  if (logged.length === 0) return [];
  const asked = [...new Set(logged.map(([{ watch }]) => watch))];
  const before = await crossedBefore(tx, asked, [...new Set(logged.map(([, { run }]) => run))]);
  const open = logged.filter(([{ watch }, { run }]) => !before.has(crossingName(watch, run)));
  if (open.length === 0) return [];
  const stateOf = await statesBefore(tx, workspace, open);
  return open.flatMap(([{ watch, condition }, { run, series, batches: own }]) => {
    const found = findCrossing(condition, stateOf(series), pointsOf(own, condition.keys));
    return found === null ? [] : [{ ...found, watch, run, partition }];
  });
}

/** Looks for what webhooks look for now. Costs a look at a small table where nobody looks for anything. */
export const watchThresholds =
  (logger: Logger): Thresholds =>
  async (tx, partition, batches) => {
    if (batches.length === 0) return;
    const workspaces = [...new Set(batches.map(({ workspace }) => workspace))];
    const watches = readAll(await readWatches(tx, workspaces), logger);
    if (watches.length === 0) return;
    for (const workspace of workspaces) {
      const own = watches.filter(({ watch }) => watch.workspace === workspace);
      const mine = batches.filter((one) => one.workspace === workspace);
      if (own.length > 0) await noteCrossings(tx, await lookIn(tx, partition, own, mine));
    }
  };
