import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import {
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectRetentionCommand,
} from '@aws-sdk/client-s3';
import { type S3Server, spawnTypeScript, startS3 } from '@runledger/testkit';
import { type FaultyFront, startFaultyFront } from '../test/faulty-front';
import { artifactsContract, digestOf, locksContract, noLocksContract } from './artifacts.contract';
import { openArtifacts } from './open-artifacts';
import { openArtifactBucket } from './open-bucket';
import type { BucketOptions } from './s3-client';

const PART = 5 * 1024 * 1024; // the least that S3 takes
let server: S3Server;
let front: FaultyFront;
let buckets = 0;

beforeAll(async () => {
  server = await startS3();
  front = await startFaultyFront(server.url);
});
afterAll(async () => {
  await front.close();
  await server.stop();
});
afterEach(() => front.decide(() => 'pass'));

async function newBucket(): Promise<string> {
  const name = `artifacts-${++buckets}`;
  await server.makeBucket(name);
  return name;
}
async function newLockingBucket(): Promise<string> {
  const name = `artifacts-${++buckets}`;
  await server.makeBucket(name, { locks: true });
  return name;
}
async function optionsOf(more: Partial<BucketOptions> = {}): Promise<BucketOptions> {
  const { url: endpoint, region, credentials } = server;
  const bucket = more.bucket ?? (await newBucket());
  return { endpoint, region, credentials, sizes: { uploadBytes: PART }, ...more, bucket };
}
const throughFront = async (more: Partial<BucketOptions> = {}) =>
  optionsOf({ endpoint: front.url, attempts: 2, timeoutMs: 1_000, ...more });

