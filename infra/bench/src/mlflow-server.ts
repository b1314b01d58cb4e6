import { mkdtempSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, pythonInterpreter, spawnProgram } from '@runledger/testkit';

const READY_MS = 60_000;

export type MlflowServer = Readonly<{ url: string; stop(): Promise<void> }>;

/** MLflow's own server as its users start it: SQLite, and as many workers as it takes by default. */
export async function startMlflowServer(): Promise<MlflowServer> {
  const folder = mkdtempSync('/var/tmp/runledger-mlflow-');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const store = [
    '--backend-store-uri',
    `sqlite:///${folder}/mlflow.db`,
    '--artifacts-destination',
    `${folder}/artifacts`,
  ];
  const server = spawnProgram(await pythonInterpreter(), ['-m', 'mlflow', 'server', '--port', String(port), ...store], {
    env: { MLFLOW_DISABLE_TELEMETRY: 'true' },
  });
  const stop = async (): Promise<void> => {
    server.kill('SIGTERM');
    await server.ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const end = performance.now() + READY_MS;
  while (performance.now() < end) {
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.status === 200) return { url, stop };
    await sleep(200);
  }
  await stop();
  throw new Error(`MLflow's server did not start:\n${server.output()}`);
}
