import { createHash } from 'node:crypto';
import { type Artifacts, openArtifacts, tellExpired } from '@runledger/artifacts';
import { erasureRules, loggedModelRules, modelRules, retentionRules } from '@runledger/commands';
import {
  ArtifactExpirer,
  createRefusingLog,
  createRetentionPreview,
  Expirer,
  openExpiredSet,
} from '@runledger/erasure';
import { createLogger, Scope } from '@runledger/kernel';
import { createExpiredArtifacts, createSizeReads } from '@runledger/postgres';
import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type Fact, facts, NOW, openScene, type Scene } from '../test/upkeep-scene';

let scene: Scene;
let folder: TemporaryFolder;
let store: Artifacts;
let artifacts: Artifacts;
const logger = createLogger('test', 'silent');
const who = { workspace: 'default', actor: 'ada' };
let made = 0;
const id = (): string => `command-${++made}`;
const DAY_MS = 86_400_000;

/** One round of both, as if every door knew at once. */
async function expire(days: number, doorsMs = 0): Promise<void> {
  const { source, log, clickhouse, commands } = scene;
  const now = (): Date => new Date(Date.now() + days * DAY_MS);
  const expirer = new Expirer({ source, log, clickhouse, commands, logger, now, doorsMs });
  expect(await expirer.round()).toBe(true);
  const taker = new ArtifactExpirer({ source, log, artifacts: store, logger, doorsMs });
  expect(await taker.round()).toBe(true);
  await scene.settled();
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
const put = (text: string) => artifacts.put(bytesOf(text));
const started: Fact = { type: 'run.started', data: { experiment: 'e1', startedAt: NOW } };
const finished: Fact = { type: 'run.finished', data: { outcome: 'finished', finishedAt: NOW } };
async function stored(path: string, text: string): Promise<Fact> {
  return { type: 'artifact.stored', data: { path, ...(await put(text)), mediaType: 'text/plain' } };
}
const record = async (run: string, ...more: Fact[]): Promise<void> => {
  await scene.log.publish([facts(run, [started, ...more])]);
  await scene.settled();
};
const keep = (artifactDays: number | null) =>
  scene.commands.run(retentionRules, who, {
    id: id(),
    fields: { artifactDays, made },
    command: {
      ...{ name: 'set-retention', project: 'default', policy: `policy-${++made}`, points: null, reference: 'rule 4' },
      ...{ artifacts: artifactDays, at: new Date().toISOString(), delayMs: 0 },
    },
  });
const isThere = (text: string): Promise<boolean> =>
  store.has(`sha256:${createHash('sha256').update(text).digest('hex')}`);
/** Bytes that count as kept, of the project and of the workspace, and what of these texts does. */
async function counted(...texts: string[]) {
  const digests = texts.map((text) => `sha256:${createHash('sha256').update(text).digest('hex')}`);
  const sizes = createSizeReads(scene.source);
  const { workspace, projects, counted: among } = await sizes.kept('default', digests);
  expect(projects.get('default') ?? 0).toBe(workspace);
  return { bytes: workspace, among: texts.filter((_, i) => among.has(digests[i] ?? '')) };
}
const decided = (): Promise<Array<{ run: string; data: Record<string, unknown> }>> =>
  scene.source.query(
    `select data ->> 'run' as run, data from custody.journal_event where type = 'artifacts.expired' order by 1`,
  );

/** What would go if nothing were kept any longer. */
const preview = async () =>
  (await createRetentionPreview(scene.source, 0)('default', 'default', { points: null, artifacts: 0 })).artifacts;

beforeAll(async () => {
  scene = await openScene('expiry-artifacts');
  folder = temporaryFolder('expiry-artifacts');
  store = await openArtifacts({ place: folder.path, s3: {} });
  artifacts = tellExpired(store, createExpiredArtifacts(scene.source));
  await scene.commands.provide('default');
});
afterAll(async () => {
  await scene.close();
  folder.remove();
});

it('takes bytes that nobody else keeps, and says what was there', async () => {
  await record(
    'old',
    await stored('own', 'of one'),
    await stored('own', 'of one, again'),
    await stored('both', 'of two'),
    finished,
  );
  await record('young', await stored('elsewhere', 'of two'));
  const texts = ['of one', 'of one, again', 'of two'];
  expect(await counted(...texts)).toEqual({ bytes: texts.join('').length, among: texts });
  const own = 'of one'.length + 'of one, again'.length;
  expect(await preview()).toMatchObject({ runs: 1, files: 3, bytes: own + 'of two'.length, freed: own });
  await keep(30);
  await expire(29);
  expect(await decided()).toEqual([]);
  await expire(31);
  expect(await decided()).toMatchObject([
    {
      run: 'old',
      data: {
        days: 30,
        files: 3,
        bytes: 'of one'.length + 'of one, again'.length + 'of two'.length,
        listed: [{ path: 'both', size: 6 }, { path: 'own' }, { path: 'own' }],
      },
    },
  ]);
  await expire(31);
  expect([await isThere('of one'), await isThere('of one, again'), await isThere('of two')]).toEqual([
    false,
    false,
    true,
  ]);
  expect(await counted(...texts)).toEqual({ bytes: 'of two'.length, among: ['of two'] });
  const { files, bytes } = await createSizeReads(scene.source).workspace('default');
  expect([files, bytes]).toEqual([1, 'of two'.length]);
});

it('tells by which decision bytes went', async () => {
  const rows: Array<{ digest: string; event: string }> = await scene.source.query(
    'select digest, event from custody.expired_artifact',
  );
  expect(rows).toHaveLength(2);
  const [decision]: Array<{ id: string }> = await scene.source.query(
    `select id from custody.journal_event where type = 'artifacts.expired'`,
  );
  for (const { digest, event } of rows) {
    expect(event).toBe(decision?.id);
    await expect(artifacts.open(digest)).rejects.toMatchObject({ code: 'ARTIFACTS_EXPIRED', context: { event } });
  }
});

it('takes what two had when the last of them is over', async () => {
  await record('young', finished);
  expect(await preview()).toMatchObject({ runs: 1, files: 1, bytes: 6, freed: 6 });
  await expire(31);
  await expire(31);
  expect(await isThere('of two')).toBe(false);
  expect(await counted('of two')).toEqual({ bytes: 0, among: [] });
});

it('takes nothing more in for the run', async () => {
  const scope = new Scope();
  const log = createRefusingLog(scene.log, await openExpiredSet(scope, scene.source, logger));
  const again = facts('old', [await stored('new', 'of later')]);
  await expect(log.publish([again])).rejects.toMatchObject({ kind: 'conflict', code: 'RETENTION_EXPIRED' });
  await expect(
    log.publish([facts('old', [{ type: 'tags.set', data: { tags: [{ key: 'a', value: '"artifact.stored"' }] } }])]),
  ).resolves.toHaveLength(1);
  await scope.stop();
});

it('keeps bytes that somebody stores while they are about to go, and has him send them again', async () => {
  await record('third', await stored('file', 'wanted again'), finished);
  await expire(31, 60_000); // decided, and no door has been told for long enough
  expect(await isThere('wanted again')).toBe(true);
  await scene.source.query(`update custody.expired_run set decided_at = decided_at - interval '1 hour'`);
  await expire(31, 60_000); // marked now
  await expect(put('wanted again')).rejects.toMatchObject({ kind: 'unavailable', code: 'ARTIFACTS_GOING' });
  // Let in before the mark, and recorded after it.
  await record('fourth', {
    type: 'artifact.stored',
    data: { path: 'file', ...(await store.put(bytesOf('wanted again'))), mediaType: 'text/plain' },
  });
  await expire(31);
  expect(await isThere('wanted again')).toBe(true);
  await expect(put('wanted again')).resolves.toMatchObject({ size: 12 });
  // And once he is over, it goes.
  await record('fourth', finished);
  await expire(31);
  await expire(31);
  expect(await isThere('wanted again')).toBe(false);
});

it('takes bytes again that came back by a run that has expired since', async () => {
  await record('fifth', await stored('file', 'of one'), finished);
  expect(await isThere('of one')).toBe(true);
  expect(await counted('of one')).toMatchObject({ among: ['of one'] });
  await expire(31);
  await expire(31);
  expect(await isThere('of one')).toBe(false);
});

it('keeps what is registered, what a logged model has, and what is held', async () => {
  await record('sixth', await stored('weights', 'registered'), finished);
  await record('seventh', await stored('file', 'of a model'), finished);
  await record('eighth', await stored('file', 'held'), finished);
  const { digest } = await store.put(bytesOf('held'));
  const { commands } = scene;
  const said = <C extends { name: string }>(command: C) => ({ id: id(), fields: {}, command });
  const model = { name: 'create-model', model: 'm1', as: 'digits', description: '', tags: [] } as const;
  await commands.run(modelRules, who, said(model));
  const version = { source: 's', location: 's', run: 'sixth', description: '', tags: [] };
  await commands.run(modelRules, who, said({ name: 'create-version', model: 'digits', ...version } as const));
  const logged = { loggedModel: 'lm', experiment: '0', as: 'reader', params: [], tags: [] };
  await commands.run(loggedModelRules, who, said({ name: 'create-logged-model', ...logged } as const));
  const file = { path: 'f', ...(await put('of a model')), mediaType: 'text/plain' };
  await commands.run(
    loggedModelRules,
    who,
    said({ name: 'store-logged-model-file', loggedModel: 'lm', ...file } as const),
  );
  await commands.run(erasureRules, who, {
    id: id(),
    fields: {},
    command: {
      name: 'place-hold',
      hold: 'h1',
      subjects: [],
      artifacts: [digest],
      runs: [],
      projects: [],
      reference: 'case 3',
    },
  });
  await scene.settled();
  // The bytes that a logged model has and those that are held by themselves stay, of runs that expire; what is registered does not.
  const before = await decided();
  const told = await preview();
  expect(told).toMatchObject({ runs: 2, files: 2, bytes: 'of a model'.length + 'held'.length, freed: 0 });
  await expire(31);
  await expire(31);
  expect((await decided()).map((one) => one.run)).not.toContain('sixth');
  expect((await decided()).length - before.length).toBe(told.runs);
  const kept = ['registered', 'of a model', 'held'];
  for (const text of kept) expect([text, await isThere(text)]).toEqual([text, true]);
  expect(await counted(...kept, 'of one')).toEqual({ bytes: kept.join('').length, among: kept });
  await commands.run(erasureRules, who, { id: id(), fields: {}, command: { name: 'lift-hold', hold: 'h1' } });
  await expire(31);
  await expire(31);
  expect(await isThere('held')).toBe(false);
});
