import { readFileSync } from 'node:fs';
import { type TemporaryFolder, temporaryFolder, WORKSPACE } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { casesOf, type Ran, runCases } from './python-cases';

const FILES = ['tracking.py', 'fluent.py', 'registry.py', 'logged_models.py', 'artifacts.py', 'models.py'];

/** Functions that are not called here, by the reason why. */
const notCalled = JSON.parse(readFileSync(`${__dirname}/mlflow/not-called.json`, 'utf8')) as Record<string, string[]>;

let folder: TemporaryFolder;
let server: AllInOne;
const ran = new Map<string, Ran>();
beforeAll(async () => {
  folder = temporaryFolder('mlflow');
  server = await startAllInOne(`${folder.path}/data`);
  for (const file of FILES) ran.set(file, await runCases(file, server));
}, 300_000);
afterAll(async () => {
  await server.process.stop();
  folder.remove();
});

describe.each(FILES)("MLflow's own client, %s", (file) => {
  it.each(casesOf(file))('%s', (name) => {
    expect(ran.get(file)?.results.get(name)).toBeNull();
  });
});

it('calls every public function of the client and of the module, or says why not', () => {
  const all = [...ran.values()];
  const called = new Set(all.flatMap((one) => one.called));
  const excused = Object.values(notCalled).flat();
  const surface = [...new Set(all.flatMap((one) => one.surface))];
  expect(surface.filter((name) => !called.has(name) && !excused.includes(name))).toEqual([]);
  expect(excused.filter((name) => called.has(name) || !surface.includes(name))).toEqual([]);
  expect(new Set(excused).size).toBe(excused.length);
});

it('does what docs/guide/from-mlflow.md says: every row names cases, and every case stands in a row', () => {
  const page = readFileSync(`${WORKSPACE}/docs/guide/from-mlflow.md`, 'utf8');
  const rows = page.split('\n').filter((line) => /^\| [^-|]/.test(line) && !line.startsWith('| what'));
  const named = rows.map((row) => [...row.matchAll(/`(case_\w+)`/g)].map(([, name]) => name));
  const cases = FILES.flatMap(casesOf);
  expect(rows.filter((row, i) => !row.includes('not yet') && named[i]?.length === 0)).toEqual([]);
  expect(named.flat().filter((name) => !cases.includes(name ?? ''))).toEqual([]);
  expect(cases.filter((name) => !named.flat().includes(name))).toEqual([]);
});
