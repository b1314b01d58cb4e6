import { mkdirSync } from 'node:fs';
import { GetObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { METRIC_POINT, openHttpClickHouse } from '@runledger/clickhouse';
import { verifyBundle } from '@runledger/evidence';
import { parseVerifierKey } from '@runledger/merkle';
import {
  dumpOfRedis,
  eventually,
  printedSegments,
  putIntoRedis,
  recordsOfKafka,
  type S3Server,
  startS3,
} from '@runledger/testkit';
import { CLEAR, CONTROL, NAMING, openErasureScene, SUBJECT } from './erasure-scene';
import { openScaledShape, type ScaledShape, urlOf } from './scaled-shape';
import {
  filesOf,
  postgresStores,
  type Store,
  searchClickHouse,
  TEXTS_OF_CLICKHOUSE,
  whereReadable,
} from './search-of-stores';

const BUCKET = 'erasure';

/** Which service answers for what; the first that matches. */
const DOORS = [
  ['mlflow', /^api\/2\.0\/mlflow/],
  ['notary', /^(log\/|api\/v1\/(evidence|ledger))/],
  ['projector', /^api\/v1\/(check|rebuild)$/],
  ['ingest', /^api\/v1\/(commands|events|metrics|erasures|holds|runs\/[^/]+\/artifacts|projects\/[^/]+\/retention)\b/],
  ['query', /^/],
] as const;

let s3: S3Server;
let shape: ScaledShape;
const urls = new Map<string, string>();
const scene = openErasureScene({
  urlOf: (path) => urls.get(DOORS.find(([, paths]) => paths.test(path))?.[0] ?? '') ?? '',
  key: () => shape.key,
});
const { command, done, usersFound } = scene;

beforeAll(async () => {
  s3 = await startS3();
  await s3.makeBucket(BUCKET, { locks: true });
  const artifacts = {
    RUNLEDGER_ARTIFACTS: `s3://${BUCKET}/artifacts`,
    RUNLEDGER_S3_ENDPOINT: s3.url,
    RUNLEDGER_S3_REGION: s3.region,
    AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
  };
  // Compressed by the broker: what is found in its segments was found by reading them.
  const kafka = { 'compression.type': 'gzip' };
  shape = await openScaledShape('erasure-scaled', { artifacts, ownPostgres: true, kafka });
  urls.set('ingest', await urlOf(shape.start('ingest', { RUNLEDGER_RETENTION_DELAY_HOURS: '0' })));
  for (const name of ['projector', 'notary', 'mlflow', 'query'] as const)
    urls.set(name, await urlOf(shape.start(name)));
  mkdirSync(`${shape.folder}/kept`);
}, 240_000);
afterAll(async () => {
  await shape.stop();
  await s3.stop();
}, 60_000);

/** Everything that the deployment keeps, read decompressed and by its own readers. */
async function everything(): Promise<Store[]> {
  const { folder, kept } = shape;
  return [
    ...(await postgresStores(kept.postgres)),
    { name: 'files of Kafka', pieces: filesOf(kept.kafka) },
    { name: 'segments of Kafka, as its reader prints them', pieces: printedSegments(kept.kafka) },
    { name: 'records of Kafka', pieces: await recordsOfKafka(shape.brokers) },
    { name: 'dump of Redis', pieces: [await dumpOfRedis(shape.redisUrl)] },
    { name: 'files of ClickHouse', pieces: filesOf(kept.clickhouse) },
    { name: 'versions of objects in S3', pieces: await s3.contents(BUCKET) },
    { name: 'kept exports', pieces: filesOf(`${folder}/kept`) },
    { name: 'keys', pieces: filesOf(`${folder}/personal`) },
    { name: 'temporary files', pieces: filesOf(`${folder}/temporary`) },
    { name: 'what services said', pieces: [Buffer.from(shape.said())] },
  ];
}

const put = (path: string, body: string) =>
  fetch(`${urls.get(path.startsWith('api/v1') ? 'ingest' : 'mlflow')}/${path}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${shape.key}`, 'content-type': 'text/plain' },
    body,
  });
type Tombstone = Readonly<{ what: string; gone: boolean }>;

it('lets points and artifacts expire, which no rebuild brings back, and takes no more of them in', async () => {
  const clickhouse = await openHttpClickHouse({ url: shape.clickhouseUrl });
  const points = async () =>
    Number((await clickhouse.rows<{ n: string }>(`select count() as n from ${METRIC_POINT} final`))[0]?.n);
  const kept = async () => (await s3.contents(BUCKET)).map(String).sort();
  for (const run of ['old', 'young']) {
    const started = { subject: `run/${run}`, type: 'run.started', data: { experiment: '0' } };
    await done('api/v1/events', { events: [started] });
    await done('api/v1/metrics', { run, series: [{ key: 'loss', steps: [0, 1, 2], values: [3, 2, 1] }] });
    await scene.storeFile(run, 'weights', `weights of ${run}`);
  }
  const finished = { subject: 'run/old', type: 'run.finished', data: { outcome: 'finished' } };
  await done('api/v1/events', { events: [finished] });
  await eventually(async () => ((await points()) === 6 ? true : undefined), 30_000);
  await command('set-retention', { project: 'default', points: 0, artifacts: 0, reference: 'rule 4' });
  await eventually(async () => {
    const { expired } = await done<{ expired: Tombstone[] }>('api/v1/runs/old');
    return expired.length === 2 && expired.every(({ gone }) => gone) ? true : undefined;
  }, 90_000);
  expect([await points(), await kept()]).toEqual([3, ['weights of young']]);

  expect((await put('api/v1/runs/old/artifacts/more', 'refused')).status).toBe(409);
  const proxied = await put('api/2.0/mlflow-artifacts/artifacts/0/old/artifacts/more', 'refused');
  expect([proxied.status, await proxied.text()]).toEqual([400, expect.stringContaining('have expired')]);

  const { body } = await scene.ask('api/v1/rebuild', { projection: 'series' });
  expect(body.trim().split('\n').at(-1)).toContain('"done"');
  for (const check of ['check', 'ledger/check'] as const)
    expect([check, await scene.differencesOf(check)]).toEqual([check, 0]);
  expect([await points(), await kept()]).toEqual([3, ['weights of young']]);
  expect(await done('api/v1/runs/old/metrics')).toMatchObject({ metrics: [{ key: 'loss', value: 1 }] });
  await command('set-retention', { project: 'default', reference: 'rule 5' });
  await clickhouse.close();
}, 240_000);

