import { type ChildProcess, fork } from 'node:child_process';
import { cpus } from 'node:os';
import { KILLED } from './progress';
import type { Report, Task } from './task';

/** How a training process is started: the program again, with an argument that says so. */
export type Program = Readonly<{ file: string; args: readonly string[] }>;
export type Ended = Extract<Report, { kind: 'ended' }>;
export type SweepEvents = Readonly<{
  report(index: number, report: Report): void;
  exited(index: number, why: string | null): void;
}>;
export type SweepOptions = Readonly<{
  program: Program;
  tasks: readonly Task[];
  events: SweepEvents;
  stop: AbortSignal;
}>;

const AT_A_TIME = Math.max(1, Math.min(2, cpus().length));
/** Time for a run that was told to stop to mark itself as killed; its spool keeps the rest. */
const GRACE_MS = 10_000;

/** Trains the tasks in processes of their own, two at a time. Answers what each came to, or null. */
export async function runSweep(options: SweepOptions): Promise<Array<Ended | null>> {
  const { tasks, stop } = options;
  const results: Array<Ended | null> = tasks.map(() => null);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < tasks.length && !stop.aborted) {
      const index = next++;
      results[index] = await runTask(options, index);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return results;
}

function runTask({ program, tasks, events, stop }: SweepOptions, index: number): Promise<Ended | null> {
  // In a process group of its own: Ctrl-C reaches this process only, which then tells every run once.
  const child = fork(program.file, program.args, { detached: true, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let ended: Ended | null = null;
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-4_000);
  });
  child.on('message', (report: Report) => {
    if (report.kind === 'ended') ended = report;
    if (report.kind === 'failed') words = report.text;
    events.report(index, report);
  });
  const forget = killWhenStopped(child, stop);
  child.send(tasks[index] as Task);
  return new Promise((resolve) => {
    child.once('close', (code, signal) => {
      forget();
      const why = code === 0 && ended !== null ? null : words.trim() || `ended with ${signal ?? `code ${code}`}`;
      events.exited(index, stop.aborted && ended === null ? KILLED : why);
      resolve(ended);
    });
  });
}

function killWhenStopped(child: ChildProcess, stop: AbortSignal): () => void {
  let timer: NodeJS.Timeout | undefined;
  const kill = (): void => {
    child.kill('SIGTERM');
    timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref();
  };
  if (stop.aborted) kill();
  else stop.addEventListener('abort', kill, { once: true });
  return () => {
    clearTimeout(timer);
    stop.removeEventListener('abort', kill);
  };
}

/** In the training process: waits for its task, and ends with its parent. */
export async function receiveTask(train: (task: Task, tell: (report: Report) => void) => Promise<void>): Promise<void> {
  const tell = (report: Report): void => {
    if (process.connected) process.send?.(report);
  };
  const task = await new Promise<Task>((resolve) => process.once('message', (message) => resolve(message as Task)));
  const orphaned = (): void => void process.kill(process.pid, 'SIGTERM');
  process.once('disconnect', orphaned);
  try {
    await train(task, tell);
  } catch (error) {
    tell({ kind: 'failed', text: error instanceof Error ? error.message : String(error) });
    process.exitCode = 1;
  }
  process.off('disconnect', orphaned);
  process.disconnect();
}
