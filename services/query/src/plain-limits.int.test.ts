import { createHash } from 'node:crypto';
import { createKeyStore } from '@runledger/access';
import { limitsAnswer } from '@runledger/contracts/http';
import { ArtifactExpirer, openErasure } from '@runledger/erasure';
import type { HttpServer } from '@runledger/http';
import { createLogger, isFault, Scope } from '@runledger/kernel';
import { createStorageLimits, type Limits, openLimits, type StorageLimits } from '@runledger/limits';
import { openPersonalData } from '@runledger/personal';
import { createSizeReads } from '@runledger/postgres';
import { drawing, type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { openScene, read, type Scene } from '../test/query-scene';

// What callers may have, and what is left of it, is held against a plain evaluation: of bytes, over all that was stored, named,
// taken away, erased and expired, and what the store still has; of the rest, over all that was taken.
const SEED = 1;
const logger = createLogger('limits', 'silent');
const MOST = { workspace: 1_000_000, project: 900_000 };
const QUOTAS = {
  workspace: { requests: 20, points: 500, series: 30 },
  project: { points: 100 },
  caller: { bytes: 300, points: 200, reads: 0.1, series: 12 },
};

let scene: Scene;
let folder: TemporaryFolder;
let server: HttpServer;
let storage: StorageLimits;
let quotas: Limits;
/** ms, of the clock by which storage is counted. */
let now = 0;
const parts = new Scope();
let remove: () => Promise<void>;

beforeAll(async () => {
  scene = await openScene();
  folder = temporaryFolder('plain-limits');
  const { source, log, artifacts } = scene;
  const sizes = createSizeReads(source);
  const readKept = (workspace: string, digests: readonly string[]) => sizes.kept(workspace, digests);
  storage = createStorageLimits({ ...MOST, readKept, now: () => now });
  quotas = openLimits(undefined, QUOTAS, logger);
  server = await scene.serve({ storage, quotas });
  const personal = await openPersonalData({ keys: `${folder.path}/keys`, encryption: `${folder.path}/key` });
  const { eraser } = await openErasure(parts, { source, personal, artifacts, logger });
  remove = async () => {
    await eraser.hurry();
    const expirer = new ArtifactExpirer({ source, log, artifacts, logger, doorsMs: 0 });
    expect(await expirer.round()).toBe(true);
  };
}, 120_000);
afterAll(async () => {
  await parts.stop();
  await server.close();
  await quotas.close();
  await scene.close();
  folder.remove();
});

const limits = async (key?: string) => limitsAnswer.parse((await read({ ...scene, server }, 'limits', key)).body);

/** Who names bytes: runs and logged models, and of which project they are. */
const PROJECTS: Readonly<Record<string, string>> = {
  ...{
    'run/a': 'default',
    'run/b': 'default',
    'run/c': 'p2',
    'run/d': 'p2',
    'run/e': 'p3',
    'run/unannounced': 'default',
  },
  ...{ 'logged-model/a': 'default', 'logged-model/b': 'p2', 'logged-model/of-nothing': 'default' },
};
const RUNS = Object.keys(PROJECTS).filter((subject) => subject.startsWith('run/'));
const TEXTS = Array.from({ length: 9 }, (_, i) => `bytes ${'x'.repeat(10 ** (i % 4))} of ${i}`);
const idOf = (subject: string): string => subject.slice(subject.indexOf('/') + 1);

/** That bytes are there, for somebody. */
type Naming = Readonly<{ subject: string; path: string; digest: string; size: number }>;

async function recordAtRandom(rounds: number) {
  const draw = drawing(SEED);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T;
  const { record, artifacts } = scene;
  const told = { pending: 0, erased: 0, expired: 0, shared: 0, went: 0, again: 0 };
  let namings: Naming[] = [];
  const over = new Set<string>();
  const erased = new Set<string>();
  const wentOnce = new Set<string>();
  let fresh = 0;

  /** Of bytes that nobody has named yet there is but one at a time. */
  async function look(pending?: Naming): Promise<void> {
    now += 60_000;
    const sizeOf = (of: readonly Naming[]): number =>
      [...new Map(of.map(({ digest, size }) => [digest, size])).values()].reduce((sum, size) => sum + size, 0);
    const isNew = pending !== undefined && namings.every(({ digest }) => digest !== pending.digest);
    const all = isNew ? [...namings, pending] : namings;
    const projects = [...new Set(all.map(({ subject }) => PROJECTS[subject] ?? ''))].sort();
    expect((await limits()).storage).toEqual([
      { scope: 'workspace', project: null, limit: MOST.workspace, used: sizeOf(all) },
      ...projects.map((project) => {
        const used = sizeOf(all.filter(({ subject }) => PROJECTS[subject] === project));
        return { scope: 'project', project, limit: MOST.project, used };
      }),
    ]);
    const owners = all.map(({ digest, subject }) => `${digest} ${PROJECTS[subject]}`);
    told.shared += new Set(owners).size - new Set(all.map(({ digest }) => digest)).size;
  }

  async function store(): Promise<void> {
    const subject = pick(Object.keys(PROJECTS).filter((one) => !over.has(one)));
    const bytes = Buffer.from(pick(TEXTS));
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    if (erased.has(`${digest} ${subject}`)) return; // they go again within the hour, and count for nothing until then
    const length = draw() < 0.5 ? bytes.length : undefined;
    const place = { workspace: 'default', project: async () => PROJECTS[subject] ?? '' };
    const stored = await storage.within(place, { length, maxBytes: 1_000_000 }, () =>
      artifacts.put(
        (async function* () {
          yield bytes;
        })(),
      ),
    );
    const naming: Naming = { subject, path: pick(['w', 'v']), ...stored };
    if (wentOnce.has(digest)) told.again++;
    if (draw() < 0.3) {
      told.pending++;
      await look(naming);
    }
    const data = { path: naming.path, ...stored };
    const [kind, id] = [subject.startsWith('run/'), idOf(subject)];
    if (kind) await record.facts(id, [{ type: 'artifact.stored', data }]);
    else await record.decision(subject, 'logged-model.stored', { loggedModel: id, ...data });
    namings.push(naming);
  }
  async function takeAway(): Promise<void> {
    const { subject, path } = pick(namings);
    const id = idOf(subject);
    if (subject.startsWith('run/')) await record.facts(id, [{ type: 'artifacts.deleted', data: { paths: [path] } }]);
    else await record.decision(subject, 'logged-model.cleared', { loggedModel: id, paths: [path] });
  }
  async function erase(): Promise<void> {
    const { digest } = pick(namings);
    const owners = namings.filter((one) => one.digest === digest && RUNS.includes(one.subject));
    const runs = [...new Set(owners.map(({ subject }) => subject))].filter(() => draw() < 0.8);
    if (runs.length === 0) return;
    for (const run of runs) erased.add(`${digest} ${run}`);
    const of = { subjects: [], people: [], artifacts: [{ digest, runs: runs.map(idOf) }] };
    const erasure = `erasure-${fresh++}`;
    await record.decision('erasures', 'erasure.requested', { erasure, ...of, reference: 'ticket', person: 'ada' });
    await record.decision('erasures', 'subject.erased', { erasure, ...of, person: 'bo' });
    told.erased++;
  }
  async function expire(): Promise<void> {
    const subject = pick(RUNS.filter((run) => !over.has(run)).slice(1));
    if (subject === undefined) return;
    over.add(subject);
    const [run, project] = [idOf(subject), PROJECTS[subject]];
    const data = { run, project, policy: 'p', days: 1, ended: '2026-01-01T00:00:00.000Z', files: 0, bytes: 0 };
    await record.decision(`expiry/${run}`, 'artifacts.expired', { ...data, digest: '0'.repeat(64), listed: [] });
    told.expired++;
  }
  /** Whatever of bytes was named before they went is of bytes that are not there. */
  async function goAway(): Promise<void> {
    await record.projectMetadata();
    await remove();
    const there = new Map<string, boolean>();
    for (const { digest } of namings) there.set(digest, await artifacts.has(digest));
    const went = namings.filter(({ digest }) => there.get(digest) !== true);
    for (const { digest } of went) wentOnce.add(digest);
    told.went += went.length;
    namings = namings.filter((one) => !went.includes(one));
  }

  for (const [experiment, project] of [
    ['e1', 'default'],
    ['e2', 'p2'],
    ['e3', 'p3'],
  ] as const) {
    const data = { experiment, project, name: experiment, tags: [] };
    await record.decision(`experiment/${experiment}`, 'experiment.created', data);
  }
  for (const subject of RUNS.slice(0, -1)) {
    const project = PROJECTS[subject];
    const data = { experiment: 'e1', project, startedAt: '2026-01-01T00:00:00.000Z' };
    await record.facts(idOf(subject), [{ type: 'run.started', data }]);
  }
  for (const [loggedModel, experiment] of [
    ['a', 'e1'],
    ['b', 'e2'],
    ['of-nothing', 'e9'],
  ] as const) {
    const data = { loggedModel, experiment, name: loggedModel, params: [], tags: [] };
    await record.decision(`logged-model/${loggedModel}`, 'logged-model.created', data);
  }
  await store();
  for (let round = 0; round < rounds; round++) {
    const chance = draw();
    if (chance < 0.45 || namings.length === 0) await store();
    else if (chance < 0.6) await takeAway();
    else if (chance < 0.75) await erase();
    else if (chance < 0.78) await expire();
    else if (chance < 0.9) await goAway();
    await record.projectMetadata();
    await look();
  }
  return told;
}

it(`tell of bytes what the store has of what was named, each once, of seed ${SEED}`, async () => {
  const { pending, erased, expired, shared, went, again } = await recordAtRandom(150);
  for (const many of [pending, erased, shared, went, again]) expect(many).toBeGreaterThan(5);
  expect(expired).toBeGreaterThan(2);
}, 180_000);

describe('of what is taken', () => {
  type Asker = Readonly<{ workspace: string; actor: string; project?: string }>;
  type Scope = keyof typeof QUOTAS;
  const ASKERS: readonly Asker[] = [
    { workspace: 'default', actor: 'u/ada' },
    { workspace: 'default', actor: 'u/bo' },
    { workspace: 'other', actor: 'u/ada' },
  ];
  /** In a window: of ten seconds, and of an hour for series. Reads are set in seconds, and counted in ms. */
  const RULES: ReadonlyArray<readonly [scope: Scope, quantity: string, limit: number, windowSeconds: number]> = [
    ['workspace', 'requests', 200, 10],
    ['workspace', 'points', 5_000, 10],
    ['workspace', 'series', 30, 3_600],
    ['project', 'points', 1_000, 10],
    ['caller', 'bytes', 3_000, 10],
    ['caller', 'points', 2_000, 10],
    ['caller', 'read-ms', 1_000, 10],
    ['caller', 'series', 12, 3_600],
  ];
  const keyOf = (scope: Scope, { workspace, actor, project }: Asker): string =>
    ({ workspace, caller: `${workspace} ${actor}`, project: `${workspace} of ${project}` })[scope];

  it(`tell what is left of it to each who asks, of seed ${SEED}`, async () => {
    const draw = drawing(SEED);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T;
    const store = createKeyStore(scene.source);
    const keys = new Map<Asker, string>();
    for (const asker of ASKERS) {
      const { key } = await store.create({ ...asker, label: 'test', permissions: ['runs:read'] });
      keys.set(asker, key);
    }
    const used = new Map<string, number>();
    const seen = new Set<string>();
    const outcomes: boolean[] = [];
    const usedOf = (name: string): number => used.get(name) ?? 0;

    /** Takes from all quotas, or from none. `amountIn`: how much it is in the quota of a name. */
    async function take(who: Asker, quantity: string, amountIn: (name: string) => number, taking: Promise<unknown>) {
      const rules = RULES.filter(
        ([scope, of]) => of === quantity && (scope !== 'project' || who.project !== undefined),
      );
      const needs = rules.map(([scope, , limit]) => {
        const name = `${scope} ${keyOf(scope, who)} ${quantity}`;
        return { name, limit, amount: amountIn(name) };
      });
      // Who takes nothing asks whether anything is left, but for series that were seen before.
      const least = quantity === 'series' ? 0 : 1;
      const fits = needs.every(({ name, limit, amount }) => usedOf(name) + Math.max(least, amount) <= limit);
      const isTaken = await taking.then(
        () => true,
        (error: unknown) => {
          if (!isFault(error) || error.code !== 'LIMITS_EXCEEDED') throw error;
          return false;
        },
      );
      expect([quantity, needs, isTaken]).toEqual([quantity, needs, fits]);
      outcomes.push(fits);
      if (fits) for (const { name, amount } of needs) used.set(name, usedOf(name) + amount);
      return needs;
    }
    async function series(who: Asker): Promise<void> {
      const [run, names] = [pick(['r1', 'r2']), ['loss', 'acc', 'f1', 'auc'].filter(() => draw() < 0.5)];
      const fresh = (name: string) => names.filter((one) => !seen.has(`${name} ${run}/${one}`));
      const before = outcomes.length;
      const needs = await take(who, 'series', (name) => fresh(name).length, quotas.takeSeries(who, run, names));
      if (outcomes[before]) for (const { name } of needs) for (const one of names) seen.add(`${name} ${run}/${one}`);
    }

    for (let round = 1; round <= 300; round++) {
      const asker = pick(ASKERS);
      const who = draw() < 0.5 ? asker : { ...asker, project: pick(['p', 'q']) };
      const quantity = pick(['requests', 'bytes', 'points', 'points', 'read-ms', 'series'] as const);
      const amount = {
        requests: 1 + Math.floor(draw() * 9),
        bytes: Math.floor(draw() * 400),
        points: Math.floor(draw() * 300),
      };
      if (quantity === 'series') await series(who);
      else if (quantity === 'read-ms') {
        const [{ name } = { name: '' }] = await take(who, quantity, () => 0, quotas.take(who, quantity, 0));
        const ms = outcomes.at(-1) === true ? Math.floor(draw() * 300) : 0;
        quotas.charge(who, quantity, ms); // what a read took is known afterwards, and may be more than there was
        used.set(name, usedOf(name) + ms);
      } else await take(who, quantity, () => amount[quantity], quotas.take(who, quantity, amount[quantity]));
      if (round % 30 !== 0) continue;
      for (const one of ASKERS) {
        const expected = RULES.filter(([scope]) => scope !== 'project').map(([scope, of, limit, windowSeconds]) => {
          const remaining = Math.max(0, limit - usedOf(`${scope} ${keyOf(scope, one)} ${of}`));
          return { scope, quantity: of, limit, windowSeconds, remaining };
        });
        const told = (await limits(keys.get(one))).limits;
        for (const { resetSeconds, windowSeconds } of told) expect(resetSeconds).toBeLessThanOrEqual(windowSeconds);
        expect(told.map(({ resetSeconds: _, ...rest }) => rest)).toEqual(expected);
      }
    }
    expect([outcomes.filter(Boolean).length > 20, outcomes.filter((one) => !one).length > 20]).toEqual([true, true]);
  });
});
