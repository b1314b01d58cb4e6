// Asks MLflow's own server (the package of the tests, on SQLite) what services/all-in-one/e2e/mlflow/answers.py asks, and
// keeps its answers beside it. Run it again when that file or the package changes.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensurePython } from './python.mjs';

const CASES = join(import.meta.dirname, '../../services/all-in-one/e2e/mlflow');
const START_MS = 120_000;

const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

async function untilReady(url) {
  for (const end = Date.now() + START_MS; Date.now() < end; await sleep(500))
    if ((await fetch(`${url}/health`).catch(() => undefined))?.ok) return;
  throw new Error("MLflow's server did not start");
}

async function ask(python, url) {
  const env = { ...process.env, MLFLOW_TRACKING_URI: url };
  const child = spawn(python, [join(CASES, 'answers.py')], { env, stdio: ['ignore', 'pipe', 2] });
  let said = '';
  for await (const text of child.stdout.setEncoding('utf8')) said += text;
  const [, answers] = /^ANSWERS (.*)$/m.exec(said) ?? [];
  if (answers === undefined) throw new Error(said);
  return JSON.parse(answers);
}

const folder = mkdtempSync(join(tmpdir(), 'runledger-record-'));
const python = await ensurePython();
const port = await freePort();
const store = [
  '--backend-store-uri',
  `sqlite:///${folder}/mlflow.db`,
  '--artifacts-destination',
  `${folder}/artifacts`,
];
const args = ['-m', 'mlflow', 'server', '--port', String(port), '--workers', '1', ...store];
const env = { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true' };
const server = spawn(python, args, { env, stdio: ['ignore', 'ignore', 2], detached: true });
try {
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url);
  const answers = await ask(python, url);
  const file = join(CASES, 'recorded-answers.json');
  writeFileSync(file, JSON.stringify(answers, null, 2));
  spawnSync(join(import.meta.dirname, '../../node_modules/.bin/biome'), ['format', '--write', file], {
    stdio: 'inherit',
  });
} finally {
  process.kill(-server.pid);
  rmSync(folder, { recursive: true, force: true });
}
