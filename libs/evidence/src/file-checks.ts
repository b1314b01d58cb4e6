import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Checked, checkFile, type FileTask, type SignedPlace } from './check-file';
import type { LeafFile } from './leaf-file';
import type { PayloadFile } from './payload-file';

/** Looks at files of a bundle, several at a time. What it answers is null where a file is not as it was signed. */
export interface FileChecks {
  /** How many files of a kind are worth asking for before the first of them is needed. */
  readonly ahead: number;
  leaves(lines: SignedPlace, table: SignedPlace | null): Promise<LeafFile | null>;
  payloads(lines: SignedPlace): Promise<PayloadFile | null>;
  close(): Promise<void>;
}

type Waiting = Readonly<{ task: FileTask; resolve: (checked: Checked) => void; reject: (error: unknown) => void }>;

// Built files alone run in threads, also for tests, which are not built.
const THREAD = join(__dirname, '..', 'dist', 'verify-thread.js');

/** Some threads that are started as they are needed; each has one task at a time. */
class Threads {
  readonly #waiting: Waiting[] = [];
  readonly #idle: Worker[] = [];
  readonly #all: Worker[] = [];

  constructor(private readonly most: number) {}

  run(task: FileTask): Promise<Checked> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ task, resolve, reject });
      this.#next();
    });
  }

  #next(): void {
    const thread = this.#waiting.length === 0 ? undefined : (this.#idle.pop() ?? this.#started());
    const next = thread === undefined ? undefined : this.#waiting.shift();
    if (thread === undefined || next === undefined) return;
    thread.removeAllListeners();
    thread.once('error', next.reject);
    thread.once('message', (checked: Checked) => {
      this.#idle.push(thread);
      next.resolve(checked);
      this.#next();
    });
    thread.postMessage(next.task);
  }

  #started(): Worker | undefined {
    if (this.#all.length >= this.most) return undefined;
    const thread = new Worker(THREAD);
    this.#all.push(thread);
    return thread;
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((thread) => thread.terminate()));
  }
}

/** With no threads, everything is looked at here and now: where there is little, a thread takes longer to start. */
export function openFileChecks(threads: number): FileChecks {
  const pool = new Threads(threads);
  const run = async (task: FileTask): Promise<Checked> => (threads === 0 ? checkFile(task) : pool.run(task));
  return {
    ahead: threads + 1,
    leaves: (lines, table) => run({ kind: 'leaves', lines, table }) as Promise<LeafFile | null>,
    payloads: (lines) => run({ kind: 'payloads', lines }) as Promise<PayloadFile | null>,
    close: () => pool.close(),
  };
}
