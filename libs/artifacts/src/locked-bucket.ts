import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Fault } from '@runledger/kernel';
import { withBucketFaults } from './bucket-faults';
import { type BucketOptions, clientOf } from './s3-client';

/** Small texts that nobody can change or delete before their time, the owner of the bucket included (S3 Object Lock, compliance mode). */
export type LockedBucket = Readonly<{
  /**
   * Resolves once the text is kept and locked. The same text under the same key again is the same object.
   * @throws Fault conflict ARTIFACTS_OTHER_TEXT (the key has another one), unavailable ARTIFACTS_AWAY
   */
  put(key: string, text: string): Promise<void>;
  /** All texts, by their keys. @throws Fault unavailable ARTIFACTS_AWAY */
  texts(): AsyncIterable<string>;
  close(): void;
}>;

export type LockedBucketOptions = Pick<BucketOptions, 'bucket' | 'region' | 'endpoint' | 'credentials'> &
  Readonly<{
    prefix: string;
    /** For how long, from the moment of writing. */
    days: number;
  }>;

const DAY_MS = 86_400_000;

async function* textsBelow(client: S3Client, Bucket: string, prefix: string): AsyncGenerator<string> {
  const Prefix = prefix === '' ? '' : `${prefix}/`;
  for (let more: string | undefined, isFirst = true; isFirst || more !== undefined; isFirst = false) {
    const question = { Bucket, Prefix, ContinuationToken: more };
    const page = await withBucketFaults(() => client.send(new ListObjectsV2Command(question)));
    for (const { Key } of page.Contents ?? [])
      yield await withBucketFaults(async () => {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
        return (await Body?.transformToString()) ?? '';
      });
    more = page.NextContinuationToken;
  }
}

/** The bucket has Object Lock, which it got when it was made; S3 refuses locks in others. */
export function openLockedBucket({ bucket: Bucket, prefix, days, ...options }: LockedBucketOptions): LockedBucket {
  const client = clientOf(options, options.endpoint);
  return {
    put: (name, text) =>
      withBucketFaults(async () => {
        const Key = prefix === '' ? name : `${prefix}/${name}`;
        try {
          await client.send(
            new PutObjectCommand({
              Bucket,
              Key,
              Body: text,
              ContentType: 'text/plain; charset=utf-8',
              ChecksumAlgorithm: 'SHA256', // S3 asks for a checksum where there is a lock
              IfNoneMatch: '*',
              ObjectLockMode: 'COMPLIANCE',
              ObjectLockRetainUntilDate: new Date(Date.now() + days * DAY_MS),
            }),
          );
        } catch (error) {
          if ((error as { name?: string }).name !== 'PreconditionFailed') throw error;
          const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
          if ((await Body?.transformToString()) !== text)
            throw new Fault('conflict', 'ARTIFACTS_OTHER_TEXT', `${Key} has another text already`);
        }
      }),
    texts: () => textsBelow(client, Bucket, prefix),
    close: () => client.destroy(),
  };
}
