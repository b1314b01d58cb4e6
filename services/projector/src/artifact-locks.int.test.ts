import { createHash } from 'node:crypto';
import { HeadObjectCommand, PutObjectRetentionCommand } from '@aws-sdk/client-s3';
import { type Artifacts, openArtifacts } from '@runledger/artifacts';
import { loggedModelRules, projectRules, retentionRules } from '@runledger/commands';
import { ArtifactExpirer, ArtifactLocker, createArtifactDoor, Expirer } from '@runledger/erasure';
import { createLogger } from '@runledger/kernel';
import { createArtifactLocks } from '@runledger/postgres';
import { type S3Server, startS3 } from '@runledger/testkit';
import { type Fact, facts, NOW, openScene, type Scene } from '../test/upkeep-scene';

let scene: Scene;
let s3: S3Server;
let store: Artifacts;
const BUCKET = 'locks';
const logger = createLogger('test', 'silent');
const who = { workspace: 'default', actor: 'ada' };
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
let made = 0;
const said = <C extends { name: string }>(command: C) => ({ id: `command-${++made}`, fields: { made }, command });

beforeAll(async () => {
  [scene, s3] = await Promise.all([openScene('artifact-locks'), startS3()]);
  await s3.makeBucket(BUCKET, { locks: true });
  const { url: endpoint, region, credentials } = s3;
  store = await openArtifacts({ place: `s3://${BUCKET}/all`, s3: { endpoint, region, credentials } });
  await scene.commands.provide('default');
  for (const project of ['a', 'b'])
    await scene.commands.run(
      projectRules,
      who,
      said({ name: 'create-project', project, as: project, description: '' } as const),
    );
});
afterAll(async () => {
  await scene.close();
  await s3.stop();
});

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const stored = async (text: string): Promise<Fact> => ({
  type: 'artifact.stored',
  data: { path: text, ...(await store.put(bytesOf(text))), mediaType: 'text/plain' },
});
const finished: Fact = { type: 'run.finished', data: { outcome: 'finished', finishedAt: NOW } };
async function record(project: string, run: string, ...more: Fact[]): Promise<void> {
  const started: Fact = { type: 'run.started', data: { experiment: '0', project, startedAt: NOW } };
  await scene.log.publish([facts(run, [started, ...more])]);
  await scene.settled();
}
const keep = (project: string, lock: number | null, artifacts: number | null = null) =>
  scene.commands.run(
    retentionRules,
    who,
    said({
      ...{ name: 'set-retention', project, policy: `policy-${++made}`, points: null, reference: 'rule 4' },
      ...{ artifacts, lock, at: new Date().toISOString(), delayMs: 0 },
    } as const),
  );
const keyOf = (text: string): string => `all/sha256/${digestOf(text).slice(7, 9)}/${digestOf(text).slice(9)}`;
/** What the store itself says, asked past the code under test. */
async function lockOf(text: string): Promise<Readonly<{ mode: string; until: Date }> | null> {
  const head = await s3.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: keyOf(text) }));
  const { ObjectLockMode: mode, ObjectLockRetainUntilDate: until } = head;
  return mode === undefined || until === undefined ? null : { mode, until };
}
/** Its time comes, for the store and for custody. This store lets locks be shortened. */
async function endLock(text: string): Promise<void> {
  const Retention = { Mode: 'COMPLIANCE', RetainUntilDate: new Date(Date.now() - 1_000) } as const;
  await s3.client.send(new PutObjectRetentionCommand({ Bucket: BUCKET, Key: keyOf(text), Retention }));
  await scene.source.query('update custody.artifact_lock set until = now() where digest = $1', [digestOf(text)]);
}
/** That it is locked for so many days from now, to the hour, and until when. */
async function expectLocked(text: string, days: number): Promise<Date> {
  const { mode = 'none', until = new Date(0) } = (await lockOf(text)) ?? {};
  expect([text, mode]).toEqual([text, 'COMPLIANCE']);
  const left = until.getTime() - Date.now() - days * DAY_MS;
  expect([text, left > -60_000 && left <= HOUR_MS]).toEqual([text, true]);
  return until;
}
const lockAll = async (): Promise<void> => {
  expect(await new ArtifactLocker({ source: scene.source, locks: store.locks, logger }).round()).toBe(true);
};
/** One round of what expires, as many days later. Answers how often bytes were tried to be taken away. */
async function expire(days: number): Promise<number> {
  const { source, log, clickhouse, commands } = scene;
  const now = (): Date => new Date(Date.now() + days * DAY_MS);
  await new Expirer({ source, log, clickhouse, commands, logger, now, doorsMs: 0 }).round();
  let tried = 0;
  const remove = (digest: string): Promise<void> => {
    tried++;
    return store.remove(digest);
  };
  for (let i = 0; i < 2; i++)
    await new ArtifactExpirer({ source, log, artifacts: { remove, locks: store.locks }, logger, doorsMs: 0 }).round();
  await scene.settled();
  return tried;
}
const isDecided = async (run: string): Promise<boolean> => {
  const rows: unknown[] = await scene.source.query(
    `select from custody.journal_event where type = 'artifacts.expired' and data ->> 'run' = $1`,
    [run],
  );
  return rows.length > 0;
};

