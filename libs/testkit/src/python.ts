import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { WORKSPACE } from './belongings';

const run = promisify(execFile);

/** The interpreter of an environment that infra/test/python.mjs knows. Made at the first call on a machine, in a minute or two. */
export async function pythonInterpreter(
  environment: 'tests' | 'schemathesis' | 'fasttrackml' = 'tests',
): Promise<string> {
  const { stdout } = await run(process.execPath, [join(WORKSPACE, 'infra/test/python.mjs'), environment]);
  return stdout.trim();
}
