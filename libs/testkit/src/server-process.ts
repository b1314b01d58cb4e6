import { setTimeout as sleep } from 'node:timers/promises';
import type { Spawned } from './spawned';

/** A server in a process of its own, which a test may kill and start again on the same data and ports. */
export type ServerProcess = Readonly<{
  /** Of the process that runs now, or ran last. */
  pid(): number;
  /** Everything the present process has said. */
  output(): string;
  /** Sends the signal; for one that ends a process, resolves when it has ended. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again after it has ended; resolves when it is ready. */
  restart(): Promise<void>;
  /** Ends it for good, at once and without saving anything, and removes its data. */
  stop(): Promise<void>;
}>;

const KEEPS_RUNNING: readonly NodeJS.Signals[] = ['SIGSTOP', 'SIGCONT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'];

/** Shorter than a hook of jest may take, so that what the server has said is told. */
const PATIENCE_MS = 50_000;

/** Polls until the server answers; ends early when its process has. */
async function untilReady(name: string, process: Spawned, isReady: () => Promise<boolean>): Promise<void> {
  let ended = false;
  void process.ended.then(() => {
    ended = true;
  });
  const end = performance.now() + PATIENCE_MS;
  while (!ended && performance.now() < end) {
    if (await isReady().catch(() => false)) return;
    await sleep(50);
  }
  await process.stop(0);
  throw new Error(`${name} did not start:\n${process.output()}`);
}

/** `launch` starts the process, `isReady` asks whether it answers, `cleanUp` comes after the end. */
export async function runServer(
  name: string,
  parts: { launch: () => Spawned; isReady: () => Promise<boolean>; cleanUp: () => void },
): Promise<ServerProcess> {
  const start = async (): Promise<Spawned> => {
    const process = parts.launch();
    await untilReady(name, process, parts.isReady);
    return process;
  };
  let current = await start().catch((error: unknown) => {
    parts.cleanUp();
    throw error;
  });
  return {
    pid: () => current.pid,
    output: () => current.output(),
    kill: async (signal = 'SIGKILL') => {
      current.kill(signal);
      if (!KEEPS_RUNNING.includes(signal)) await current.ended;
    },
    restart: async () => {
      current = await start();
    },
    stop: async () => {
      current.kill('SIGKILL');
      await current.ended;
      parts.cleanUp();
    },
  };
}
