import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const READY = /ready at (http:\S+)/;

const ended = (child) => new Promise((done) => child.once('exit', done));

function readyAt(child) {
  return new Promise((done, fail) => {
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
      const url = READY.exec(said)?.[1];
      if (url !== undefined) done(url);
    });
    child.once('exit', (code) => fail(new Error(`npm start ended with ${code}:\n${said}`)));
  });
}

/** A server with the demo's runs: the one that the environment names, or one of our own that goes with its folder. */
export async function startFilled() {
  const { RUNLEDGER_URL: given, RUNLEDGER_API_KEY: key } = process.env;
  if (given !== undefined && key !== undefined) return { url: given, key, stop: async () => undefined };
  const folder = mkdtempSync(join(tmpdir(), 'runledger-screens-'));
  chmodSync(folder, 0o755); // root's database runs as another user, and lies elsewhere where that one may not pass
  const env = { ...process.env, RUNLEDGER_DATA: join(folder, 'data'), RUNLEDGER_PORT: '0' };
  const server = spawn('npm', ['start'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = async () => {
    server.kill('SIGTERM');
    if (server.exitCode === null) await ended(server);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const url = await readyAt(server);
    const demo = spawn('npm', ['run', 'demo'], {
      cwd: ROOT,
      env: { ...env, RUNLEDGER_URL: url },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if ((await ended(demo)) !== 0) throw new Error('the demo failed');
    return { url, key: readFileSync(join(folder, 'data/admin.key'), 'utf8').trim(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
