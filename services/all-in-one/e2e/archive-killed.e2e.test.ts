import { execFile, execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { Failpoint } from '@runledger/kernel';
import { eventually, pythonInterpreter, type TemporaryFolder, temporaryFolder, WORKSPACE } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';

/** Where the process is killed, in the order of what it does; the second file of a partition has one before it. */
const CASES: Array<[place: Failpoint, nth: number]> = [
  ['archive.after-file', 1],
  ['archive.after-file', 3],
  ['archive.after-row', 3],
  ['archive.after-entry', 3],
  ['archive.before-drop', 1],
  ['archive.after-drop', 2],
];
const CLI = `${WORKSPACE}/services/cli/bin/runledger.mjs`;
const RUNS = ['first', 'second', 'third'];

let folder: TemporaryFolder;
let server: AllInOne;
const data = (): string => `${folder.path}/data`;
const prepared = (): string => `${folder.path}/prepared`;
const archiving = (): Record<string, string> => ({
  RUNLEDGER_ARCHIVE: `${data()}/archive`,
  RUNLEDGER_ARCHIVE_AFTER_DAYS: '0',
  RUNLEDGER_ARCHIVE_DROP_DAYS: '0',
});

type Told = Readonly<{ code: number; out: string; err: string }>;
const cli = (...args: string[]): Promise<Told> =>
  new Promise((resolve) => {
    const env = { ...process.env, RUNLEDGER_URL: server.url, RUNLEDGER_API_KEY: server.key };
    execFile(process.execPath, [CLI, ...args], { env }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    );
  });

async function send(path: string, body: object): Promise<unknown> {
  const answer = await fetch(`${server.url}/api/v1/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
async function record(part: number): Promise<void> {
  for (const run of RUNS) {
    const events = [
      { subject: `run/${run}`, type: 'params.logged', data: { params: [{ key: `p${part}`, value: 1 }] } },
      { subject: `run/${run}`, type: 'tags.set', data: { tags: [{ key: 'part', value: `${part}` }] } },
    ];
    await send('events', { events });
    await send('metrics', { run, series: [{ key: 'loss', steps: [part], values: [0.5 + part] }] });
  }
}
async function restart(env: Readonly<Record<string, string>> = {}): Promise<void> {
  await server.process.stop();
  server = await startAllInOne(data(), env);
}
const shown = async (): Promise<unknown> => [
  await send('sql?strong=true', { sql: 'select run, key, step, value from points order by 1, 2, 3' }),
  (await cli('runs', '--json')).out,
];

/** A deployment with messages of which nothing is archived, stopped: each case begins with a copy of it. */
beforeAll(async () => {
  folder = temporaryFolder('archive-killed');
  server = await startAllInOne(data());
  await record(0);
  await record(1);
  await send('sql?strong=true', { sql: 'select 1' });
  await server.process.stop();
  execFileSync('cp', ['-a', data(), prepared()]);
}, 120_000);
afterAll(async () => {
  await server.process.stop();
  folder.remove();
});

/** Until nothing holds a message in the log any more. */
const archiveAll = (): Promise<Told> =>
  eventually(
    async () => {
      const ran = await cli('archive', 'run');
      if (ran.code !== 0) throw new Error(ran.err);
      return ran.out.includes('held') ? undefined : ran;
    },
    60_000,
    500,
  );

it.each(CASES)(
  'killed at %s (%p), archiving goes on with the next start, and nothing is lost or there twice',
  async (place, nth) => {
    await server.process.stop();
    execFileSync('rm', ['-rf', data()]);
    execFileSync('cp', ['-a', prepared(), data()]);
    await restart({ ...archiving(), RUNLEDGER_FAILPOINT: `${place}:${nth}` });
    const before = await shown();
    await eventually(
      async () => {
        const ran = await cli('archive', 'run');
        return ran.code === 0 ? undefined : ran;
      },
      60_000,
      500,
    );
    expect(await server.process.ended).toBe('SIGKILL');

    await restart(archiving());
    expect(await shown()).toEqual(before);
    await archiveAll();
    const standings = JSON.parse((await cli('archive', '--json')).out) as {
      partitions: Array<{ topic: string; archivedTo: number; droppedTo: number }>;
    };
    expect(standings.partitions.length).toBeGreaterThan(4);
    for (const { archivedTo, droppedTo } of standings.partitions) expect(droppedTo).toBe(archivedTo);
    expect(await cli('archive', 'verify')).toMatchObject({ code: 0, out: '' });
    expect(await shown()).toEqual(before);
    expect(await cli('check')).toMatchObject({ code: 0, out: '' });
  },
  180_000,
);

it('goes on where it was, and says how far it is', async () => {
  await record(2);
  await archiveAll();
  expect((await cli('archive')).out).toMatch(
    /^partition +archived to +log begins at [^]*runledger\.metrics\.v1\/\d +\d+ +\d+ /,
  );
  const before = await shown();
  await restart(archiving());
  for (const projection of ['metadata', 'series'])
    expect(await cli('rebuild', projection)).toMatchObject({ code: 0, out: `${projection} is rebuilt\n` });
  expect(await shown()).toEqual(before);
}, 120_000);

it('is told from an archive that lacks a file, and the process does not start without it', async () => {
  const entries = `${data()}/archive/ranges`;
  const [incarnation = ''] = readdirSync(entries);
  const partitions = readdirSync(`${entries}/${incarnation}/runledger.metrics.v1`);
  const [first = ''] = readdirSync(`${entries}/${incarnation}/runledger.metrics.v1/${partitions[0]}`);
  const entry = readFileSync(`${entries}/${incarnation}/runledger.metrics.v1/${partitions[0]}/${first}`, 'utf8');
  const { digest } = JSON.parse(entry) as { digest: string };
  const file = `${data()}/archive/sha256/${digest.slice(0, 2)}/${digest.slice(2)}`;
  // As the guide says that it is read by others.
  const guide = readFileSync(`${WORKSPACE}/docs/guide/archive.md`, 'utf8');
  const [, program = ''] = /```python\n([^]*?)```/.exec(guide) ?? [];
  const printed = execFileSync(await pythonInterpreter(), ['-c', program, file], { encoding: 'utf8' });
  expect(printed).toContain(`sha256 ${digest}`);
  expect(printed).toMatch(/^0 \d{13} default\/run\/\w+ \{.*'ce_workspace': 'default'.*\} \d+$/m);

  execFileSync('mv', [file, `${folder.path}/away`]);
  const verified = await cli('archive', 'verify');
  expect(verified.code).toBe(1);
  expect(verified.out).toContain('ARCHIVE_MISSING');
  const checked = await cli('check');
  expect(checked.code).toBe(1);
  expect(checked.out).toContain(digest);
  execFileSync('mv', [`${folder.path}/away`, file]);
  expect(await cli('archive', 'verify')).toMatchObject({ code: 0 });
  await server.process.stop();
  await expect(startAllInOne(data())).rejects.toThrow();
}, 120_000);
