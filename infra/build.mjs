// Builds one project and what it stands on, through Nx and its cache. Says nothing unless it takes long or fails: the
// program that follows is what was asked for.
import { spawn } from 'node:child_process';

/** Nx writes outputs anew even where nothing has changed, and the tests start servers from these files meanwhile. */
if (process.env.TESTS_HAVE_BUILT === '1') process.exit();

const SLOW_MS = 4_000;
const [project] = process.argv.slice(2);

const nx = spawn('nx', ['run', `${project}:build`], { stdio: ['ignore', 'pipe', 'pipe'] });
let said = '';
for (const stream of [nx.stdout, nx.stderr])
  stream.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
const slow = setTimeout(() => process.stderr.write('building, which the next start will not have to …\n'), SLOW_MS);
nx.once('error', (error) => {
  clearTimeout(slow);
  process.stderr.write(`cannot build: ${error.message}; run npm ci first\n`);
  process.exitCode = 1;
});
nx.once('exit', (code) => {
  clearTimeout(slow);
  if (code === 0) return;
  process.stderr.write(`${said}\nthe build of ${project} failed\n`);
  process.exitCode = 1;
});
