import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually, freePort, pythonInterpreter, spawnProgram, temporaryFolder } from '@runledger/testkit';

const run = promisify(execFile);

/** Of other people: https://github.com/FiloSottile/torchwood. The first version after it wants a newer Go. */
const MODULE = 'filippo.io/torchwood/cmd/litewitness@v0.9.0';
const FOLDER = join(homedir(), '.cache/runledger/litewitness-0.9.0');

/** Builds it once on a machine. */
async function litewitnessProgram(): Promise<string> {
  const program = join(FOLDER, 'litewitness');
  const env = { ...process.env, GOBIN: FOLDER, GOTOOLCHAIN: 'local' };
  if (!existsSync(program)) await run('go', ['install', MODULE], { env, timeout: 500_000 });
  return program;
}

export type Litewitness = Readonly<{
  /** Its verifier key and where it is, as the notary's setting has them. */
  setting: string;
  verifierKey: string;
  /** From now on it signs checkpoints of this log, whose key it knows by other means than the log. */
  knowLog(origin: string, verifierKey: string): Promise<void>;
  stop(): Promise<void>;
}>;

const ADD_LOG = `
import sqlite3, sys
path, origin, root, key = sys.argv[1:]
with sqlite3.connect(path, timeout=30) as db:
    db.execute("insert into log (origin, tree_size, tree_hash) values (?, 0, ?)", (origin, root))
    db.execute("insert into key (origin, key) values (?, ?)", (origin, key))
`;

/** A real witness on a free port. Its key is in an ssh-agent, from which it has each signature. */
export async function startLitewitness(): Promise<Litewitness> {
  const program = await litewitnessProgram();
  const python = await pythonInterpreter();
  const folder = temporaryFolder('witness');
  const [key, socket, database] = ['key', 'agent', 'witness.db'].map((name) => `${folder.path}/${name}`) as [
    string,
    string,
    string,
  ];
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'witness', '-f', key]);
  const [, fingerprint = ''] = (await run('ssh-keygen', ['-l', '-f', key])).stdout.split(' ');
  const agent = spawnProgram('ssh-agent', ['-D', '-a', socket]);
  await eventually(() => (existsSync(socket) ? true : undefined), 10_000);
  await run('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  const address = `127.0.0.1:${await freePort()}`;
  const options = { name: 'witness.test/w1', db: database, key: fingerprint, 'ssh-agent': socket, listen: address };
  const flags = Object.entries(options).map(([name, value]) => `-${name}=${value}`);
  const witness = spawnProgram(program, flags);
  const [, verifierKey = ''] = await witness.line(/vkey="?([^"\s]+)/);
  await witness.line(/listening/);
  return {
    setting: `${verifierKey} http://${address}`,
    verifierKey,
    async knowLog(origin, logKey) {
      const empty = createHash('sha256').digest('base64');
      await run(python, ['-c', ADD_LOG, database, origin, empty, logKey]);
    },
    async stop() {
      await witness.stop();
      await agent.stop();
      folder.remove();
    },
  };
}
