import { type MetricBatch, writeMetricBatch } from '@runledger/contracts';
import { uuidv7 } from '@runledger/kernel';

/** What the load is made of: curves that fall and jitter, float32-born, several keys a step, as training logs them. */
export type Load = Readonly<{ runs: number; keys: number; pointsPerBatch: number; batchesPerRun: number }>;

const START = 1_790_000_000_000;

/** A small deterministic generator (mulberry32): the same load on every machine. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One batch of a run's curves, from point number `sequence * pointsPerBatch` on. */
function curveBatch(run: string, writer: string, sequence: number, load: Load): MetricBatch {
  const { keys, pointsPerBatch: n } = load;
  const random = randomNumbers(sequence + 1);
  const batch = {
    run,
    writer,
    sequence,
    id: uuidv7(),
    time: START,
    keys: Array.from({ length: keys }, (_, i) => `train/metric_${i}`),
    keyIndex: new Uint32Array(n),
    steps: new BigInt64Array(n),
    times: new BigInt64Array(n),
    values: new Float64Array(n),
  };
  let time = START + Math.floor((sequence * n) / keys) * 40;
  for (let i = 0; i < n; i++) {
    const step = Math.floor((sequence * n + i) / keys);
    if (i % keys === 0) time += 35 + Math.floor(random() * 10);
    batch.keyIndex[i] = i % keys;
    batch.steps[i] = BigInt(step);
    batch.times[i] = BigInt(time);
    batch.values[i] = Math.fround(2 * Math.exp(-step / 2_000) + random() * 0.01);
  }
  return batch;
}

/** Every batch of the load as bytes, runs interleaved as concurrent jobs would send them. */
export function encodeLoad(load: Load, prefix: string): Array<{ run: string; bytes: Buffer }> {
  const batches: Array<{ run: string; bytes: Buffer }> = [];
  for (let sequence = 0; sequence < load.batchesPerRun; sequence++)
    for (let r = 0; r < load.runs; r++) {
      const run = `${prefix}-${r}`;
      batches.push({ run, bytes: writeMetricBatch(curveBatch(run, 'bench', sequence, load)) });
    }
  return batches;
}
