import { readFileSync } from 'node:fs';
import { type TemporaryFolder, temporaryFolder, WORKSPACE } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { CASE_FILES, casesOf, type Ran, runAllCases } from './python-cases';
import { type Answer, askAnswers, questionsIn, recordedAnswers } from './recorded-answers';

/** Functions that are not called here, by the reason why. */
const notCalled = JSON.parse(readFileSync(`${__dirname}/mlflow/not-called.json`, 'utf8')) as Record<string, string[]>;

let folder: TemporaryFolder;
let server: AllInOne;
let ran: ReadonlyMap<string, Ran>;
let answers: readonly Answer[];
beforeAll(async () => {
  folder = temporaryFolder('mlflow');
  server = await startAllInOne(`${folder.path}/data`, { RUNLEDGER_WEBHOOK_RANGES: '127.0.0.0/8' });
  ran = await runAllCases(server);
  answers = await askAnswers(server);
}, 600_000);
afterAll(async () => {
  await server.process.stop();
  folder.remove();
});

const pageParts = (): string[] =>
  readFileSync(`${WORKSPACE}/docs/guide/from-mlflow.md`, 'utf8').split('## Where answers differ');

describe.each(CASE_FILES)("MLflow's own client, %s", (file) => {
  it.each(casesOf(file))('%s', (name) => {
    expect(ran.get(file)?.results.get(name)).toBeNull();
  });
});

it('calls every public function of the client and of the module and every command, or says why not', () => {
  const all = [...ran.values()];
  const called = new Set(all.flatMap((one) => one.called));
  const excused = Object.values(notCalled).flat();
  const surface = [...new Set(all.flatMap((one) => one.surface))];
  expect(surface.filter((name) => !called.has(name) && !excused.includes(name))).toEqual([]);
  expect(excused.filter((name) => called.has(name) || !surface.includes(name))).toEqual([]);
  expect(new Set(excused).size).toBe(excused.length);
});

it('does what docs/guide/from-mlflow.md says: every row names cases, and every case stands in a row', () => {
  const [page = ''] = pageParts();
  const rows = page.split('\n').filter((line) => /^\| [^-|]/.test(line) && !line.startsWith('| what'));
  const named = rows.map((row) => [...row.matchAll(/`(case_\w+)`/g)].map(([, name]) => name));
  const cases = [...CASE_FILES, 'large_files.py'].flatMap(casesOf);
  expect(rows.filter((row, i) => !row.includes('not yet') && named[i]?.length === 0)).toEqual([]);
  expect(named.flat().filter((name) => !cases.includes(name ?? ''))).toEqual([]);
  expect(cases.filter((name) => !named.flat().includes(name))).toEqual([]);
});

it("answers as MLflow's own server does, but where docs/guide/from-mlflow.md says otherwise", () => {
  const recorded = recordedAnswers();
  expect(answers.map(({ name }) => name)).toEqual(recorded.map(({ name }) => name));
  const [, table = ''] = pageParts();
  const listed = questionsIn(table);
  const same = (all: readonly Answer[]) => all.filter(({ name }) => !listed.includes(name));
  expect(same(answers)).toEqual(same(recorded));
  const differing = recorded.filter((one, i) => JSON.stringify(one) !== JSON.stringify(answers[i]));
  expect([...listed].sort()).toEqual(listed.filter((name) => differing.some((one) => one.name === name)).sort());
});
