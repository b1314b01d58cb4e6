import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import type { Failpoint } from '@runledger/kernel';
import {
  eventually,
  type S3Server,
  startS3,
  type TemporaryFolder,
  temporaryFolder,
  WORKSPACE,
} from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { openErasureScene } from './erasure-scene';

const BUCKET = 'locked';
const DAY_MS = 86_400_000;

type Lock = Readonly<{ held: { days: number | null } | null; files: number; until: string | null; open: number }>;

let folder: TemporaryFolder;
let s3: S3Server;
let server: AllInOne;
const scene = openErasureScene({ urlOf: () => server.url, key: () => server.key });
const { ask, command, done } = scene;

async function restart(more: Readonly<Record<string, string>> = {}): Promise<void> {
  await server?.process.stop();
  server = await startAllInOne(`${folder.path}/data`, {
    RUNLEDGER_RETENTION_DELAY_HOURS: '0',
    RUNLEDGER_ARTIFACTS: `s3://${BUCKET}`,
    RUNLEDGER_S3_ENDPOINT: s3.url,
    RUNLEDGER_S3_REGION: s3.region,
    AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
    ...more,
  });
}
beforeAll(async () => {
  folder = temporaryFolder('artifact-lock');
  s3 = await startS3();
  await s3.makeBucket(BUCKET, { locks: true });
  await restart();
}, 120_000);
afterAll(async () => {
  await server.process.stop();
  await s3.stop();
  folder.remove();
});

/** What the store itself says of these bytes; null: they are there and not locked. */
async function lockOf(text: string): Promise<Date | null> {
  const digits = createHash('sha256').update(text).digest('hex');
  const Key = `sha256/${digits.slice(0, 2)}/${digits.slice(2)}`;
  const head = await s3.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key }));
  return head.ObjectLockMode === 'COMPLIANCE' ? (head.ObjectLockRetainUntilDate ?? null) : null;
}
const daysLeft = async (text: string): Promise<number> =>
  Math.round(((await lockOf(text))?.getTime() ?? Date.now()) - Date.now()) / DAY_MS;
const locks = async (): Promise<Lock> => (await done<{ lock: Lock }>('api/v1/projects/default/retention')).lock;
const put = async (path: string, body: string): Promise<number> => {
  const headers = { authorization: `Bearer ${server.key}`, 'content-type': 'text/plain' };
  const answer = await fetch(`${server.url}/${path}`, { method: 'PUT', headers, body });
  await answer.text();
  return answer.status;
};
const isShown = async (run: string, path: string): Promise<boolean> => (await scene.fileOf(run, path)).status === 200;
const createRun = async (): Promise<string> =>
  (await done<{ run: { info: { run_id: string } } }>('api/2.0/mlflow/runs/create', { experiment_id: '0' })).run.info
    .run_id;

it('locks what is there when a policy says so, and tells it', async () => {
  const run = await createRun();
  await scene.storeFile(run, 'before', 'before the policy');
  expect([await lockOf('before the policy'), await locks()]).toMatchObject([null, { held: null, files: 0, open: 0 }]);
  const { result } = await command('set-retention', { project: 'default', lock: 30, reference: 'rule 9' });
  expect(result).toMatchObject({ lock: { days: 30 }, artifacts: { days: null } });
  await eventually(async () => ((await locks()).files === 1 ? true : undefined), 30_000);
  expect(await daysLeft('before the policy')).toBeCloseTo(30, 1);
  expect(await locks()).toMatchObject({ held: { days: 30 }, open: 0 });
}, 60_000);

it('has locked what comes in by any door when it answers', async () => {
  const run = await createRun();
  await scene.storeFile(run, 'native', 'by our door');
  const proxied = 'api/2.0/mlflow-artifacts/artifacts/0';
  expect(await put(`${proxied}/${run}/artifacts/f`, 'by the door of MLflow')).toBe(200);
  const { model } = await done<{ model: { info: { model_id: string } } }>('api/2.0/mlflow/logged-models', {
    experiment_id: '0',
    name: 'm',
  });
  expect(await put(`${proxied}/models/${model.info.model_id}/artifacts/f`, 'of a logged model')).toBe(200);
  const parts = `mpu/create/0/${run}/artifacts`;
  type Begun = Readonly<{ upload_id: string; credentials: Array<{ url: string }> }>;
  const begun = await done<Begun>(`api/2.0/mlflow-artifacts/${parts}`, { path: 'direct', num_parts: 1 });
  const sent = await fetch(begun.credentials[0]?.url ?? '', { method: 'PUT', body: 'past this server' });
  await done(`api/2.0/mlflow-artifacts/${parts.replace('create', 'complete')}`, {
    path: 'direct',
    upload_id: begun.upload_id,
    parts: [{ part_number: 1, etag: sent.headers.get('etag') }],
  });
  for (const text of ['by our door', 'by the door of MLflow', 'of a logged model', 'past this server'])
    expect([text, Math.round(await daysLeft(text))]).toEqual([text, 30]);
}, 60_000);

