import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import type { Failpoint } from '@runledger/kernel';
import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { CONTROL, NAMING, openErasureScene, SUBJECT } from './erasure-scene';

/** Where the process is killed after the decision, in the order of what it does. Somebody is called by four texts, each with a key. */
const CASES: Array<[place: Failpoint, nth: number]> = [
  ['erasure.before-keys', 1],
  ['erasure.stone-laid', 1],
  ['erasure.name-forgotten', 1],
  ['erasure.key-taken', 1],
  ['erasure.key-overwritten', 1],
  ['erasure.after-key', 1],
  ['erasure.key-taken', 3],
  ['erasure.after-key', 3],
  ['erasure.before-done', 1],
  ['erasure.bytes-removed', 1],
];

let folder: TemporaryFolder;
let server: AllInOne;
const scene = openErasureScene({ urlOf: () => server.url, key: () => server.key });
const { ask, command, done } = scene;
const data = (): string => `${folder.path}/data`;
const prepared = (): string => `${folder.path}/prepared`;
const copied = (from: string, to: string): Buffer => execFileSync('cp', ['-a', from, to]);

const FILE = 'notes.txt';
type Report = Readonly<{
  status: string;
  subjects: string[];
  keysDestroyedAt: string | null;
  artifacts: ReadonlyArray<Readonly<{ goneAt: string | null }>>;
}>;
type Asked = Readonly<{ second: string; erasure: string; run: string }>;
let asked: Asked;

/** A deployment in which an erasure was requested, stopped: each case begins with a copy of it. */
beforeAll(async () => {
  folder = temporaryFolder('erasure-killed');
  server = await startAllInOne(data());
  const second = await scene.secondAdmin();
  const run = await scene.recordOf(SUBJECT);
  await scene.recordOf(CONTROL);
  await scene.storeFile(run, FILE, `${SUBJECT} was here`);
  expect([await scene.usersFound(SUBJECT), await scene.usersFound(CONTROL)]).toEqual([1, 1]);
  const { result } = await command<{ result: { erasure: string } }>('request-erasure', {
    ...NAMING,
    artifacts: [{ run, path: FILE }],
  });
  await server.process.stop();
  asked = { second, run, erasure: result.erasure };
  copied(data(), prepared());
}, 120_000);
afterAll(async () => {
  await server.process.stop();
  folder.remove();
});

async function restart(env: Readonly<Record<string, string>> = {}): Promise<void> {
  await server.process.stop();
  server = await startAllInOne(data(), env);
}
const report = (): Promise<Report> => done<Report>(`api/v1/erasures/${asked.erasure}`);
const filesOf = (kind: 'keys' | 'erased'): string[] => readdirSync(`${data()}/personal/default/${kind}`);

it.each(CASES)(
  'killed at %s (%p), it is carried out by the next start, once',
  async (place, nth) => {
    const { second, erasure, run } = asked;
    await server.process.stop();
    execFileSync('rm', ['-rf', data()]);
    copied(prepared(), data());
    await restart({ RUNLEDGER_FAILPOINT: `${place}:${nth}` });
    expect(await scene.textOf(run)).toContain(SUBJECT);
    const approval = { id: `approval-${place}-${nth}`, erasure };
    await expect(ask('api/v1/commands/approve-erasure', approval, second)).rejects.toThrow();
    expect(await server.process.ended).toBe('SIGKILL');

    await restart();
    const { status, subjects, keysDestroyedAt, artifacts } = await report();
    expect([status, keysDestroyedAt]).toEqual(['approved', expect.any(String)]);
    expect(filesOf('erased').toSorted()).toEqual(subjects.toSorted());
    expect(subjects).toHaveLength(4);
    expect(artifacts).toMatchObject([{ goneAt: expect.any(String) }]);
    expect((await scene.fileOf(run, FILE)).body).toContain('ARTIFACTS_ERASED');
    // Neither a key nor what is left of one.
    expect(filesOf('keys').filter((file) => subjects.some((whose) => file.startsWith(whose)))).toEqual([]);
    expect(await scene.textOf(run)).toMatch(/"mlflow.user","value":"\[erased \d{4}-\d\d-\d\d\]"/);
    expect([await scene.usersFound(SUBJECT), await scene.usersFound(CONTROL)]).toEqual([0, 1]);

    // Who got no answer asks again and gets the first one; another approval is too late.
    expect(await command('approve-erasure', approval, second)).toMatchObject({ result: { status: 'approved' } });
    expect((await ask('api/v1/commands/approve-erasure', { erasure }, second)).body).toContain('ERASURE_OVER');
    expect(await report()).toMatchObject({ status: 'approved', keysDestroyedAt });
  },
  120_000,
);

it('is not done again by another start', async () => {
  const before = await report();
  await restart();
  expect(await report()).toEqual(before);
}, 60_000);

it('holds after a restore of everything from before it, by the stones that lie elsewhere', async () => {
  const { second, erasure, run } = asked;
  const begin = async (): Promise<void> => {
    await server.process.stop();
    execFileSync('rm', ['-rf', data()]);
    copied(prepared(), data());
    await restart({ RUNLEDGER_ERASURE_STONES: `${folder.path}/stones` });
  };
  await begin();
  expect([await scene.textOf(run), (await scene.fileOf(run, FILE)).status]).toEqual([
    expect.stringContaining(SUBJECT),
    200,
  ]);
  await command('approve-erasure', { erasure }, second);
  expect(await scene.textOf(run)).not.toContain(SUBJECT);
  // Data and keys of before: the journal knows of no approval.
  await begin();
  expect(await report()).toMatchObject({ status: 'requested', keysDestroyedAt: expect.any(String) });
  expect((await scene.fileOf(run, FILE)).status).toBe(404);
  expect(await scene.textOf(run)).toMatch(/"mlflow.user","value":"\[erased \d{4}-\d\d-\d\d\]"/);
  expect([await scene.usersFound(SUBJECT), await scene.usersFound(CONTROL)]).toEqual([0, 1]);
}, 120_000);