it('locks what is stored from then on before anybody is told, and the same bytes again for longer', async () => {
  const nothing = { has: () => false };
  const door = createArtifactDoor(scene.source, store.locks, nothing);
  const of = { workspace: 'default', project: 'a' };
  await store.put(bytesOf('at the door'));
  await door.lock(of, digestOf('at the door'));
  expect(await lockOf('at the door')).toBeNull();
  await keep('a', 10);
  await door.lock(of, digestOf('at the door'));
  const until = await expectLocked('at the door', 10);
  expect(await createArtifactLocks(scene.source).shown(of)).toEqual({ files: 1, until: until.toISOString() });
  await keep('a', 20);
  await door.lock(of, digestOf('at the door'));
  const longer = await expectLocked('at the door', 20);
  await keep('a', 5);
  await door.lock(of, digestOf('at the door'));
  expect((await lockOf('at the door'))?.until).toEqual(longer);
  await door.lock({ workspace: 'default', project: 'b' }, digestOf('at the door'));
  await expect(door.lock(of, digestOf('gone meanwhile'))).rejects.toMatchObject({
    kind: 'unavailable',
    code: 'ARTIFACTS_GOING',
  });
});

it('locks what was there before, of runs and of logged models, in every version, and nothing of other projects', async () => {
  await keep('a', null);
  await record('a', 'before', await stored('first version'), await stored('second'));
  await scene.log.publish([facts('before', [{ type: 'artifacts.deleted', data: { paths: ['second'] } }])]);
  await record('b', 'elsewhere', await stored('of b'));
  await record('default', 'of-default', await stored('of default'));
  const logged = { loggedModel: 'lm', experiment: '0', as: 'reader', params: [], tags: [] };
  await scene.commands.run(loggedModelRules, who, said({ name: 'create-logged-model', ...logged } as const));
  const file = { path: 'f', ...(await store.put(bytesOf('of a model'))), mediaType: 'text/plain' };
  await scene.commands.run(
    loggedModelRules,
    who,
    said({ name: 'store-logged-model-file', loggedModel: 'lm', ...file } as const),
  );
  await scene.settled();
  await lockAll();
  expect(await lockOf('first version')).toBeNull();
  await keep('a', 3);
  await keep('default', 4);
  const rows = createArtifactLocks(scene.source);
  expect(await rows.countToLock({ workspace: 'default', project: 'a' }, 3)).toBe(2);
  await lockAll();
  for (const text of ['first version', 'second']) await expectLocked(text, 3);
  for (const text of ['of default', 'of a model']) await expectLocked(text, 4);
  expect(await lockOf('of b')).toBeNull();
  expect(await rows.countToLock({ workspace: 'default', project: 'a' }, 3)).toBe(0);
});

it('does not let go what is locked before its time: no decision, no mark and no try, and then it goes', async () => {
  await record('a', 'locked', await stored('held by its own project'), finished);
  await keep('a', 3, 1);
  await lockAll();
  expect([await expire(2), await isDecided('locked')]).toEqual([0, false]);
  await lockAll();
  expect(await expire(2)).toBe(0);
  // Three days and the rest of an hour later. The store's own clock does not move, and still says no.
  expect([await expire(3.1), await isDecided('locked')]).toEqual([0, true]);
  await expectLocked('held by its own project', 3);
});

it('keeps what a policy locks, and what no pass has locked yet', async () => {
  await record('a', 'not-yet', await stored('to be locked'), finished);
  expect([await expire(2), await isDecided('not-yet')]).toEqual([0, false]);
  expect(await lockOf('to be locked')).toBeNull();
});

it('lets bytes that another project has locked stay, and takes them when that is over', async () => {
  const text = 'locked elsewhere';
  await keep('b', null, 1);
  await record('b', 'shares', await stored(text), finished);
  const until = new Date(Date.now() + HOUR_MS);
  await store.locks.lock(digestOf(text), until);
  await createArtifactLocks(scene.source).locked(digestOf(text), { workspace: 'default', project: 'a' }, until);
  expect([await expire(2), await isDecided('shares'), await store.has(digestOf(text))]).toEqual([0, true, true]);
  await endLock(text);
  expect([await expire(2), await store.has(digestOf(text))]).toEqual([1, false]);
});

it('tries once what the store locks by itself, and again when that ends', async () => {
  const text = 'locked by the owner of the bucket';
  await record('b', 'by-hand', await stored(text), finished);
  await store.locks.lock(digestOf(text), new Date(Date.now() + HOUR_MS));
  expect(await expire(2)).toBe(1);
  expect([await expire(2), await store.has(digestOf(text))]).toEqual([0, true]);
  await endLock(text);
  expect([await expire(2), await store.has(digestOf(text))]).toEqual([1, false]);
});
