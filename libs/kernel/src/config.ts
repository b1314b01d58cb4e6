import { z } from 'zod';
import { Fault } from './fault';

const PREFIX = 'RUNLEDGER_';

/** Real booleans: `on`/`off`, `true`/`false`, `1`/`0`. */
export const flag = z
  .enum(['on', 'off', 'true', 'false', '1', '0'])
  .transform((text) => text === 'on' || text === 'true' || text === '1');
/** Digits and nothing else: JavaScript would read an empty setting as 0. */
const digits = z.string().regex(/^\d+$/, { error: 'must be a whole number' }).transform(Number);
export const portNumber = digits.pipe(z.int().max(65_535));
export const count = digits.pipe(z.int());

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

function nearest(name: string, known: readonly string[]): string | undefined {
  const sorted = [...known].sort((x, y) => distance(name, x) - distance(name, y));
  return sorted[0];
}

/** What clients read (SDK, demo, command line). A shell that has them for a client may start a server too. */
const OF_CLIENTS: readonly string[] = ['RUNLEDGER_URL', 'RUNLEDGER_API_KEY'];

/**
 * Reads every setting of a process from the environment, once, frozen. An unknown `RUNLEDGER_` name stops the start,
 * since a misspelt setting that is silently ignored is worse than one that is missing.
 * @throws Fault invalid KERNEL_UNKNOWN_SETTING, KERNEL_BAD_SETTING
 */
export function readConfig<S extends z.ZodRawShape>(
  shape: S,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<z.output<z.ZodObject<S>>> {
  const known = Object.keys(shape);
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(PREFIX) || value === undefined || OF_CLIENTS.includes(name)) continue;
    if (!known.includes(name))
      throw new Fault(
        'invalid',
        'KERNEL_UNKNOWN_SETTING',
        `${name} is not a setting of this process; did you mean ${nearest(name, known) ?? 'nothing'}?`,
      );
    given[name] = value;
  }
  const parsed = z.object(shape).safeParse(given);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((i) => `${i.path.join('.')} ${i.message}`).join('; ');
    throw new Fault('invalid', 'KERNEL_BAD_SETTING', `these settings cannot be used: ${issues}`);
  }
  return Object.freeze(parsed.data);
}
