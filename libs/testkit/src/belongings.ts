import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The root of the workspace. */
export const WORKSPACE = resolve(__dirname, '../../..');

const FOLDERS = '/var/tmp'; // not /tmp, which may be a small memory file system

type Belonging = { pid: number } | { folder: string };

let guard: ChildProcess | undefined;
let owned = 0;

function tell(line: object): void {
  guard?.stdin?.write(`${JSON.stringify(line)}\n`);
}

function ensureGuard(): void {
  if (guard) return;
  const child = spawn(process.execPath, [join(WORKSPACE, 'libs/testkit/cleanup-guard.cjs')], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.stdin.on('error', () => undefined);
  child.once('exit', () => {
    if (guard === child) guard = undefined;
  });
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  guard = child;
}

/** Makes sure that a process or a folder goes when this process ends, even when it is killed. Answers how to take that back. */
export function belongsToTest(thing: Belonging): () => void {
  ensureGuard();
  tell(thing);
  owned++;
  let released = false;
  return () => {
    if (released) return;
    released = true;
    tell({ ...thing, forget: true });
    owned--;
    if (owned > 0) return;
    guard?.stdin?.end();
    guard = undefined;
  };
}

export type TemporaryFolder = Readonly<{ path: string; remove(): void }>;

/** An empty folder that every user may pass through. Removed by `remove`, or when the test process ends. */
export function temporaryFolder(name = 'files'): TemporaryFolder {
  const path = mkdtempSync(join(FOLDERS, `runledger-test-${name}-`));
  chmodSync(path, 0o755);
  const release = belongsToTest({ folder: path });
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      release();
    },
  };
}

/** Resolves when `check` answers something. Rejects with what it last failed with. */
export async function eventually<T>(
  check: () => Promise<T | undefined> | T | undefined,
  withinMs = 20_000,
  everyMs = 20,
): Promise<T> {
  const end = performance.now() + withinMs;
  let last: unknown = new Error('it answered nothing');
  for (;;) {
    try {
      const answer = await check();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) throw new Error(`did not happen within ${withinMs} ms`, { cause: last });
    await sleep(everyMs);
  }
}