/** Keys that are there, and keys of uploads that were begun. */
async function everything(bucket: string): Promise<string[]> {
  const objects = await server.client.send(new ListObjectsV2Command({ Bucket: bucket }));
  const uploads = await server.client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  return [...(objects.Contents ?? []), ...(uploads.Uploads ?? [])].map(({ Key }) => Key ?? '');
}
async function* inChunks(bytes: Buffer, size = 70_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const keyOf = (digest: string, prefix = ''): string => `${prefix}sha256/${digest.slice(7, 9)}/${digest.slice(9)}`;

describe('artifacts in a bucket', () => {
  artifactsContract(async () => openArtifactBucket(await optionsOf()));
  noLocksContract(async () => openArtifactBucket(await optionsOf()), /Object Lock/);

  it('are taken away with every version that the bucket keeps, and not where it is locked', async () => {
    const bucket = await newBucket();
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await server.client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
    const artifacts = await openArtifactBucket(await optionsOf({ bucket }));
    const { digest } = await artifacts.put(inChunks(Buffer.from('to be erased')));
    await server.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: keyOf(digest) }));
    await artifacts.put(inChunks(Buffer.from('to be erased')));
    expect(await server.contents(bucket)).toHaveLength(2);
    await artifacts.remove(digest);
    expect(await server.contents(bucket)).toEqual([]);

    const locked = await newLockingBucket();
    const kept = await openArtifactBucket(await optionsOf({ bucket: locked }));
    const { digest: held } = await kept.put(inChunks(Buffer.from('to be kept')));
    const Retention = { Mode: 'COMPLIANCE', RetainUntilDate: new Date(Date.now() + 86_400_000) } as const;
    await server.client.send(new PutObjectRetentionCommand({ Bucket: locked, Key: keyOf(held), Retention }));
    await expect(kept.remove(held)).rejects.toMatchObject({ kind: 'forbidden', code: 'ARTIFACTS_LOCKED' });
    expect(await server.contents(locked)).toHaveLength(1);
  });

  it('lie under their digest below the prefix, and nothing else is left', async () => {
    const bucket = await newBucket();
    const { url: endpoint, region, credentials } = server;
    const artifacts = await openArtifacts({
      place: `s3://${bucket}/team/a/`,
      s3: { endpoint, region, credentials, sizes: { uploadBytes: PART } },
    });
    const large = randomBytes(3 * PART + 17);
    const stored = [await artifacts.put(inChunks(Buffer.from('small'))), await artifacts.put(inChunks(large))];
    expect(stored[1]).toEqual({ digest: digestOf(large), size: large.length });
    expect((await everything(bucket)).sort()).toEqual(stored.map(({ digest }) => keyOf(digest, 'team/a/')).sort());
    expect((await buffer((await artifacts.open(digestOf(large))).stream)).equals(large)).toBe(true);
    const range = { first: PART - 3, last: PART + 3 };
    const part = await buffer((await artifacts.open(digestOf(large), range)).stream);
    expect(part.equals(large.subarray(range.first, range.last + 1))).toBe(true);
  });

  it.each(['s3://', 's3://a/x y', 's3://UPPER/x', 'https://bucket/x', 's3://bucket/<x>'])(
    'are nowhere to be looked for in %s',
    async (place) => {
      await expect(openArtifacts({ place, s3: {} })).rejects.toMatchObject({ code: 'ARTIFACTS_BAD_PLACE' });
    },
  );

  it('are copied in parts where one copy would be too large', async () => {
    const options = await optionsOf({ sizes: { uploadBytes: PART, copyBytes: PART } });
    const artifacts = await openArtifactBucket(options);
    const large = randomBytes(6 * PART + 1);
    const { digest } = await artifacts.put(inChunks(large));
    expect((await buffer((await artifacts.open(digest)).stream)).equals(large)).toBe(true);
    await artifacts.put(inChunks(large));
    expect(await everything(options.bucket)).toEqual([keyOf(digest)]);
  });

  it('leave no part behind when an upload is cut or too large', async () => {
    const options = await optionsOf();
    const artifacts = await openArtifactBucket(options);
    const large = randomBytes(2 * PART + 1);
    async function* cut(): AsyncGenerator<Uint8Array> {
      yield large;
      throw new Error('aborted');
    }
    await expect(artifacts.put(cut())).rejects.toMatchObject({ kind: 'invalid', code: 'ARTIFACTS_CUT' });
    await expect(artifacts.put(inChunks(large), { maxBytes: 2 * PART })).rejects.toMatchObject({ kind: 'too-large' });
    expect(await everything(options.bucket)).toEqual([]);
  });

  it('show nothing of an upload whose process was killed, and its parts are collected when they are old', async () => {
    const options = await optionsOf();
    const upload = spawnTypeScript(join(__dirname, '../test/slow-bucket-upload.ts'), [JSON.stringify(options)]);
    await upload.line(/two parts are there/);
    upload.kill('SIGKILL');
    await upload.ended;
    const leftOver = { Bucket: options.bucket, Key: 'unfinished/copied-and-not-removed', Body: 'x' };
    await server.client.send(new PutObjectCommand(leftOver));
    expect(await everything(options.bucket)).toEqual([leftOver.Key, expect.stringMatching(/^unfinished\//)]);
    await openArtifactBucket(options);
    // Younger than a day, somebody may be at it still. This server says that all uploads were begun in 2010.
    expect(await everything(options.bucket)).toEqual([leftOver.Key]);
    await openArtifactBucket({ ...options, staleMs: -60_000 });
    expect(await everything(options.bucket)).toEqual([]);
  });

  it('need a bucket that is there', async () => {
    const refusal = { kind: 'invalid', code: 'ARTIFACTS_NO_BUCKET' };
    await expect(openArtifactBucket(await optionsOf({ bucket: 'nobodys' }))).rejects.toMatchObject(refusal);
    front.decide(() => ({ status: 403, code: 'AccessDenied' }));
    await expect(openArtifactBucket(await throughFront())).rejects.toMatchObject({ code: 'ARTIFACTS_AWAY' });
  });

  it('take constant memory, however large they are', async () => {
    const options = await optionsOf({ sizes: {} });
    const program = spawnTypeScript(join(__dirname, '../test/large-bucket-upload.ts'), [JSON.stringify(options)]);
    const [, stored, peak] = await program.line(/stored (\d+) with a peak of (\d+) MiB/, 120_000);
    await program.ended;
    expect([stored, Number(peak) < 60]).toEqual([String(200 * 1024 * 1024), true]);
  });
});

describe('artifacts in a bucket with Object Lock', () => {
  const inAnHour = () => new Date(Math.ceil(Date.now() / 1000 + 3_600) * 1000);
  const openLocking = async (more: Partial<BucketOptions> = {}) => {
    const options = await throughFront({ ...more, bucket: await newLockingBucket() });
    return { artifacts: await openArtifactBucket(options), bucket: options.bucket };
  };
  artifactsContract(async () => (await openLocking()).artifacts);
  locksContract(async () => (await openLocking()).artifacts);

  it('lock what was copied in parts and what came past this server, and leave no version of what was temporary', async () => {
    const { artifacts, bucket } = await openLocking({ sizes: { uploadBytes: PART, copyBytes: PART } });
    const large = randomBytes(2 * PART + 1);
    const { digest } = await artifacts.put(inChunks(large));
    await artifacts.locks.lock(digest, inAnHour());
    if (artifacts.direct === null) throw new Error('a bucket offers it');
    const { upload, urls } = await artifacts.direct.begin(1);
    const sent = await fetch(urls[0] ?? '', { method: 'PUT', body: 'past this server' });
    const direct = await artifacts.direct.finish(upload, [sent.headers.get('etag') ?? '']);
    await artifacts.locks.lock(direct.digest, inAnHour());
    for (const one of [digest, direct.digest])
      await expect(artifacts.remove(one)).rejects.toMatchObject({ code: 'ARTIFACTS_LOCKED' });
    const { Versions = [], DeleteMarkers = [] } = await server.client.send(
      new ListObjectVersionsCommand({ Bucket: bucket }),
    );
    const receipt = `unfinished/${upload.slice(0, 36)}.done`;
    expect(Versions.map(({ Key }) => Key).sort()).toEqual([keyOf(digest), keyOf(direct.digest), receipt].sort());
    expect(DeleteMarkers).toEqual([]);
  });

  it('are not locked where the store refuses it or does not answer, which is said, and are where it had another lock for longer', async () => {
    const { artifacts } = await openLocking();
    const { digest } = await artifacts.put(inChunks(Buffer.from('refused')));
    const until = inAnHour();
    const isLocking = ({ method, url }: { method: string; url: string }) =>
      method === 'PUT' && /[?&]retention/.test(url);
    front.decide((request) => (isLocking(request) ? { status: 403, code: 'AccessDenied' } : 'pass'));
    const refused = { kind: 'unavailable', code: 'ARTIFACTS_LOCK_REFUSED' };
    await expect(artifacts.locks.lock(digest, until)).rejects.toMatchObject(refused);
    front.decide((request) => (isLocking(request) ? { status: 500 } : 'pass'));
    await expect(artifacts.locks.lock(digest, until)).rejects.toMatchObject({ code: 'ARTIFACTS_AWAY' });
    expect(await artifacts.locks.until(digest)).toBeNull();
    // Locked by somebody else between the look and the lock: S3 refuses the shorter one.
    let isFirst = true;
    front.decide((request) => {
      if (!isLocking(request) || !isFirst) return isLocking(request) ? { status: 403, code: 'AccessDenied' } : 'pass';
      isFirst = false;
      return 'lose-answer';
    });
    expect(await artifacts.locks.lock(digest, until)).toEqual(until);
    expect(await artifacts.locks.until(digest)).toEqual(until);
  });

  it('are asked for once whether they lock, which is not taken for a no while the store is away', async () => {
    const { artifacts } = await openLocking();
    front.decide(() => ({ status: 503 }));
    await expect(artifacts.locks.check()).rejects.toMatchObject({ kind: 'unavailable', code: 'ARTIFACTS_AWAY' });
    front.decide(() => ({ status: 403, code: 'AccessDenied' }));
    await expect(artifacts.locks.check()).rejects.toMatchObject({ code: 'ARTIFACTS_NO_LOCK' });
    front.decide(() => 'pass');
    await artifacts.locks.check();
  });
});

describe('a store that', () => {
  const away = { kind: 'unavailable', code: 'ARTIFACTS_AWAY' };
  const large = randomBytes(2 * PART + 1);

  it.each<[string, (request: { method: string; url: string }) => ReturnType<Parameters<FaultyFront['decide']>[0]>]>([
    ['answers 500', () => ({ status: 500 })],
    ['answers 503', () => ({ status: 503, code: 'SlowDown' })],
    ['answers 403', () => ({ status: 403, code: 'AccessDenied' })],
    ['answers nothing', () => 'never-answer'],
    ['answers no parts', ({ url }) => (url.includes('partNumber') ? { status: 500 } : 'pass')],
    ['answers a wrong ETag', ({ url }) => (url.includes('partNumber=2') ? 'wrong-etag' : 'pass')],
    [
      'does not complete',
      ({ method, url }) => (method === 'POST' && !url.includes('uploads') ? { status: 500 } : 'pass'),
    ],
    ['does not copy', ({ method, url }) => (method === 'PUT' && url.includes('/sha256/') ? { status: 500 } : 'pass')],
  ])('%s is away, and the retry is taken when it is back', async (_, fate) => {
    const options = await throughFront();
    const artifacts = await openArtifactBucket(options);
    front.decide(fate);
    await expect(artifacts.put(inChunks(large))).rejects.toMatchObject(away);
    front.decide(() => 'pass');
    expect(await artifacts.has(digestOf(large))).toBe(false);
    expect(await artifacts.put(inChunks(large))).toMatchObject({ size: large.length });
    expect((await everything(options.bucket)).filter((key) => !key.startsWith('unfinished/'))).toEqual([
      keyOf(digestOf(large)),
    ]);
  });

  it('is full says so', async () => {
    const artifacts = await openArtifactBucket(await throughFront());
    const full = { kind: 'full', code: 'ARTIFACTS_FULL' };
    front.decide(({ method }) => (method === 'PUT' ? { status: 507, code: 'InsufficientStorage' } : 'pass'));
    for (const bytes of [Buffer.from('small'), large])
      await expect(artifacts.put(inChunks(bytes))).rejects.toMatchObject(full);
  });

  it('loses an answer is asked again', async () => {
    const artifacts = await openArtifactBucket(await throughFront());
    let first = true;
    front.decide(({ method }) => {
      if (method !== 'PUT' || !first) return 'pass';
      first = false;
      return 'lose-answer';
    });
    expect(await artifacts.put(inChunks(Buffer.from('twice')))).toMatchObject({ digest: digestOf('twice') });
    expect(first).toBe(false);
  });

  it('cuts a download does not look like one that ended', async () => {
    const artifacts = await openArtifactBucket(await throughFront());
    const { digest } = await artifacts.put(inChunks(Buffer.alloc(100_000, 'x')));
    front.decide(() => 'cut-body');
    await expect(artifacts.open(digest).then(({ stream }) => text(stream))).rejects.toThrow();
    front.decide(() => ({ status: 500 }));
    await expect(artifacts.open(digest)).rejects.toMatchObject(away);
    await expect(artifacts.has(digest)).rejects.toMatchObject(away);
  });
});

describe('direct access', () => {
  const direct = async (more: Partial<BucketOptions> = {}) => {
    const options = await optionsOf(more);
    const artifacts = await openArtifactBucket(options);
    if (artifacts.direct === null) throw new Error('a bucket offers it');
    return { artifacts, direct: artifacts.direct, bucket: options.bucket };
  };
  const send = async (urls: readonly string[], parts: readonly Buffer[]): Promise<string[]> =>
    Promise.all(
      parts.map(async (body, i) => {
        const answer = await fetch(urls[i] ?? '', { method: 'PUT', body: new Uint8Array(body) });
        expect(answer.status).toBe(200);
        return answer.headers.get('etag') ?? '';
      }),
    );

  it('is not offered where clients cannot reach the store', async () => {
    expect((await openArtifactBucket(await optionsOf({ direct: false }))).direct).toBeNull();
  });

  it('hands out bytes by a URL, as an attachment, also in ranges', async () => {
    const { artifacts, direct: access } = await direct({ publicEndpoint: front.url });
    const { digest } = await artifacts.put(inChunks(Buffer.from('0123456789')));
    const how = { mediaType: 'text/html', disposition: 'attachment; filename="page.html"' };
    const url = await access.downloadUrl(digest, how);
    expect(url.startsWith(front.url)).toBe(true);
    const answer = await fetch(url, { headers: { range: 'bytes=2-4' } });
    expect([answer.status, await answer.text()]).toEqual([206, '234']);
    expect(answer.headers.get('content-type')).toBe(how.mediaType);
    expect(answer.headers.get('content-disposition')).toBe(how.disposition);
    await expect(access.downloadUrl('sha256:x', how)).rejects.toMatchObject({ code: 'ARTIFACTS_BAD_DIGEST' });
  });

  it('takes parts by URLs, and learns the digest by itself', async () => {
    const { artifacts, direct: access, bucket } = await direct();
    const parts = [randomBytes(PART), randomBytes(PART), randomBytes(3)];
    const { upload, urls } = await access.begin(3);
    const etags = await send(urls, parts);
    expect(await everything(bucket)).toEqual([expect.stringMatching(/^unfinished\//)]);
    const whole = Buffer.concat(parts);
    expect(await access.finish(upload, etags)).toEqual({ digest: digestOf(whole), size: whole.length });
    expect((await buffer((await artifacts.open(digestOf(whole))).stream)).equals(whole)).toBe(true);
    const receipt = `unfinished/${upload.slice(0, 36)}.done`;
    expect(await everything(bucket)).toEqual([keyOf(digestOf(whole)), receipt]);
    // Whoever lost the answer asks again.
    expect(await access.finish(upload, etags)).toEqual({ digest: digestOf(whole), size: whole.length });
    const refusal = { code: 'ARTIFACTS_BAD_UPLOAD' };
    await expect(access.finish(upload, etags.slice(1))).rejects.toMatchObject(refusal);
    await expect(access.finish(`${upload.slice(0, 36)}.other`, etags)).rejects.toMatchObject(refusal);
    expect(await everything(bucket)).toEqual([keyOf(digestOf(whole)), receipt]);
  });

  it('keeps nothing of what is too large, given up, or not what was sent', async () => {
    const { direct: access, bucket } = await direct();
    const large = await access.begin(1);
    const etags = await send(large.urls, [Buffer.from('five!')]);
    await expect(access.finish(large.upload, etags, { maxBytes: 4 })).rejects.toMatchObject({ kind: 'too-large' });
    const given = await access.begin(2);
    await send(given.urls, [Buffer.from('a')]);
    await access.abandon(given.upload);
    await access.abandon(given.upload);
    const wrong = await access.begin(1);
    await send(wrong.urls, [Buffer.from('b')]);
    const refusal = { kind: 'invalid', code: 'ARTIFACTS_BAD_UPLOAD' };
    await expect(access.finish(wrong.upload, ['"0123"'])).rejects.toMatchObject(refusal);
    await access.abandon(wrong.upload);
    expect(await everything(bucket)).toEqual([]);
  });

  it.each([
    '',
    'x',
    '../../sha256/ab.id',
    `${'0'.repeat(36)}.id`,
    '01890a5d-ac96-774b-bcce-b302099a8057',
    '01890a5d-ac96-774b-bcce-b302099a8057.nobodys',
  ])('knows no upload %j', async (upload) => {
    const { direct: access } = await direct();
    const refusal = { kind: 'invalid', code: 'ARTIFACTS_BAD_UPLOAD' };
    await expect(access.finish(upload, ['"x"'])).rejects.toMatchObject(refusal);
    for (const parts of [0, -1, 1.5, 10_001])
      await expect(access.begin(parts)).rejects.toMatchObject({ code: 'ARTIFACTS_BAD_PARTS' });
  });
});
