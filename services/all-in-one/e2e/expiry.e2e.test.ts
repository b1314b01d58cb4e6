import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { verifyBundle } from '@runledger/evidence';
import type { Failpoint } from '@runledger/kernel';
import { parseVerifierKey } from '@runledger/merkle';
import { eventually, type TemporaryFolder, temporaryFolder, WORKSPACE } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { openErasureScene } from './erasure-scene';

/** Less than before holds at once, as an operator may choose; days are counted from the log's own clock. */
const AT_ONCE = { RUNLEDGER_RETENTION_DELAY_HOURS: '0' };
const FILE = 'weights.txt';
const BYTES = 'weights of the run that expires';

type Tombstone = Readonly<{ what: string; event: string; gone: boolean; policyBy: string; points: number | null }>;
type Run = Readonly<{ params: unknown[]; artifacts: unknown[]; expired: Tombstone[] }>;

let folder: TemporaryFolder;
let server: AllInOne;
let before: string;
const scene = openErasureScene({ urlOf: () => server.url, key: () => server.key });
const { ask, command, done } = scene;
const data = (): string => `${folder.path}/data`;
const copied = (from: string, to: string): Buffer => execFileSync('cp', ['-a', from, to]);
const runOf = (run: string, query = ''): Promise<Run> => done<Run>(`api/v1/runs/${run}${query}`);
const points = (run: string) => ({ run, series: [{ key: 'loss', steps: [0, 1, 2], values: [3, 2, 1] }] });

async function record(run: string): Promise<void> {
  const subject = `run/${run}`;
  const events = [
    { subject, type: 'run.started', data: { experiment: '0' } },
    { subject, type: 'params.logged', data: { params: [{ key: 'lr', value: 0.1 }] } },
  ];
  await done('api/v1/events', { events });
  await done('api/v1/metrics', points(run));
  await scene.storeFile(run, FILE, `${BYTES} ${run}`);
}
const finish = (run: string): Promise<unknown> =>
  done('api/v1/events', { events: [{ subject: `run/${run}`, type: 'run.finished', data: { outcome: 'finished' } }] });

async function restart(env: Readonly<Record<string, string>> = {}): Promise<void> {
  await server.process.stop();
  server = await startAllInOne(data(), { ...AT_ONCE, ...env });
}
const expired = (run: string): Promise<Tombstone[]> =>
  eventually(async () => {
    const tombstones = (await runOf(run)).expired;
    return tombstones.length === 2 && tombstones.every(({ gone }) => gone) ? tombstones : undefined;
  }, 90_000);

/** A deployment with a run that has ended and one that goes on, whose project has said nothing yet. */
beforeAll(async () => {
  folder = temporaryFolder('expiry');
  server = await startAllInOne(data(), AT_ONCE);
  await record('old');
  await record('young');
  await finish('old');
  before = new Date().toISOString();
  await done('api/v1/runs/old/metrics?strong=true');
  await server.process.stop();
  copied(data(), `${folder.path}/prepared`);
}, 120_000);
afterAll(async () => {
  await server.process.stop();
  folder.remove();
});

const keepNothing = (): Promise<unknown> =>
  command('set-retention', { project: 'default', points: 0, artifacts: 0, reference: 'rule 4' });

/** Between a decision and its carrying out there is nothing else to be killed at. */
const CASES: readonly Failpoint[] = ['expiry.points-removed', 'expiry.bytes-removed'];

it.each(CASES)(
  'killed at %s, it is carried out by the next start',
  async (place) => {
    await server.process.stop();
    execFileSync('rm', ['-rf', data()]);
    copied(`${folder.path}/prepared`, data());
    await restart({ RUNLEDGER_FAILPOINT: place });
    await keepNothing();
    expect(await server.process.ended).toBe('SIGKILL');
    await restart();
    await expired('old');
    expect((await scene.fileOf('old', FILE)).body).toContain('ARTIFACTS_EXPIRED');
    expect((await scene.fileOf('young', FILE)).status).toBe(200);
    expect(await scene.differencesOf('check')).toBe(0);
  },
  240_000,
);

it('tells what was there and by whose order it went, and keeps what was said of the run', async () => {
  const { params, artifacts, expired: tombstones } = await runOf('old');
  expect([params, artifacts]).toMatchObject([[{ key: 'lr', value: 0.1 }], [{ path: FILE }]]);
  expect(tombstones).toMatchObject([
    { what: 'artifacts', policyBy: 'admin', files: 1, bytes: BYTES.length + ' old'.length },
    { what: 'points', policyBy: 'admin', metrics: 1, points: 3, days: 0 },
  ]);
  for (const moment of ['', `?as_of=${encodeURIComponent(before)}`])
    expect(await done(`api/v1/runs/old/metrics${moment}`)).toMatchObject({ metrics: [{ key: 'loss', value: 1 }] });
  const [policy] = (await done<{ policies: Array<{ event: string }> }>('api/v1/projects/default/retention')).policies;
  for (const event of [policy?.event, ...tombstones.map((one) => one.event)])
    await eventually(
      async () => ((await ask(`api/v1/proofs/event/${event}`)).status === 200 ? true : undefined),
      30_000,
    );
}, 60_000);

