import { setTimeout as sleep } from 'node:timers/promises';
import { residentMiB } from '@runledger/testkit';
import { encodeLoad } from './curves';
import { type Door, Sender } from './send';

export type Memory = Readonly<{
  seconds: number;
  points: number;
  samplesMiB: number[];
  growthPercentPerMinute: number;
}>;

/** Least-squares slope of evenly spaced samples, a sample. */
function slope(samples: readonly number[]): number {
  const n = samples.length;
  const meanX = (n - 1) / 2;
  const meanY = samples.reduce((sum, y) => sum + y, 0) / n;
  const over = samples.reduce((sum, y, x) => sum + (x - meanX) * (y - meanY), 0);
  const under = samples.reduce((sum, _, x) => sum + (x - meanX) ** 2, 0);
  return over / under;
}

/**
 * Resident memory of the server while it takes all it can, sampled ten times a minute. Growth is over the last four fifths:
 * caches fill at first.
 */
export async function measureMemory(door: Door & { pid: number }, seconds: number): Promise<Memory> {
  const sender = new Sender(door, 8);
  const until = performance.now() + seconds * 1000;
  const samplesMiB: number[] = [];
  let points = 0;
  let round = 0;
  const load = { runs: 8, keys: 20, pointsPerBatch: 10_000, batchesPerRun: 1 };
  const send = async (worker: number): Promise<void> => {
    while (performance.now() < until) {
      for (const { bytes } of encodeLoad({ ...load, runs: 1 }, `memory-${worker}-${round++}`)) {
        await sender.batch(bytes);
        points += load.pointsPerBatch;
      }
    }
  };
  const sample = async (): Promise<void> => {
    while (performance.now() < until) {
      await sleep(6_000);
      samplesMiB.push(residentMiB(door.pid));
    }
  };
  await Promise.all([sample(), ...Array.from({ length: 8 }, (_, i) => send(i))]);
  await sender.close();
  const last = samplesMiB.slice(Math.floor(samplesMiB.length / 5));
  const mean = last.reduce((sum, y) => sum + y, 0) / last.length;
  return {
    seconds,
    points,
    samplesMiB,
    growthPercentPerMinute: Math.round(((slope(last) * 10) / mean) * 10_000) / 100,
  };
}
