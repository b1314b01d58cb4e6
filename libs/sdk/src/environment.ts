import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, hostname, release, totalmem, type } from 'node:os';
import { dirname, join } from 'node:path';
import type { FactData } from './event-body';

export type Environment = FactData<'environment.recorded'>;

const SECRET = /(key|token|secret|password|passwd|credential)/i;
const MAX_COMMAND = 10_000;

/** A command line whose secrets are blotted out: `--api-key=…` and `--api-key …`. */
export function safeCommand(argv: readonly string[]): string {
  const words = argv.map((word, i) => {
    const [name = '', ...rest] = word.split('=');
    if (rest.length > 0 && SECRET.test(name)) return `${name}=***`;
    const before = argv[i - 1] ?? '';
    return before.startsWith('-') && !before.includes('=') && SECRET.test(before) ? '***' : word;
  });
  return words.join(' ').slice(0, MAX_COMMAND);
}

function nearestPackage(folder: string): string | undefined {
  const path = join(folder, 'package.json');
  if (existsSync(path)) return path;
  const parent = dirname(folder);
  return parent === folder ? undefined : nearestPackage(parent);
}

function versionOf(name: string, from: string): string | undefined {
  for (const folder of createRequire(from).resolve.paths(name) ?? []) {
    try {
      const { version } = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as { version?: unknown };
      if (typeof version === 'string') return version;
    } catch {
      // not in this folder
    }
  }
  return undefined;
}

/** The packages that the program's own package.json names, in the versions that are installed. */
function installedPackages(cwd: string): Array<{ name: string; version: string }> {
  const path = nearestPackage(cwd);
  if (path === undefined) return [];
  try {
    const { dependencies = {} } = JSON.parse(readFileSync(path, 'utf8')) as { dependencies?: Record<string, string> };
    return Object.keys(dependencies).flatMap((name) => {
      const version = versionOf(name, path);
      return version === undefined ? [] : [{ name, version }];
    });
  } catch {
    return [];
  }
}

/** Where this process runs: host, system, runtime, command, processors, memory, packages. */
export const collectEnvironment = (cwd: string = process.cwd()): Environment => ({
  host: hostname(),
  os: `${type()} ${release()} ${process.arch}`,
  runtime: `node ${process.versions.node}`,
  command: safeCommand(process.argv),
  cpus: availableParallelism(),
  memoryBytes: totalmem(),
  packages: installedPackages(cwd),
});
