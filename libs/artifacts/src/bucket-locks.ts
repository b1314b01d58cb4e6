import {
  GetObjectLockConfigurationCommand,
  HeadObjectCommand,
  PutObjectRetentionCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Fault } from '@runledger/kernel';
import type { ArtifactLocks } from './artifacts';
import type { Bucket } from './bucket';
import { isForbidden, isMissing, withBucketFaults } from './bucket-faults';
import { noSuchBytes } from './digest';

type Standing = Readonly<{ version: string | undefined; until: Date | null }>;

/** 4xx, or a store that does not know the question. */
const isNo = (error: unknown): error is S3ServiceException =>
  error instanceof S3ServiceException && (error.$fault === 'client' || error.$metadata.httpStatusCode === 501);

const noLock = (bucket: string, cause?: unknown): Fault =>
  new Fault(
    'conflict',
    'ARTIFACTS_NO_LOCK',
    `bucket ${bucket} locks nothing: use one for which S3 Object Lock is on, and keys that may read its configuration (s3:GetBucketObjectLockConfiguration)`,
    { cause },
  );

/** Object Lock of the versions of a bucket, in compliance mode: nobody can shorten it, the owner of the bucket included. */
export class BucketLocks implements ArtifactLocks {
  #isKnown = false;

  constructor(private readonly bucket: Bucket) {}

  check(): Promise<void> {
    const { client, name } = this.bucket;
    return withBucketFaults(async () => {
      const { ObjectLockConfiguration } = await client
        .send(new GetObjectLockConfigurationCommand({ Bucket: name }))
        .catch((cause: unknown) => {
          throw isNo(cause) ? noLock(name, cause) : cause;
        });
      if (ObjectLockConfiguration?.ObjectLockEnabled !== 'Enabled') throw noLock(name);
      this.#isKnown = true;
    });
  }

  async lock(digest: string, until: Date): Promise<Date> {
    const key = this.bucket.keyOf(digest);
    if (!this.#isKnown) await this.check();
    return withBucketFaults(async () => {
      const { version, until: held } = await this.#standing(key);
      if (held !== null && held >= until) return held;
      await this.#extend(key, version, until);
      return until;
    });
  }

  async until(digest: string): Promise<Date | null> {
    const key = this.bucket.keyOf(digest);
    return withBucketFaults(async () => (await this.#standing(key)).until);
  }

  /** Of the version that is read. The same bytes stored by two at once are two versions, each of which has its own lock. */
  async #standing(key: string): Promise<Standing> {
    const { client, name: Bucket } = this.bucket;
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: key })).catch((cause: unknown) => {
      throw isMissing(cause) ? noSuchBytes() : cause;
    });
    const { VersionId: version, ObjectLockMode: mode, ObjectLockRetainUntilDate: date = null } = head;
    return { version, until: mode === 'COMPLIANCE' ? date : null };
  }

  async #extend(Key: string, VersionId: string | undefined, RetainUntilDate: Date): Promise<void> {
    const { client, name: Bucket } = this.bucket;
    const Retention = { Mode: 'COMPLIANCE', RetainUntilDate } as const;
    try {
      await client.send(new PutObjectRetentionCommand({ Bucket, Key, VersionId, Retention }));
    } catch (cause) {
      if (!isForbidden(cause)) throw cause;
      // S3 shortens nothing: somebody else may have locked it for longer in between.
      const { until } = await this.#standing(Key);
      if (until !== null && until >= RetainUntilDate) return;
      const message = `the store does not let bytes be locked; its keys need s3:PutObjectRetention on bucket ${Bucket}`;
      throw new Fault('unavailable', 'ARTIFACTS_LOCK_REFUSED', message, { cause });
    }
  }
}
