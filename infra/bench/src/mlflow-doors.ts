import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, pythonInterpreter, type Spawned, spawnProgram, temporaryFolder } from '@runledger/testkit';
import { Pool } from 'undici';
import { startServer } from './server';

const READY_MS = 180_000; // MLflow imports itself in each of its workers

/** Servers that speak MLflow's protocol, in the order in which they are measured. */
export const DOORS = ['mlflow', 'fasttrackml', 'runledger'] as const;
export type DoorName = (typeof DOORS)[number];
type Door = Readonly<{ url: string; key?: string }>;

/** Speaks MLflow's protocol over a fixed number of connections. */
export class MlflowClient {
  readonly #pool: Pool;
  readonly #headers: Readonly<Record<string, string>>;
  constructor({ url, key }: Door, connections: number) {
    this.#pool = new Pool(url, { connections, pipelining: 1, bodyTimeout: 120_000, headersTimeout: 120_000 });
    this.#headers = {
      'content-type': 'application/json',
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    };
  }

  /** `route` is what stands behind `/api/2.0/mlflow/`, or a whole path. */
  async ask(method: 'GET' | 'POST', route: string, body?: string | Buffer): Promise<{ status: number; text: string }> {
    const at = route.startsWith('/') ? route : `/api/2.0/mlflow/${route}`;
    const answer = await this.#pool.request({ method, path: at, headers: this.#headers, body: body ?? null });
    return { status: answer.statusCode, text: await answer.body.text() };
  }

  /** Again while the server is busy; any other refusal is an error of the bench. */
  async insist(method: 'GET' | 'POST', route: string, message?: object): Promise<unknown> {
    const body = message === undefined ? undefined : JSON.stringify(message);
    for (let attempt = 0; ; attempt++) {
      const { status, text } = await this.ask(method, route, body);
      if (status === 200) return JSON.parse(text);
      if (status < 429 || attempt === 20) throw new Error(`${method} ${route}: ${status} ${text.slice(0, 500)}`);
      await sleep(50);
    }
  }

  async createRun(more: object = {}): Promise<string> {
    const answer = await this.insist('POST', 'runs/create', { experiment_id: '0', start_time: 1, ...more });
    return (answer as { run: { info: { run_id: string } } }).run.info.run_id;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

async function untilHealthy(url: string, server: Spawned): Promise<void> {
  const end = performance.now() + READY_MS;
  while (performance.now() < end) {
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(200);
  }
  throw new Error(`a server did not start:\n${server.output()}`);
}

/** As its users start it: SQLite, and as many workers as it takes by default. */
async function spawnMlflow(folder: string, port: number): Promise<Spawned> {
  const store = [
    '--backend-store-uri',
    `sqlite:///${folder}/mlflow.db`,
    '--artifacts-destination',
    `${folder}/artifacts`,
  ];
  return spawnProgram(await pythonInterpreter(), ['-m', 'mlflow', 'server', '--port', String(port), ...store], {
    env: { MLFLOW_DISABLE_TELEMETRY: 'true' },
  });
}

/** As its users start it: SQLite. */
async function spawnFasttrackml(folder: string, port: number): Promise<Spawned> {
  const program = path.join(path.dirname(await pythonInterpreter('fasttrackml')), 'fml');
  const store = ['-d', `sqlite://${folder}/fasttrackml.db`, '--default-artifact-root', `${folder}/artifacts`];
  return spawnProgram(program, ['server', '-a', `127.0.0.1:${port}`, '--log-level', 'warn', ...store]);
}

async function withPeer<T>(
  spawn: (folder: string, port: number) => Promise<Spawned>,
  folder: string,
  work: (door: Door) => Promise<T>,
): Promise<T> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await spawn(folder, port);
  try {
    await untilHealthy(url, server);
    return await work({ url });
  } finally {
    server.kill('SIGTERM');
    await server.ended;
  }
}

async function withRunledger<T>(folder: string, work: (door: Door) => Promise<T>): Promise<T> {
  const server = await startServer(folder);
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

/** Starts a server on a new folder, and takes both away. */
export async function withDoor<T>(name: DoorName, work: (door: Door) => Promise<T>): Promise<T> {
  const folder = temporaryFolder(`bench-${name}`);
  try {
    if (name === 'runledger') return await withRunledger(folder.path, work);
    return await withPeer(name === 'mlflow' ? spawnMlflow : spawnFasttrackml, folder.path, work);
  } finally {
    folder.remove();
  }
}
