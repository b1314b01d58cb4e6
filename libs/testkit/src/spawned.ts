import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { belongsToTest, WORKSPACE } from './belongings';

export type SpawnOptions = Readonly<{
  env?: Readonly<Record<string, string>>;
  cwd?: string;
}>;

/** A process that a test started. It leads a process group of its own, and never outlives the test process. */
export type Spawned = Readonly<{
  pid: number;
  /** Everything it has said so far on both streams; the last megabyte of it. */
  output(): string;
  /** Resolves with the first line of output that matches; rejects with the whole output when the process ends before. */
  line(pattern: RegExp, withinMs?: number): Promise<RegExpMatchArray>;
  /** Sends a signal to the process alone, not to its group. */
  kill(signal?: NodeJS.Signals): void;
  /** Exit code, or the signal's name. */
  ended: Promise<number | NodeJS.Signals>;
  /** SIGTERM, and SIGKILL to its whole group after the grace. */
  stop(graceMs?: number): Promise<number | NodeJS.Signals>;
}>;

const KEPT = 1024 * 1024;

function waitForLine(child: ChildProcessByStdio<null, Readable, Readable>, said: () => string) {
  return (pattern: RegExp, withinMs = 60_000): Promise<RegExpMatchArray> =>
    new Promise((found, failed) => {
      const finish = (act: () => void): void => {
        clearTimeout(timer);
        for (const stream of [child.stdout, child.stderr]) stream.off('data', look);
        child.off('close', over);
        act();
      };
      const look = (): void => {
        const match = said().match(pattern);
        if (match) finish(() => found(match));
      };
      const give = (why: string) => (): void => finish(() => failed(new Error(`${why} ${pattern}:\n${said()}`)));
      const over = give('the process ended before saying');
      const timer = setTimeout(give(`within ${withinMs} ms the process did not say`), withinMs);
      for (const stream of [child.stdout, child.stderr]) stream.on('data', look);
      child.on('close', over);
      if (child.exitCode !== null || child.signalCode !== null) over();
      look();
    });
}

/** Starts a program. Its environment is this process's with `env` on top. */
export function spawnProgram(command: string, args: readonly string[], options: SpawnOptions = {}): Spawned {
  const child = spawn(command, args, {
    cwd: options.cwd ?? WORKSPACE,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-KEPT);
    });
  const ended = new Promise<number | NodeJS.Signals>((done) => {
    child.once('error', (error) => {
      text += String(error);
      done(127);
    });
    child.once('exit', (code, signal) => done(signal ?? code ?? 0));
  });
  const pid = child.pid ?? 0;
  const release = pid === 0 ? () => undefined : belongsToTest({ pid });
  void ended.then(release);
  const isOver = (): boolean => pid === 0 || child.exitCode !== null || child.signalCode !== null;
  const stop = async (graceMs = 10_000): Promise<number | NodeJS.Signals> => {
    if (!isOver()) child.kill('SIGTERM');
    const timer = setTimeout(() => {
      if (!isOver()) process.kill(-pid, 'SIGKILL');
    }, graceMs);
    return ended.finally(() => clearTimeout(timer));
  };
  return {
    pid,
    output: () => text,
    line: waitForLine(child, () => text),
    kill: (signal = 'SIGKILL') => {
      if (!isOver()) child.kill(signal);
    },
    ended,
    stop,
  };
}

/** Runs a TypeScript file as a process of its own, against the sources of the workspace. */
export const spawnTypeScript = (file: string, args: readonly string[] = [], options: SpawnOptions = {}): Spawned =>
  spawnProgram(process.execPath, [join(WORKSPACE, 'libs/testkit/run-typescript.cjs'), file, ...args], options);
