import { RETAINED, type Retained } from '@runledger/contracts';
import { type ExpiredAnswer, expiredAnswer } from '@runledger/contracts/http';
import { createExpiredRuns } from '@runledger/postgres';
import { drawing } from '@runledger/testkit';
import { openScene, read, refusalOf, type Scene } from '../test/query-scene';

// What has expired is held against a plain evaluation over all decisions, one after another.
const SEED = 31;
const PROJECTS = ['p1', 'p2'];
const ENDED = '2026-01-02T03:04:05.678Z';
const DIGEST = 'a'.repeat(64);

type Gone = Readonly<{ project: string; run: string; what: Retained; policy: string; there: Record<string, number> }>;
let scene: Scene;
const decided: Gone[] = [];
/** How many of them were carried out. */
let carried = 0;

async function decideAtRandom(rounds: number): Promise<void> {
  const { record, source } = scene;
  const draw = drawing(SEED);
  const whole = (below: number): number => Math.floor(draw() * below);
  const expired = createExpiredRuns(source);
  for (const project of PROJECTS) {
    await record.decision(`project/${project}`, 'project.created', { project, name: project, description: '' });
    const term = { days: 30, from: ENDED };
    const lock = { days: null, from: ENDED };
    const policy = { project, policy: `of-${project}`, at: ENDED, reference: 'rule 4' };
    const data = { ...policy, points: term, artifacts: term, lock };
    await record.decision(`retention/${project}`, 'retention.set', data);
  }
  for (let round = 0; round < rounds; round++) {
    const project = PROJECTS[whole(2)] as string;
    const what = RETAINED[whole(2)] as Retained;
    const run = `run-${round}`;
    const policy = draw() < 0.8 ? `of-${project}` : 'of-nobody';
    const there: Record<string, number> =
      what === 'points' ? { metrics: whole(9), points: whole(999) } : { files: whole(9), bytes: whole(99_999) };
    const listed = what === 'points' ? {} : { listed: [] };
    const data = { run, project, policy, days: 30, ended: ENDED, ...there, digest: DIGEST, ...listed };
    await record.decision(`expiry/${run}`, `${what}.expired`, data);
    decided.unshift({ project, run, what, policy, there });
    if (round === Math.floor(rounds / 2)) {
      await expired.takeOver();
      const all = decided.map((one) => ({ workspace: 'default', run: one.run }));
      for (const kind of RETAINED) await source.transaction((tx) => expired.gone(tx, kind, all));
      carried = decided.length;
    }
  }
  const theirs = { run: 'theirs', project: 'p1', policy: 'x', days: 1, ended: ENDED, metrics: 1, points: 1 };
  await record.decision('expiry/theirs', 'points.expired', { ...theirs, digest: DIGEST }, { workspace: 'other' });
  await record.facts('run-0', [
    { type: 'run.started', data: { experiment: 'e1', project: decided.at(-1)?.project, name: 'first of all' } },
  ]);
  await record.projectMetadata();
}

beforeAll(async () => {
  scene = await openScene();
  await decideAtRandom(40);
}, 120_000);
afterAll(() => scene.close());

const list = async (project: string, query = '', key?: string): Promise<ExpiredAnswer> =>
  expiredAnswer.parse((await read(scene, `projects/${project}/expired?${query}`, key)).body);
async function pages(project: string, query: string): Promise<ExpiredAnswer['expired']> {
  const all: ExpiredAnswer['expired'] = [];
  for (let token: string | null = ''; token !== null; ) {
    const page: ExpiredAnswer = await list(project, `${query}${token === '' ? '' : `&page_token=${token}`}`);
    all.push(...page.expired);
    token = page.nextPageToken;
  }
  return all;
}

it(`lists page by page what has gone, newest first, and by whose order, of seed ${SEED}`, async () => {
  const events: Array<{ id: string; subject: string }> = await scene.source.query(
    `select id, subject from custody.journal_event where workspace = 'default'`,
  );
  const eventOf = (subject: string) => events.find((one) => one.subject === subject)?.id ?? null;
  const nothing = { metrics: null, points: null, files: null, bytes: null };
  for (const project of PROJECTS)
    for (const what of [undefined, ...RETAINED]) {
      const expected = decided.flatMap(({ run, policy, there, ...one }, i) => {
        if (one.project !== project || (what !== undefined && one.what !== what)) return [];
        const isKnown = policy === `of-${project}`;
        const order = isKnown ? { policyEvent: eventOf(`retention/${project}`), policyBy: 'u1' } : {};
        return [
          {
            ...{ run, what: one.what, event: eventOf(`expiry/${run}`), at: expect.any(String), policy, days: 30 },
            ...{ policyEvent: null, policyBy: null, ...order, ended: ENDED, digest: DIGEST, ...nothing, ...there },
            ...{ gone: i >= decided.length - carried, runName: run === 'run-0' ? 'first of all' : null },
          },
        ];
      });
      expect(expected.length).toBeGreaterThan(5);
      for (const limit of [3, 100])
        expect(await pages(project, `limit=${limit}${what === undefined ? '' : `&what=${what}`}`)).toEqual(expected);
    }
  const times = (await list('p1')).expired.map(({ at }) => Date.parse(at));
  expect(times).toEqual(times.toSorted((a, b) => b - a));
});

it('answers a key of one list in no other', async () => {
  const { nextPageToken } = await list('p1', 'limit=1');
  for (const other of ['p2/expired?limit=1', 'p1/expired?what=points&limit=1'])
    expect((await read(scene, `projects/${other}&page_token=${nextPageToken}`)).status).toBe(400);
});

it('is missing where there is no such project, or it is out of reach', async () => {
  const missing = [404, 'QUERY_NO_PROJECT'];
  expect(refusalOf(await read(scene, 'projects/nowhere/expired'))).toEqual(missing);
  expect(refusalOf(await read(scene, 'projects/p1/expired', scene.keys.other))).toEqual(missing);
  expect((await read(scene, 'projects/p1/expired?what=params')).status).toBe(400);
  expect((await read(scene, 'projects/p1/expired', scene.keys.writer)).status).toBe(403);
});
