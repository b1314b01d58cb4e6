import { readFileSync } from 'node:fs';
import { type Spawned, spawnProgram, WORKSPACE } from '@runledger/testkit';

export type AllInOne = Readonly<{ process: Spawned; url: string; key: string }>;

const MAIN = `${WORKSPACE}/services/all-in-one/dist/main.js`;

/** Starts services/all-in-one as it is built, on a folder, and waits until it says that it is ready. */
export async function startAllInOne(dataDir: string, env: Readonly<Record<string, string>> = {}): Promise<AllInOne> {
  const spawned = spawnAllInOne(dataDir, env);
  const [, url = ''] = await spawned.line(/ready at (http:\S+)/);
  return { process: spawned, url, key: readFileSync(`${dataDir}/admin.key`, 'utf8').trim() };
}

export const spawnAllInOne = (
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): Spawned =>
  spawnProgram(process.execPath, [MAIN, ...args], {
    env: { RUNLEDGER_DATA: dataDir, RUNLEDGER_PORT: '0', ...env },
  });
