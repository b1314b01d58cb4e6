import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { WORKSPACE } from './belongings';

const run = promisify(execFile);

/** The interpreter that has what infra/test/requirements.txt names. Made at the first call on a machine, in a minute or two. */
export async function pythonInterpreter(): Promise<string> {
  const { stdout } = await run(process.execPath, [join(WORKSPACE, 'infra/test/python.mjs')]);
  return stdout.trim();
}
