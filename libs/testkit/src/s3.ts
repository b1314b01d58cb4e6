import { CreateBucketCommand, GetObjectCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { freePort } from './ports';
import { pythonInterpreter } from './python';
import { runServer, type ServerProcess } from './server-process';
import { spawnProgram } from './spawned';

/** Keeps what it has in memory: a restart finds it empty. */
export type S3Server = ServerProcess &
  Readonly<{
    url: string;
    region: string;
    credentials: Readonly<{ accessKeyId: string; secretAccessKey: string }>;
    /** To look at what lies there, past the code under test. */
    client: S3Client;
    /** `locks`: with Object Lock, and so with versions. */
    makeBucket(name: string, more?: Readonly<{ locks?: boolean }>): Promise<void>;
    /** Every version of every object of a bucket. */
    contents(bucket: string): Promise<Buffer[]>;
  }>;

async function versionsOf(client: S3Client, Bucket: string): Promise<Buffer[]> {
  const { Versions = [], IsTruncated } = await client.send(new ListObjectVersionsCommand({ Bucket }));
  if (IsTruncated === true) throw new Error(`${Bucket} has more than a page of objects: read on`);
  const found: Buffer[] = [];
  for (const { Key, VersionId } of Versions) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, VersionId }));
    found.push(Buffer.from((await Body?.transformToByteArray()) ?? []));
  }
  return found;
}

const REGION = 'eu-central-1';
const CREDENTIALS = { accessKeyId: 'runledger-test', secretAccessKey: 'runledger-test-secret' };

/** A real S3 server (moto's) on a free port. */
export async function startS3(): Promise<S3Server> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const python = await pythonInterpreter();
  const server = await runServer('S3', {
    launch: () => spawnProgram(python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)]),
    isReady: async () => (await fetch(`${url}/moto-api/`)).ok,
    cleanUp: () => undefined,
  });
  const client = new S3Client({ endpoint: url, region: REGION, credentials: CREDENTIALS, forcePathStyle: true });
  return {
    ...server,
    stop: async () => {
      client.destroy();
      await server.stop();
    },
    url,
    region: REGION,
    credentials: CREDENTIALS,
    client,
    contents: (bucket) => versionsOf(client, bucket),
    makeBucket: async (Bucket, { locks: ObjectLockEnabledForBucket = false } = {}) => {
      const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
      await client.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration, ObjectLockEnabledForBucket }));
    },
  };
}