it.each<[Failpoint, isLocked: boolean]>([
  ['artifacts.before-lock', false],
  ['artifacts.locked', true],
])(
  'killed at %s, it has told nobody of the bytes, and locks them when they are sent again',
  async (place, isLocked) => {
    await restart({ RUNLEDGER_FAILPOINT: place });
    const run = await createRun();
    const text = `killed at ${place}`;
    await expect(put(`api/v1/runs/${run}/artifacts/f`, text)).rejects.toThrow();
    expect(await server.process.ended).toBe('SIGKILL');
    expect((await lockOf(text)) !== null).toBe(isLocked);
    await restart();
    expect((await scene.fileOf(run, 'f')).status).toBe(404);
    await scene.storeFile(run, 'f', text);
    expect(Math.round(await daysLeft(text))).toBe(30);
    expect(
      await eventually(async () => ((await isShown(run, 'f')) ? scene.fileOf(run, 'f') : undefined)),
    ).toMatchObject({ body: text });
  },
  120_000,
);

it('hides a path that is deleted, and keeps its bytes from an erasure, whose report says until when', async () => {
  const second = await scene.secondAdmin();
  const run = await createRun();
  await scene.storeFile(run, 'secret.txt', 'to be erased');
  await scene.storeFile(run, 'hidden.txt', 'to be hidden');
  const until = await lockOf('to be erased');
  await eventually(async () => ((await isShown(run, 'secret.txt')) ? true : undefined), 20_000);
  const request = { reference: 'ticket 7', artifacts: [{ run, path: 'secret.txt' }] };
  const { result } = await command<{ result: { erasure: string } }>('request-erasure', request);
  await command('approve-erasure', { erasure: result.erasure }, second);
  await scene.deleteFile(run, 'hidden.txt');
  const waiting = { goneAt: null, lockedUntil: until?.toISOString() };
  await eventually(async () => {
    const report = await done<{ artifacts: object[] }>(`api/v1/erasures/${result.erasure}`);
    return JSON.stringify(report.artifacts).includes('"lockedUntil":"') ? report : undefined;
  }, 30_000);
  expect(await done(`api/v1/erasures/${result.erasure}`)).toMatchObject({ artifacts: [waiting] });
  expect((await scene.fileOf(run, 'secret.txt')).body).toBe('to be erased');
  await eventually(async () => ((await isShown(run, 'hidden.txt')) ? undefined : true), 20_000);
  expect(await lockOf('to be hidden')).not.toBeNull();
}, 90_000);

it('is shown and shortened on the command line, where what is locked stays so', async () => {
  const env = { ...process.env, RUNLEDGER_URL: server.url, RUNLEDGER_API_KEY: server.key };
  const cli = (...args: string[]): string =>
    execFileSync(process.execPath, [`${WORKSPACE}/services/cli/bin/runledger.mjs`, 'retention', ...args], {
      env,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  expect(cli('show', 'default')).toMatch(/lock of artifacts: 30 days; \d+ locked, the last until \d{4}-/);
  const before = await lockOf('by our door');
  const set = cli('set', 'default', '--points', '90', '--reference', 'rule 10');
  expect(JSON.parse(set)).toMatchObject({ points: { days: 90 }, lock: { days: 30 } });
  cli('set', 'default', '--points', '90', '--lock', '1', '--reference', 'rule 11');
  const run = await createRun();
  await scene.storeFile(run, 'again', 'by our door');
  await scene.storeFile(run, 'new', 'stored later');
  expect([await lockOf('by our door'), Math.round(await daysLeft('stored later'))]).toEqual([before, 1]);
  cli('set', 'default', '--points', '90', '--lock', 'none', '--reference', 'rule 12');
  expect(cli('show', 'default')).toMatch(/lock of artifacts: none; \d+ locked/);
  expect(() => cli('set', 'default', '--lock', 'soon', '--reference', 'rule 13')).toThrow();
  expect((await ask('api/v1/commands/set-retention', { project: 'default', lock: 0, reference: 'r' })).status).toBe(
    400,
  );
}, 60_000);
