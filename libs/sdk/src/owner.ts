import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** The process that a writer's folder belongs to. It stands in the folder's name, so that a rename takes it over at one stroke. */
export type Owner = Readonly<{
  host: string;
  pid: number;
  /** When the process started, in ticks of its machine: a pid is used again. '0' where the system does not tell. */
  started: string;
}>;

/** Nobody: the folder may be taken at once. */
export const nobody = (): Owner => ({ host: clean(hostname()), pid: 0, started: '0' });

const clean = (host: string): string => host.replace(/[^A-Za-z0-9.-]/g, '-').slice(0, 100) || 'localhost';

/** Field 22 of /proc/<pid>/stat (proc(5)); the name in field 2 may hold anything, so counting begins behind its bracket. */
function startedAt(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

export const thisProcess = (): Owner => ({
  host: clean(hostname()),
  pid: process.pid,
  started: startedAt(process.pid) ?? '0',
});

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * `foreign`: a process of another machine, or of a container with another host name, which cannot be seen from here.
 */
export function livenessOf(owner: Owner): 'live' | 'dead' | 'foreign' {
  if (owner.host !== clean(hostname())) return 'foreign';
  if (owner.pid === 0 || !exists(owner.pid)) return 'dead';
  const started = startedAt(owner.pid);
  return started === undefined || owner.started === '0' || started === owner.started ? 'live' : 'dead';
}
