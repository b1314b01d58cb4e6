import { randomNumbers } from './curves';
import { MlflowClient } from './mlflow-doors';

export type Load = Readonly<{ path: 'log-batch' | 'log-metric'; connections: number; runs: number; points: number }>;
/** What one server did with one load. `refused` are answers other than 200. */
export type Done = Readonly<{
  pointsPerSecond: number;
  refused: number;
  clientCpuShare: number;
  p50Ms: number;
  /** From the last answer until every run is read back: a part of the time that points a second are counted in. */
  readBackMs: number;
}>;

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

/** Long enough that no server is measured while it imports, compiles or opens what it needs. */
const WARM_SECONDS = 1;

type Sending = Readonly<{ client: MlflowClient; load: Load; bodies: Iterator<Buffer>; seconds: number }>;

/** Sends for so long, or until the bodies are used up. Answers how long each request took, ms, and how many were taken. */
async function send({ client, load, bodies, seconds }: Sending): Promise<{ times: number[]; taken: number }> {
  const until = performance.now() + seconds * 1_000;
  const times: number[] = [];
  let taken = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < until) {
      const next = bodies.next();
      if (next.done === true) return;
      const sent = performance.now();
      if ((await client.ask('POST', `runs/${load.path}`, next.value)).status === 200) taken++;
      times.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: load.connections }, worker));
  return { times, taken };
}

/** Whoever logged to a run reads it: all of them at once, as they wrote. */
const readBack = (client: MlflowClient, ids: readonly string[]): Promise<unknown> =>
  Promise.all(ids.map((id) => client.insist('GET', `runs/get?run_id=${id}`)));

/** Points a second, after a second of the same, from the first request until the last run is read back with everything that was taken. */
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
  const sending = { client, load, bodies: bodies.values() };
  await send({ ...sending, seconds: WARM_SECONDS });
  await readBack(client, ids);
  const cpu = process.cpuUsage();
  const from = performance.now();
  const { times, taken } = await send({ ...sending, seconds });
  const sentAt = performance.now();
  await readBack(client, ids);
  const to = performance.now();
  const { user, system } = process.cpuUsage(cpu);
  await client.close();
  times.sort((a, b) => a - b);
  return {
    pointsPerSecond: (taken * load.points * 1_000) / (to - from),
    refused: times.length - taken,
    clientCpuShare: (user + system) / 1_000 / (to - from),
    p50Ms: times[Math.floor(times.length / 2)] ?? Number.NaN,
    readBackMs: to - sentAt,
  };
}
