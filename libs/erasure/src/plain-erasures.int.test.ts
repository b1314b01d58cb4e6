import { decide } from '@runledger/access';
import { DELETERS, type DecisionType } from '@runledger/contracts';
import { openJournal } from '@runledger/journal';
import { openDataSource } from '@runledger/postgres';
import { appendDecision, createDatabase, drawing, type TestDatabase } from '@runledger/testkit';
import type { DataSource } from 'typeorm';
import { createApprovedErasures } from './approved-erasures';
import { createDeletersRead } from './deleters-read';
import { createErasureReports } from './erasure-reports';
import { createRetentionReads } from './retention-reads';

// What is erased, held and kept is held against a plain evaluation over all decisions, one after another.
const SEED = 29;
const PROJECTS = ['p1', 'p2'];
const DAY = 86_400_000;
const ARTIFACT = { digest: `sha256:${'a'.repeat(64)}`, runs: ['r1', 'r2'] };
const NOBODY = 'AAECAwQFBgcICQoLDA0ODw';

type Data = Readonly<Record<string, unknown>>;
type Decided = Readonly<{ type: DecisionType; actor: string; data: Data }>;
let database: TestDatabase;
let source: DataSource;
const decided: Decided[] = [];

async function record(subject: string, type: DecisionType, data: Data, actor: string): Promise<void> {
  await appendDecision(openJournal(source), { subject, type, data, actor });
  decided.push({ type, actor, data });
}

/** Each as the rules of the door would let it follow on those before it. */
async function decideAtRandom(rounds: number): Promise<void> {
  const draw = drawing(SEED);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T;
  const some = <T>(list: readonly T[]): T[] => list.filter(() => draw() < 0.5);
  const open: string[] = [];
  const held: string[] = [];
  // The clock of a record that was written over the days before today, and up to now.
  let at = Date.now() - rounds * DAY;
  for (let round = 0; round < rounds; round++) {
    at += Math.floor(draw() * 2 * DAY) / 2;
    const actor = pick(['person/ada', 'person/bo']);
    const reference = `ticket ${round}`;
    const of = { subjects: some([NOBODY]), artifacts: some([ARTIFACT]), people: some(['person-1']) };
    const chance = draw();
    if (chance < 0.2) {
      const erasure = `erasure-${round}`;
      open.push(erasure);
      await record('erasures', 'erasure.requested', { erasure, ...of, reference, person: actor }, actor);
    } else if (chance < 0.4 && open.length > 0) {
      const [erasure] = open.splice(Math.floor(draw() * open.length), 1);
      if (draw() < 0.4) await record('erasures', 'erasure.withdrawn', { erasure }, actor);
      else await record('erasures', 'subject.erased', { erasure, ...of, person: actor }, actor);
    } else if (chance < 0.6) {
      const hold = `hold-${round}`;
      held.push(hold);
      const everybody = draw() < 0.3 ? {} : { subjects: [NOBODY] };
      const what = { artifacts: some([ARTIFACT.digest]), runs: some(['r1', 'r2']), projects: some(PROJECTS) };
      await record('erasures', 'hold.placed', { hold, ...everybody, ...what, reference }, actor);
    } else if (chance < 0.7 && held.length > 0) {
      const [hold] = held.splice(Math.floor(draw() * held.length), 1);
      await record('erasures', 'hold.lifted', { hold }, actor);
    } else {
      const project = pick(PROJECTS);
      const from = () => new Date(at + pick([0, 0, 1, 20]) * DAY).toISOString();
      const term = () => ({ days: pick([null, 0, 1, 90]), from: from() });
      const said = { project, policy: `policy-${round}`, at: new Date(at).toISOString(), reference };
      const lock = { days: pick([null, 1, 90]), from: from() };
      const kept = { ...said, points: term(), artifacts: term(), lock };
      const who = { ...said, deleters: pick(DELETERS), from: from() };
      if (draw() < 0.5) await record(`retention/${project}`, 'retention.set', kept, actor);
      else await record(`retention/${project}`, 'deleters.set', who, actor);
    }
  }
}

beforeAll(async () => {
  database = await createDatabase('plain_erasures');
  source = await openDataSource(database.url);
  await decideAtRandom(160);
}, 120_000);
afterAll(async () => {
  await source.destroy();
  await database.drop();
});

const of = (...types: DecisionType[]): Decided[] => decided.filter(({ type }) => types.includes(type));
const length = (list: unknown): number => (list as unknown[]).length;

