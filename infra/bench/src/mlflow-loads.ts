import { randomNumbers } from './curves';
import { MlflowClient } from './mlflow-doors';

export type Load = Readonly<{ path: 'log-batch' | 'log-metric'; connections: number; runs: number; points: number }>;
/** What one server did with one load. `refused` are answers other than 200. */
export type Done = Readonly<{ pointsPerSecond: number; refused: number; clientCpuShare: number; p50Ms: number }>;

export const LOADS = {
  batches: { path: 'log-batch', connections: 8, runs: 8, points: 1_000 },
  'one-run': { path: 'log-batch', connections: 64, runs: 1, points: 1_000 },
  singles: { path: 'log-metric', connections: 8, runs: 8, points: 1 },
} as const satisfies Record<string, Load>;
export type LoadName = keyof typeof LOADS;

const KEYS = 20;
/** Bodies that are encoded before the clock starts: more than any server takes in a round. */
const BODIES = { 'log-batch': 3_000, 'log-metric': 60_000 } as const;
/** Where a run's id goes: every server's has 32 hex digits. */
const NO_RUN = '0'.repeat(32);
const RUN_AT = '{"run_id":"'.length;

const random = randomNumbers(7);
const point = (at: number) => ({
  key: `train/metric_${at % KEYS}`,
  value: Math.fround(random()),
  timestamp: 1_790_000_000_000 + at,
  step: Math.floor(at / KEYS),
});

/** Bodies without a run, encoded once for all servers, rounds and loads of the same shape. */
export function encodeAll(loads: readonly Load[]): ReadonlyMap<Load['path'], readonly Buffer[]> {
  const shapes = new Map(loads.map((load) => [load.path, load]));
  return new Map([...shapes].map(([path, load]) => [path, encodeBodies(load)]));
}

function encodeBodies({ path, points }: Load): Buffer[] {
  return Array.from({ length: BODIES[path] }, (_, i) =>
    Buffer.from(
      path === 'log-metric'
        ? JSON.stringify({ run_id: NO_RUN, ...point(i) })
        : JSON.stringify({
            run_id: NO_RUN,
            metrics: Array.from({ length: points }, (__, n) => point(i * points + n)),
          }),
    ),
  );
}

function address(bodies: readonly Buffer[], runs: readonly string[]): void {
  for (const [i, body] of bodies.entries()) {
    const run = runs[i % runs.length] as string;
    if (run.length !== NO_RUN.length) throw new Error(`${run} is not 32 digits long`);
    body.write(run, RUN_AT, 'latin1');
  }
}

/** Points a second from the first request until the last run is read back with everything that was taken. */
export async function drive(
  door: ConstructorParameters<typeof MlflowClient>[0],
  load: Load,
  bodies: readonly Buffer[],
  seconds: number,
): Promise<Done> {
  const first = new MlflowClient(door, 1);
  const ids: string[] = [];
  for (let i = 0; i < load.runs; i++) ids.push(await first.createRun());
  await first.close();
  address(bodies, ids);
  const client = new MlflowClient(door, load.connections);
  const times: number[] = [];
  const cpu = process.cpuUsage();
  const from = performance.now();
  let next = 0;
  let taken = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() - from < seconds * 1_000) {
      const body = bodies[next++];
      if (body === undefined) return;
      const sent = performance.now();
      if ((await client.ask('POST', `runs/${load.path}`, body)).status === 200) taken++;
      times.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: load.connections }, worker));
  for (const id of ids) await client.insist('GET', `runs/get?run_id=${id}`);
  const ms = performance.now() - from;
  const { user, system } = process.cpuUsage(cpu);
  await client.close();
  times.sort((a, b) => a - b);
  return {
    pointsPerSecond: (taken * load.points * 1_000) / ms,
    refused: times.length - taken,
    clientCpuShare: (user + system) / 1_000 / ms,
    p50Ms: times[Math.floor(times.length / 2)] ?? Number.NaN,
  };
}
