import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const WORKSPACE = path.resolve(__dirname, '../../..');
const READY_MS = 60_000;

export type Server = Readonly<{
  url: string;
  key: string;
  pid: number;
  dataDir: string;
  stop(): Promise<void>;
  kill(): Promise<void>;
}>;

function firstUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`not ready within ${READY_MS} ms:\n${said}`)), READY_MS);
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      const url = /(http:\/\/\S+)/.exec(said)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${said}`)));
  });
}

/** Starts the all-in-one on a folder of its own, on a free port. */
export async function startServer(dataDir: string): Promise<Server> {
  const child = spawn(process.execPath, [path.join(WORKSPACE, 'services/all-in-one/dist/main.js')], {
    env: {
      ...process.env,
      RUNLEDGER_PORT: '0',
      RUNLEDGER_DATA: dataDir,
      RUNLEDGER_LOG_LEVEL: 'warn',
      RUNLEDGER_PERSONAL_CLEAR: 'keep', // rows that were filled past the doors name users, who do not exist
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await firstUrl(child);
  const key = readFileSync(path.join(dataDir, 'admin.key'), 'utf8').trim();
  const gone = new Promise<void>((done) => child.once('exit', () => done()));
  return {
    url,
    key,
    pid: child.pid as number,
    dataDir,
    stop: async () => {
      child.kill('SIGTERM');
      await gone;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}
