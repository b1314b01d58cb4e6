// `npm test`: gets what is missing, builds, and runs every test once against real servers, which the tests start on
// free ports and stop by their ids. Ends with one plain line, `N passed, N failed`. `npm run test:long` runs the long
// tests at full size; arguments narrow the files down, as jest's do.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensurePython } from './python.mjs';
import { runTier } from './run-tier.mjs';
import { ensureSystemPackages } from './system-packages.mjs';

const root = join(import.meta.dirname, '../..');
const { values, positionals } = parseArgs({ options: { long: { type: 'boolean' } }, allowPositionals: true });

// Two files at a time: they wait for servers as long as they work. What measures times has the cores alone.
const TIERS = [
  {
    name: 'unit',
    jest: [
      '--maxWorkers=2',
      '--testPathIgnorePatterns=/node_modules/',
      '--testPathIgnorePatterns=[.](int|e2e|long|alone)[.]test[.]ts$',
    ],
  },
  { name: 'engine', jest: ['--maxWorkers=2', '--testMatch=**/*.int.test.ts'] },
  { name: 'end-to-end and long', jest: ['--maxWorkers=2', '--testMatch=**/*.{e2e,long}.test.ts'] },
  { name: 'measuring', jest: ['--runInBand', '--testMatch=**/*.alone.test.ts'] },
];

const SHOWN = 20; // of the slowest files

let child;
let interrupted = false;
// Ctrl-C has reached the child too; a signal to this process alone has not. The tests' servers see its end, and end.
for (const name of ['SIGINT', 'SIGTERM'])
  process.on(name, () => {
    interrupted = true;
    child?.kill(name);
  });

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(0)} s`;

function finish(passed, failed) {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(interrupted ? 130 : failed === 0 ? 0 : 1);
}

function give(why) {
  console.error(why);
  finish(0, 1);
}

function run(command, args, cwd = root) {
  return new Promise((done) => {
    child = spawn(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', () => done(false));
    child.on('exit', (code) => done(code === 0));
  });
}

async function prepare() {
  const absent = ensureSystemPackages();
  if (absent) give(absent);
  const pythons = Promise.all(['tests', 'schemathesis'].map((environment) => ensurePython(environment))).catch(
    (error) => give(`Python's packages could not be installed: ${error.message}`),
  );
  if (!(await run(join(root, 'node_modules/.bin/nx'), ['run-many', '-t', 'build', '--output-style=static'])))
    give('The build failed.');
  if (
    !existsSync(join(root, 'infra/kafka/target/jars')) &&
    !(await run('mvn', ['-q', '-B', 'package'], join(root, 'infra/kafka')))
  )
    give("Maven could not fetch Kafka's jars.");
  await pythons;
}

const began = performance.now();
await prepare();
console.log(`Ready after ${seconds(began)}`);
let passed = 0;
const failures = [];
const files = [];
for (const tier of TIERS) {
  if (interrupted) break;
  const start = performance.now();
  console.log(`\n${tier.name} tests`);
  const told = await runTier(root, tier, {
    patterns: positionals,
    env: { LONG_SCALE: values.long ? '1' : '0.05', TESTS_HAVE_BUILT: '1' },
    onChild: (started) => {
      child = started;
    },
  });
  passed += told.passed;
  failures.push(...told.failures);
  files.push(...told.files);
  console.log(`${tier.name} tests: ${told.passed} passed, ${told.failures.length} failed, ${seconds(start)}`);
}
if (interrupted) failures.push('interrupted');
else if (passed === 0 && failures.length === 0) failures.push('there was no test');
const slowest = files.sort((a, b) => b.seconds - a.seconds).slice(0, SHOWN);
console.log(
  `\nSlowest files:\n${slowest.map((one) => `${one.seconds.toFixed(0).padStart(5)} s  ${one.file}`).join('\n')}`,
);
if (failures.length > 0) console.log(`\nFailed:\n${failures.map((line) => `  ${line}`).join('\n')}`);
console.log(`\n${seconds(began)} in all`);
finish(passed, failures.length);
