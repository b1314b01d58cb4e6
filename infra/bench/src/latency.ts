import { setTimeout as sleep } from 'node:timers/promises';
import { encodeLoad } from './curves';
import { type Door, Sender } from './send';

export type Latency = Readonly<{
  pointsPerSecond: number;
  samples: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
}>;

const quantile = (sorted: readonly number[], q: number): number =>
  Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN);

/** Of so many batches one is read back: reads cost too, and it is the way of the points that is measured. */
const SAMPLED = 10;

/** Time from an acknowledgement to the answer of a read that must contain it, at a fixed rate. */
export async function measureLatency(
  door: Door,
  options: { pointsPerSecond: number; seconds: number },
): Promise<Latency> {
  const load = { runs: 20, keys: 10, pointsPerBatch: 1_000, batchesPerRun: 0 };
  const perSecond = options.pointsPerSecond / load.pointsPerBatch;
  const total = Math.round(perSecond * options.seconds);
  const batches = encodeLoad({ ...load, batchesPerRun: Math.ceil(total / load.runs) }, `latency-${Date.now()}`).slice(
    0,
    total,
  );
  const sender = new Sender(door, 64);
  const times: number[] = [];
  const from = performance.now();
  const one = async (i: number): Promise<void> => {
    const { run, bytes } = batches[i] as (typeof batches)[number];
    const { position, acknowledgedAt } = await sender.batch(bytes);
    if (i % SAMPLED !== 0) return;
    await sender.visible(run, position);
    times.push(performance.now() - acknowledgedAt);
  };
  const running: Promise<void>[] = [];
  for (let i = 0; i < total; i++) {
    const due = from + (i * 1000) / perSecond;
    const early = due - performance.now();
    if (early > 1) await sleep(early);
    running.push(one(i));
  }
  await Promise.all(running);
  await sender.close();
  const sorted = times.sort((a, b) => a - b);
  return {
    pointsPerSecond: options.pointsPerSecond,
    samples: sorted.length,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    maxMs: Math.round(sorted.at(-1) ?? Number.NaN),
  };
}
