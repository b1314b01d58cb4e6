import { readdirSync, readFileSync } from 'node:fs';

/** Ticks of a second in /proc (USER_HZ), the same on every Linux. */
const TICKS = 100;

type Process = Readonly<{ pid: number; parent: number; ticks: number }>;

/** proc(5): fields 14 to 17 of stat, with what ended children have used. */
function readProcess(pid: number): Process | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, one) => sum + Number(one), 0);
    return { pid, parent: Number(fields[1]), ticks };
  } catch {
    return null; // it has ended
  }
}

/** Processor seconds that processes and all below them have used so far. */
export function cpuSeconds(roots: readonly number[]): number {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (readProcess(Number(name)) ?? []) : []));
  const known = new Set(roots);
  for (let before = -1; before < known.size; ) {
    before = known.size;
    for (const { pid, parent } of all) if (known.has(parent)) known.add(pid);
  }
  return all.reduce((sum, { pid, ticks }) => (known.has(pid) ? sum + ticks : sum), 0) / TICKS;
}
