import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Pool } from 'undici';
import { randomNumbers } from './curves';
import { startMlflowServer } from './mlflow-server';
import { startServer } from './server';

type Door = Readonly<{ url: string; key?: string }>;
type Load = Readonly<{ path: 'log-batch' | 'log-metric'; connections: number; runs: number; points: number }>;
/** What one server did with one load. `refused` are answers other than 200. */
type Done = Readonly<{ pointsPerSecond: number; refused: number; clientCpuShare: number }>;

const LOADS: Readonly<Record<string, Load>> = {
  'batches of 1,000 points, 8 connections': { path: 'log-batch', connections: 8, runs: 8, points: 1_000 },
  'the same, 64 connections on one run': { path: 'log-batch', connections: 64, runs: 1, points: 1_000 },
  'single points, 8 connections': { path: 'log-metric', connections: 8, runs: 8, points: 1 },
};
const KEYS = 20;
/** Bodies that are encoded before the clock starts: more than any server takes in a round. */
const BODIES = { 'log-batch': 2_000, 'log-metric': 20_000 } as const;

const random = randomNumbers(7);
const point = (at: number) => ({
  key: `train/metric_${at % KEYS}`,
  value: Math.fround(random()),
  timestamp: 1_790_000_000_000 + at,
  step: Math.floor(at / KEYS),
});

function encode({ path, runs, points }: Load, ids: readonly string[]): string[] {
  return Array.from({ length: BODIES[path] }, (_, i) => {
    const run_id = ids[i % runs] as string;
    if (path === 'log-metric') return JSON.stringify({ run_id, ...point(i) });
    return JSON.stringify({ run_id, metrics: Array.from({ length: points }, (__, n) => point(i * points + n)) });
  });
}

class Client {
  readonly #pool: Pool;
  constructor(
    private readonly door: Door,
    connections: number,
  ) {
    this.#pool = new Pool(door.url, { connections, pipelining: 1, bodyTimeout: 120_000, headersTimeout: 120_000 });
  }

  async ask(method: 'GET' | 'POST', path: string, body?: string): Promise<{ status: number; text: string }> {
    const headers = {
      'content-type': 'application/json',
      ...(this.door.key === undefined ? {} : { authorization: `Bearer ${this.door.key}` }),
    };
    const answer = await this.#pool.request({ method, path: `/api/2.0/mlflow/${path}`, headers, body: body ?? null });
    return { status: answer.statusCode, text: await answer.body.text() };
  }

  async createRun(): Promise<string> {
    const { status, text } = await this.ask(
      'POST',
      'runs/create',
      JSON.stringify({ experiment_id: '0', start_time: 1 }),
    );
    if (status !== 200) throw new Error(`${status} ${text}`);
    return (JSON.parse(text) as { run: { info: { run_id: string } } }).run.info.run_id;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

/** Points a second from the first request until the last run is read back with everything that was taken. */
async function drive(door: Door, load: Load, seconds: number): Promise<Done> {
  const first = new Client(door, 1);
  const ids: string[] = [];
  for (let i = 0; i < load.runs; i++) ids.push(await first.createRun());
  await first.close();
  const bodies = encode(load, ids);
  const client = new Client(door, load.connections); // no connection idles while bodies are encoded: MLflow's server would close it
  const cpu = process.cpuUsage();
  const from = performance.now();
  let next = 0;
  let taken = 0;
  let refused = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() - from < seconds * 1_000) {
      const body = bodies[next++];
      if (body === undefined) return;
      if ((await client.ask('POST', `runs/${load.path}`, body)).status === 200) taken += load.points;
      else refused++;
    }
  };
  await Promise.all(Array.from({ length: load.connections }, worker));
  for (const id of ids) await client.ask('GET', `runs/get?run_id=${id}`);
  const ms = performance.now() - from;
  const { user, system } = process.cpuUsage(cpu);
  await client.close();
  return { pointsPerSecond: (taken * 1_000) / ms, refused, clientCpuShare: (user + system) / 1_000 / ms };
}

async function withRunledger<T>(work: (door: Door) => Promise<T>): Promise<T> {
  const dataDir = mkdtempSync('/var/tmp/runledger-bench-');
  const server = await startServer(dataDir);
  try {
    return await work(server);
  } finally {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function withMlflow<T>(work: (door: Door) => Promise<T>): Promise<T> {
  const server = await startMlflowServer();
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

function summarize(done: readonly Done[]): Done {
  return {
    pointsPerSecond: Math.round(median(done.map((d) => d.pointsPerSecond))),
    refused: done.reduce((sum, d) => sum + d.refused, 0),
    clientCpuShare: Math.round(median(done.map((d) => d.clientCpuShare)) * 100) / 100,
  };
}

/** MLflow's own server and this one take the same load, one after another, in alternating rounds; medians of the rounds. */
export async function measureMlflow(
  rounds: number,
  seconds: number,
  say: (text: string) => void,
): Promise<Record<string, unknown>> {
  const seen = new Map(Object.keys(LOADS).map((name) => [name, { mlflow: [] as Done[], runledger: [] as Done[] }]));
  const all = async (who: 'mlflow' | 'runledger', door: Door): Promise<void> => {
    for (const [name, load] of Object.entries(LOADS)) seen.get(name)?.[who].push(await drive(door, load, seconds));
  };
  for (let round = 0; round < rounds; round++) {
    say(`round ${round + 1} of ${rounds}: MLflow's own server, then Runledger …`);
    await withMlflow((door) => all('mlflow', door));
    await withRunledger((door) => all('runledger', door));
  }
  return Object.fromEntries(
    [...seen].map(([name, { mlflow, runledger }]) => {
      const [theirs, ours] = [summarize(mlflow), summarize(runledger)];
      const ratio = Math.round((ours.pointsPerSecond / theirs.pointsPerSecond) * 10) / 10;
      say(`  ${name}: ${ours.pointsPerSecond} points/s against ${theirs.pointsPerSecond}: ${ratio} times`);
      return [name, { mlflow: theirs, runledger: ours, ratio }];
    }),
  );
}