it('says at every door for curves that the points have expired, also as of a moment before', async () => {
  const gone = { what: 'points', run: 'old', points: 3 };
  for (const moment of ['', `&as_of=${encodeURIComponent(before)}`]) {
    expect(await done(`api/v1/runs/old/metrics?${moment}`)).toMatchObject(moment === '' ? {} : { expired: gone });
    expect(await done(`api/v1/runs/old/series?key=loss${moment}`)).toMatchObject({ expired: gone });
    expect(await done(`api/v1/runs/old/series/buckets?key=loss${moment}`)).toMatchObject({
      expired: gone,
      series: [{ buckets: [] }],
    });
    expect(await done(`api/v1/curves?${moment}`, { runs: ['old', 'young'], keys: ['loss'] })).toMatchObject({
      expired: [gone],
      curves: [{ run: 'young' }],
    });
  }
  const point = await ask('api/v1/proofs/point?run=old&key=loss&step=1');
  expect([point.status, point.body]).toEqual([404, expect.stringContaining('NOTARY_POINTS_EXPIRED')]);
  expect((await runOf('old', `?as_of=${encodeURIComponent(before)}`)).expired).toHaveLength(2);
  expect(await done('api/v1/runs/young/series?key=loss')).not.toHaveProperty('expired');
});

it('is refused at both doors, and everything else that is said of the run is taken', async () => {
  const refused = { status: 409, body: expect.stringContaining('RETENTION_EXPIRED') as string };
  expect(await ask('api/v1/metrics', points('old'))).toEqual(refused);
  const metric = { run_id: 'old', key: 'loss', value: 1, timestamp: 1, step: 9 };
  const answer = await ask('api/2.0/mlflow/runs/log-metric', metric);
  expect([answer.status >= 400 && answer.status < 500, answer.body]).toEqual([
    true,
    expect.stringContaining('expired'),
  ]);
  expect((await ask('api/2.0/mlflow/runs/log-metric', { ...metric, run_id: 'young' })).status).toBe(200);
  const put = (key: string): Promise<Response> =>
    fetch(`${server.url}/api/v1/runs/old/artifacts/new`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'text/plain' },
      body: 'more',
    });
  expect((await put(server.key)).status).toBe(409);
  await done('api/v1/events', {
    events: [{ subject: 'run/old', type: 'tags.set', data: { tags: [{ key: 'seen', value: 'yes' }] } }],
  });
});

it('is told and set on the command line, where a hold keeps what has not expired', () => {
  const env = { ...process.env, RUNLEDGER_URL: server.url, RUNLEDGER_API_KEY: server.key };
  const cli = (...args: string[]): string =>
    execFileSync(process.execPath, [`${WORKSPACE}/services/cli/bin/runledger.mjs`, ...args], {
      env,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  expect(cli('retention', 'show', 'default')).toMatch(/points +0 days/);
  const found = JSON.parse(cli('retention', 'expired', 'default', '--json')) as Array<Tombstone & { run: string }>;
  expect(found).toMatchObject([
    { what: expect.any(String), run: 'old', gone: true, policyBy: 'admin', event: expect.any(String) },
    { run: 'old', gone: true },
  ]);
  expect(cli('retention', 'expired', 'default', '--what', 'points', '--limit', '1')).toMatch(
    /old +3 points of 1 metrics +yes +0 /,
  );
  cli('holds', 'place', '--run', 'young', '--project', 'default', '--reference', 'case 3');
  expect(cli('holds')).toMatch(/in-force.*young.*default.*case 3/);
  const dry = cli('retention', 'set', 'default', '--points', '0', '--dry-run');
  expect(dry).toMatch(/points +0 days +20\S+ +0 +0 points of 0 metrics +0\nartifacts +ever/);
  const set = cli('retention', 'set', 'default', '--points', '30', '--artifacts', 'ever', '--reference', 'rule 5');
  expect(JSON.parse(set)).toMatchObject({ points: { days: 30 }, artifacts: { days: null } });
  expect(cli('retention', 'show', 'default')).toMatch(/points +30 days[^]*artifacts +ever/);
  expect(() => cli('retention', 'set', 'default', '--points', '30')).toThrow(/--reference.*--dry-run/);
  expect(() => cli('retention', 'set', 'default', '--points', 'soon', '--reference', 'rule 5')).toThrow();
});

it('locks nothing in a folder, and says what would, which changes nothing', async () => {
  const before = await done('api/v1/projects/default/retention');
  const answer = await ask('api/v1/commands/set-retention', { project: 'default', lock: 30, reference: 'rule 6' });
  expect([answer.status, answer.body]).toEqual([409, expect.stringMatching(/ARTIFACTS_NO_LOCK.*Object Lock is on/)]);
  expect(await done('api/v1/projects/default/retention')).toEqual(before);
});

it('is in bundles of evidence, which verify', async () => {
  const vkey = parseVerifierKey((await ask('log/default/vkey')).body.trim());
  const path = 'api/v1/evidence?run=old&artifacts=true';
  const bundle = `${folder.path}/old.tar`;
  const taken = await fetch(`${server.url}/${path}`, { headers: { authorization: `Bearer ${server.key}` } });
  expect(taken.status).toBe(200);
  const bytes = Buffer.from(await taken.arrayBuffer());
  writeFileSync(bundle, bytes);
  expect((await verifyBundle(bundle, [vkey])).notices).toEqual([]);
  const [artifacts] = (await runOf('old')).expired;
  const text = bytes.toString('latin1');
  expect(text).toContain('"points.expired"');
  expect(text).toContain(`as decided by event ${artifacts?.event}`);
}, 60_000);

it('comes back by no rebuild', async () => {
  const { body } = await ask('api/v1/rebuild', { projection: 'series' });
  expect(body.trim().split('\n').at(-1)).toContain('"done"');
  expect(await done('api/v1/runs/old/series?key=loss')).toMatchObject({ expired: { what: 'points' } });
  expect(await scene.differencesOf('check')).toBe(0);
  expect(await scene.differencesOf('ledger/check')).toBe(0);
}, 60_000);