it('locks artifacts of a project at both doors', async () => {
  await command('create-project', { project: 'sealed', name: 'Sealed' });
  await command('set-retention', { project: 'sealed', lock: 1, reference: 'rule 9' });
  const { result } = await command('create-experiment', { project: 'sealed', name: 'sealed' });
  const experiment = result['experiment'] ?? '';
  const create = { experiment_id: experiment, start_time: 1 };
  const { run } = await done<{ run: { info: { run_id: string } } }>('api/2.0/mlflow/runs/create', create);
  const { run_id } = run.info;
  await scene.storeFile(run_id, 'one', 'sealed by ingest');
  const proxied = `api/2.0/mlflow-artifacts/artifacts/${experiment}/${run_id}/artifacts/two`;
  expect((await put(proxied, 'sealed by the door of MLflow')).status).toBe(200);
  const locked: string[] = [];
  const { Versions = [] } = await s3.client.send(new ListObjectVersionsCommand({ Bucket: BUCKET }));
  for (const { Key, VersionId } of Versions) {
    const { Body, ObjectLockMode } = await s3.client.send(new GetObjectCommand({ Bucket: BUCKET, Key, VersionId }));
    if (ObjectLockMode === 'COMPLIANCE') locked.push((await Body?.transformToString()) ?? '');
  }
  expect(locked.sort()).toEqual(['sealed by ingest', 'sealed by the door of MLflow']);
}, 60_000);

it('takes from Kafka, Postgres, ClickHouse, Redis and S3 what names somebody, and leaves every proof', async () => {
  const second = await scene.secondAdmin();
  const run = await scene.recordOf(SUBJECT);
  await scene.recordOf(CONTROL);
  await scene.storeFile(run, 'notes.txt', CLEAR);
  await scene.storeFile(run, 'about.txt', `${SUBJECT} was here`);
  await putIntoRedis(shape.redisUrl, 'control', CLEAR);
  await eventually(async () => (await usersFound(SUBJECT)) + (await usersFound(CONTROL)) === 2, 60_000, 500);
  expect(await scene.textOf(run)).toContain(SUBJECT);
  await eventually(scene.isInLedger, 60_000, 500);
  const bundles = [await scene.takeBundle(`${shape.folder}/kept/before.tar`, false)];

  const { result } = await command<{ result: { erasure: string } }>('request-erasure', {
    ...NAMING,
    artifacts: [{ run, path: 'about.txt' }],
  });
  const { erasure } = result;
  await command('approve-erasure', { erasure }, second);
  // Other processes learn of it within seconds.
  await eventually(async () => !(await scene.textOf(run)).includes(SUBJECT), 20_000, 200);
  expect(await scene.textOf(run)).toMatch(/"mlflow.user","value":"\[erased \d{4}-\d\d-\d\d\]"/);
  expect(await eventually(async () => (await usersFound(SUBJECT)) === 0, 20_000, 200)).toBe(true);
  expect(await usersFound(CONTROL)).toBe(1);
  await eventually(
    async () => !(await scene.ask(`api/v1/erasures/${erasure}`)).body.includes('"leaf":null'),
    30_000,
    200,
  );
  expect(await done(`api/v1/erasures/${erasure}`)).toMatchObject({
    status: 'approved',
    keysDestroyedAt: expect.any(String),
    artifacts: [{ digest: expect.any(String), runs: [run], goneAt: expect.any(String) }],
  });

  bundles.push(await scene.takeBundle(`${shape.folder}/kept/after.tar`, false));
  const vkey = parseVerifierKey((await scene.ask('log/default/vkey')).body.trim());
  for (const bundle of bundles) expect((await verifyBundle(bundle, [vkey])).notices).toEqual([]);
  for (const check of ['check', 'ledger/check'] as const)
    expect([check, await scene.differencesOf(check)]).toEqual([check, 0]);

  await shape.rest();
  const { store, ...texts } = await searchClickHouse(shape.kept.clickhouse);
  expect(texts).toEqual(TEXTS_OF_CLICKHOUSE);
  const readable = await whereReadable([...(await everything()), store], [SUBJECT, CONTROL, CLEAR], shape.folder);
  const postgres = ['rows of Postgres', 'heap and TOAST of Postgres', 'WAL of Postgres'];
  const kafka = ['segments of Kafka, as its reader prints them', 'records of Kafka'];
  expect(Object.fromEntries(readable)).toEqual({
    [SUBJECT]: [],
    [CONTROL]: [...postgres, ...kafka, 'kept exports'],
    [CLEAR]: [...postgres, ...kafka, 'dump of Redis', 'versions of objects in S3', 'kept exports'],
  });
}, 300_000);
