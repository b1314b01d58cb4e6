import { mkdirSync } from 'node:fs';
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
  ['mlflow', /^api\/2\.0\/mlflow\//],
  ['notary', /^(log\/|api\/v1\/(evidence|ledger))/],
  ['projector', /^api\/v1\/check$/],
  ['ingest', /^api\/v1\/(commands|events|metrics|erasures|holds|runs\/[^/]+\/artifacts)\b/],
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
  await s3.makeBucket(BUCKET);
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
  urls.set('ingest', await urlOf(shape.start('ingest')));
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
