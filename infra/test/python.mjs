// The Python environments of tests and benches: each made once for its list of requirements and interpreter, and kept in the
// user's cache, so that all clones share it. `node infra/test/python.mjs [name]` prints its interpreter, and makes it when it is
// not there.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const ENVIRONMENTS = {
  tests: { file: 'requirements.txt', options: [] },
  schemathesis: { file: 'requirements-schemathesis.txt', options: [] },
  fasttrackml: { file: 'requirements-fasttrackml.txt', options: ['--no-deps'] },
};
const CACHE = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'runledger');
const OLDEST = '(3, 10)';

/** Python with all that makes an environment. */
export const hasPython = () =>
  spawnSync('python3', ['-c', `import sys, venv, ensurepip; sys.exit(sys.version_info < ${OLDEST})`]).status === 0;

const requirementsOf = ({ file }) => join(import.meta.dirname, file);

function placeOf(environment) {
  const version = spawnSync('python3', ['-VV'], { encoding: 'utf8' }).stdout;
  const digest = createHash('sha256')
    .update(readFileSync(requirementsOf(environment)))
    .update(version)
    .digest('hex');
  return join(CACHE, `python-${digest.slice(0, 16)}`);
}

/** Its output goes to stderr: stdout is for the answer. */
function run(command, args) {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { stdio: ['ignore', 2, 2] });
    child.on('error', failed);
    child.on('exit', (code) => (code === 0 ? done() : failed(new Error(`${command} ${args.join(' ')} failed`))));
  });
}

/** Made beside its place and renamed: whoever finds it finds it whole, also when two make it at a time. */
async function make(environment, place) {
  const unfinished = `${place}.${process.pid}`;
  mkdirSync(CACHE, { recursive: true });
  try {
    await run('python3', ['-m', 'venv', unfinished]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...environment.options];
    await run(join(unfinished, 'bin/python'), [...pip, '--requirement', requirementsOf(environment)]);
    if (!existsSync(place)) renameSync(unfinished, place);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Answers the interpreter. Run modules with it (`-m`): the scripts beside it remember where they were made. */
export async function ensurePython(name = 'tests') {
  const environment = ENVIRONMENTS[name];
  if (environment === undefined)
    throw new Error(`There is no environment ${name}: ${Object.keys(ENVIRONMENTS).join(', ')}`);
  if (!hasPython()) throw new Error('The tests need Python 3.10 or later with venv (Debian package python3-venv).');
  const place = placeOf(environment);
  if (!existsSync(place)) await make(environment, place);
  return join(place, 'bin/python');
}

if (process.argv[1] === import.meta.filename) console.log(await ensurePython(process.argv[2]));
