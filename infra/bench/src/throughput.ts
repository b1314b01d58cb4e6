import { encodeLoad, type Load } from './curves';
import { type Door, Sender } from './send';

export type Throughput = Readonly<{ points: number; acknowledgedPerSecond: number; storedPerSecond: number }>;

/** How fast points are acknowledged, and how fast they are stored, from the first request to the last read that sees them. */
export async function measureThroughput(door: Door, load: Load, connections: number): Promise<Throughput> {
  const batches = encodeLoad(load, `load-${Date.now()}`); // before the clock starts: the client's own work is not measured
  const sender = new Sender(door, connections);
  const last = new Map<string, string>();
  const from = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < batches.length; i = next++) {
      const { run, bytes } = batches[i] as (typeof batches)[number];
      last.set(run, (await sender.batch(bytes)).position);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  const acknowledged = performance.now();
  await Promise.all([...last].map(([run, position]) => sender.visible(run, position)));
  const stored = performance.now();
  await sender.close();
  const points = batches.length * load.pointsPerBatch;
  return {
    points,
    acknowledgedPerSecond: Math.round((points * 1000) / (acknowledged - from)),
    storedPerSecond: Math.round((points * 1000) / (stored - from)),
  };
}
