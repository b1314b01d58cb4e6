import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import { promisify } from 'node:util';
import type { FactData } from './event-body';

export type CodeVersion = FactData<'code.recorded'>;

const run = promisify(execFile);
const TIMEOUT_MS = 10_000;
const MAX_DIFF_BYTES = 256 * 1024 * 1024;

async function git(cwd: string, ...args: string[]): Promise<string | undefined> {
  try {
    const options = { cwd, timeout: TIMEOUT_MS, maxBuffer: MAX_DIFF_BYTES, encoding: 'utf8' } as const;
    return (await run('git', args, options)).stdout.trimEnd();
  } catch {
    return undefined; // no git, no checkout, no commit yet, no remote
  }
}

/** A remote's address without the name and password that may stand in it. */
export function withoutCredentials(remote: string): string {
  if (!URL.canParse(remote)) return remote;
  const url = new URL(remote);
  url.username = '';
  url.password = '';
  return url.href;
}

/**
 * The code version of a checkout: commit, branch, remote, whether something was changed or added, and a digest of the
 * change to tracked files. Undefined where there is no git checkout: a run is recorded all the same.
 */
export async function collectGit(cwd: string = process.cwd()): Promise<CodeVersion | undefined> {
  const commit = await git(cwd, 'rev-parse', 'HEAD');
  if (commit === undefined) return undefined;
  const [branch, remote, status, root] = await Promise.all([
    git(cwd, 'symbolic-ref', '--short', 'HEAD'),
    git(cwd, 'remote', 'get-url', 'origin'),
    git(cwd, 'status', '--porcelain'),
    git(cwd, 'rev-parse', '--show-toplevel'),
  ]);
  const dirty = status !== '' && status !== undefined;
  const diff = dirty ? await git(cwd, 'diff', '--binary', '--no-ext-diff', 'HEAD') : undefined;
  const entry = process.argv[1];
  return {
    commit,
    dirty,
    ...(branch === undefined ? {} : { branch }),
    ...(remote === undefined ? {} : { repository: withoutCredentials(remote) }),
    ...(diff === undefined ? {} : { diffDigest: `sha256:${createHash('sha256').update(diff).digest('hex')}` }),
    ...(entry === undefined || root === undefined ? {} : { entrypoint: relative(root, entry) }),
  };
}
