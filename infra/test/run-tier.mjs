// Runs one tier of the tests in a jest of its own, and reads its results.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

const PATIENCE_MS = 60_000; // between jest's results and its end

/** Waits for the end of jest. One that has told its results and does not end is ended: something was left open. */
function end(child, results) {
  return new Promise((done) => {
    let told = 0;
    let hung = false;
    const timer = setInterval(() => {
      if (existsSync(results)) told ||= Date.now();
      if (!told || Date.now() - told < PATIENCE_MS) return;
      hung = true;
      child.kill('SIGKILL');
    }, 1_000);
    child.on('exit', (code, signal) => {
      clearInterval(timer);
      done({ code, signal, hung });
    });
    child.on('error', (error) => {
      clearInterval(timer);
      done({ code: 1, signal: error.message, hung });
    });
  });
}

function count(root, told) {
  const failures = [];
  const where = (suite) => relative(root, suite.name);
  for (const suite of told.testResults) {
    if (suite.status === 'failed' && suite.assertionResults.every(({ status }) => status !== 'failed'))
      failures.push(`${where(suite)} did not run`);
    for (const { status, fullName } of suite.assertionResults) {
      if (status === 'failed') failures.push(`${where(suite)}: ${fullName}`);
      if (['pending', 'todo', 'skipped', 'disabled'].includes(status))
        failures.push(`${where(suite)}: ${fullName} (${status}: nothing may be skipped)`);
    }
  }
  return { passed: told.numPassedTests, failures };
}

/** How long each file took, in seconds. */
const durations = (root, told) =>
  told.testResults.map(({ name, startTime, endTime }) => ({
    file: relative(root, name),
    seconds: (endTime - startTime) / 1000,
  }));

/** Answers how many tests passed, a line for everything that failed, and how long each file took. */
export async function runTier(root, tier, { patterns, env, onChild }) {
  const folder = mkdtempSync(join(tmpdir(), 'runledger-results-'));
  const results = join(folder, 'results.json');
  const args = ['--ci', '--passWithNoTests', '--json', `--outputFile=${results}`, ...tier.jest, '--', ...patterns];
  try {
    const child = spawn(process.execPath, [join(root, 'node_modules/jest/bin/jest.js'), ...args], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'], // with --json people's lines go to stderr
      env: { ...process.env, ...env },
    });
    onChild(child);
    const { code, signal, hung } = await end(child, results);
    if (!existsSync(results))
      return {
        passed: 0,
        files: [],
        failures: [`${tier.name} tests ended without results (${signal ?? `exit code ${code}`})`],
      };
    const told = JSON.parse(readFileSync(results, 'utf8'));
    const counted = { ...count(root, told), files: durations(root, told) };
    if (hung) counted.failures.push(`${tier.name} tests left something open, so that jest did not end`);
    else if (code !== 0 && counted.failures.length === 0)
      counted.failures.push(`${tier.name} tests: jest failed (${signal ?? `exit code ${code}`})`);
    return counted;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