it(`lists and reports each erasure as it was requested and decided, of seed ${SEED}`, async () => {
  const reports = createErasureReports(source);
  const expected = of('erasure.requested').map(({ data, actor }) => {
    const end = of('erasure.withdrawn', 'subject.erased').find((one) => one.data['erasure'] === data['erasure']);
    const status = end === undefined ? 'requested' : end.type === 'subject.erased' ? 'approved' : 'withdrawn';
    return { data, status, requestedBy: actor, approvedBy: end?.type === 'subject.erased' ? end.actor : null };
  });
  expect(new Set(expected.map(({ status }) => status)).size).toBe(3);
  const approved = await createApprovedErasures(source).list('all'); // from here on bytes wait, and holds keep them
  const inForce = of('hold.placed').filter(
    ({ data }) => !of('hold.lifted').some((lifted) => lifted.data['hold'] === data['hold']),
  );
  const keepers = inForce.filter(
    ({ data: { subjects, artifacts, runs } }) => subjects === undefined || length(artifacts) > 0 || length(runs) > 0,
  );
  expect([approved.length > 3, keepers.length > 3]).toEqual([true, true]);
  const heldBy = (erasure: unknown): unknown[] =>
    of('subject.erased').some(({ data }) => data['erasure'] === erasure && length(data['artifacts']) > 0)
      ? keepers.map(({ data }) => data['hold'])
      : [];
  expect(await reports.list('default')).toEqual(
    expected.map(({ data: { erasure, reference, subjects, people, artifacts }, status }) => {
      return {
        erasure,
        status,
        reference,
        ...{ subjects: length(subjects), people: length(people) },
        artifacts: length(artifacts),
      };
    }),
  );
  expect(await reports.list('other')).toEqual([]);
  for (const { data, status, requestedBy, approvedBy } of expected) {
    const { erasure, reference, subjects, people, artifacts } = data;
    const told = await reports.report('default', String(erasure));
    const rest = { goneAt: null, heldBy: heldBy(erasure), lockedUntil: null };
    expect({ ...told, requested: told.requested?.by, approved: told.approved?.by ?? null }).toEqual({
      ...{ erasure, status, reference, subjects, people, requested: requestedBy, approved: approvedBy },
      artifacts: (artifacts as object[]).map((one) => ({ ...one, ...rest })),
      ...{ keysDestroyedAt: null, handedOut: [], clearBefore: null },
    });
  }
});

it(`lists holds with what they hold, and whether they do, of seed ${SEED}`, async () => {
  const lifted = new Set(of('hold.lifted').map(({ data }) => data['hold']));
  const expected = of('hold.placed').map(({ data: { hold, subjects, artifacts, runs, projects, reference } }) => ({
    ...{
      hold,
      subjects: subjects === undefined ? null : length(subjects),
      artifacts: length(artifacts),
      runs,
      projects,
    },
    ...{ reference, status: lifted.has(hold) ? 'lifted' : 'in-force' },
  }));
  expect(lifted.size * (expected.length - lifted.size)).toBeGreaterThan(0);
  expect(await createErasureReports(source).holds('default')).toEqual(expected);
});

it(`tells how long a project keeps and who may delete in it, and will, of seed ${SEED}`, async () => {
  const retentionOf = createRetentionReads(source);
  const now = new Date().toISOString();
  for (const project of PROJECTS) {
    const all = of('retention.set', 'deleters.set').filter(({ data }) => data['project'] === project);
    const termsOf = (type: DecisionType, termOf: (data: Data) => object) => {
      const mine = all.filter((one) => one.type === type);
      const said = mine.map(({ data }) => ({ ...(termOf(data) as { from: string }), policy: data['policy'] }));
      // What was to hold later than the next thing was said never came to hold.
      const came = said.filter(
        ({ from }, i) => from <= ((mine[i + 1]?.data as { at?: string } | undefined)?.at ?? now),
      );
      const last = said.at(-1);
      return { held: came.at(-1) ?? null, next: last !== undefined && last.from > now ? last : null };
    };
    const kept = (what: 'points' | 'artifacts' | 'lock') => termsOf('retention.set', (data) => data[what] as object);
    const who = termsOf('deleters.set', ({ deleters, from }) => ({ deleters, from }));
    const asks = { workspace: 'default', permissions: decide([{ role: 'editor', project: null, effect: 'allow' }]) };
    const { policies, ...told } = await retentionOf(asks, project);
    const { deleters = 'editors' } = (who.held ?? {}) as { deleters?: string };
    const refusal = deleters === 'editors' ? null : expect.stringContaining(`the project ${project}, `);
    expect(told).toEqual({
      ...{ project, points: { ...kept('points'), due: 0 }, artifacts: { ...kept('artifacts'), due: 0 } },
      lock: { ...kept('lock'), files: 0, until: null, open: 0 },
      deleters: { ...who, you: deleters === 'editors', refusal },
    });
    expect(await createDeletersRead(source)(asks, project)).toEqual({ project, deleters: told.deleters });
    const daysOf = (term: unknown) => (term as { days: number | null }).days;
    expect(policies.map(({ event: _, ...one }) => one)).toEqual(
      all.map(({ type, actor: by, data: { policy, at, reference, points, artifacts, lock, deleters } }) => ({
        ...{ policy, by, at, reference },
        said:
          type === 'deleters.set'
            ? { deleters }
            : { points: daysOf(points), artifacts: daysOf(artifacts), lock: daysOf(lock) },
      })),
    );
  }
});
