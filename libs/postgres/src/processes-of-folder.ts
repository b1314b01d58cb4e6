import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether a process runs. One that has died and waits to be collected does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Dead, but not yet collected by its parent: in a container nobody may ever do that. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat[stat.lastIndexOf(')') + 2] === 'Z';
  } catch {
    return false;
  }
}

/** When a process began, so that a pid given anew to another process is not taken for the old one. */
export function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    const asked = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return asked.stdout?.trim() ?? '';
  }
}

function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    const asked = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    return asked.stdout?.trim().split(' ') ?? [];
  }
}

/** The pid in the cluster's postmaster.pid, when that process really is a postmaster of this very folder. */
function postmasterOf(cluster: string): number | undefined {
  const file = join(cluster, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return undefined;
  const [program, ...args] = commandOf(pid);
  const folder = args[args.indexOf('-D') + 1];
  if (basename(program ?? '') !== 'postgres' || folder === undefined || !existsSync(folder)) return undefined;
  return realpathSync(folder) === realpathSync(cluster) ? pid : undefined;
}

const hasProc = existsSync('/proc/self/cwd');

/** Every process that works in the cluster's folder: backends outlive a killed postmaster for a moment. */
function workersOf(cluster: string): number[] {
  if (!hasProc) return [];
  const folder = realpathSync(cluster);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return (
          readlinkSync(`/proc/${name}/cwd`) === folder && basename(readlinkSync(`/proc/${name}/exe`)) === 'postgres'
        );
      } catch {
        return false; // gone meanwhile, or somebody else's
      }
    })
    .map(Number)
    .filter(isAlive);
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function gone(pids: () => number[], withinMs: number): Promise<boolean> {
  for (const end = performance.now() + withinMs; performance.now() < end; await sleep(10))
    if (pids().length === 0) return true;
  return pids().length === 0;
}

/** Fast shutdown, then immediate (which recovers from the log at the next start), then by force. */
export async function stopPostmaster(pid: number, graceMs: number): Promise<void> {
  const still = (): number[] => (isAlive(pid) ? [pid] : []);
  signal(pid, 'SIGINT');
  if (await gone(still, graceMs)) return;
  signal(pid, 'SIGQUIT');
  if (await gone(still, 6_000)) return;
  signal(pid, 'SIGKILL');
  await gone(still, 2_000);
}

/**
 * Ends what an earlier, killed Runledger left running on this cluster. Answers the pid of its postmaster, if there was
 * one. Then the pid file means nothing: its number may have been given to another process, before which Postgres would give up.
 */
export async function stopLeftovers(cluster: string): Promise<number | undefined> {
  const postmaster = postmasterOf(cluster);
  if (postmaster !== undefined) await stopPostmaster(postmaster, 10_000);
  const workers = (): number[] => workersOf(cluster);
  if (!(await gone(workers, 2_000))) {
    for (const pid of workers()) signal(pid, 'SIGKILL');
    await gone(workers, 2_000);
  }
  if (hasProc && workers().length === 0) rmSync(join(cluster, 'postmaster.pid'), { force: true });
  return postmaster;
}
