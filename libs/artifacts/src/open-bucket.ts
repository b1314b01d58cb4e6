import type { Readable } from 'node:stream';
import { GetObjectCommand, HeadBucketCommand } from '@aws-sdk/client-s3';
import { Fault } from '@runledger/kernel';
import type { ArtifactLocks, Artifacts, ByteRange, DirectArtifacts, Opened, PutLimits, Stored } from './artifacts';
import { Bucket, PIECE_SIZES } from './bucket';
import { BucketDirect } from './bucket-direct';
import { isMissing, withBucketFaults, withDeletionFaults } from './bucket-faults';
import { BucketLocks } from './bucket-locks';
import { sweepBucket } from './bucket-sweep';
import { BucketUpload } from './bucket-upload';
import { badRange, checkRange } from './byte-range';
import { readUpload } from './read-upload';
import { type BucketOptions, clientOf } from './s3-client';

/** An upload in parts that was begun this long ago was left behind: S3 does not tell when it was last written to. */
const STALE_MS = 24 * 60 * 60 * 1_000;

class BucketArtifacts implements Artifacts {
  readonly locks: ArtifactLocks;

  constructor(
    private readonly bucket: Bucket,
    readonly direct: DirectArtifacts | null,
  ) {
    this.locks = new BucketLocks(bucket);
  }

  put(bytes: AsyncIterable<Uint8Array>, limits: PutLimits = {}): Promise<Stored> {
    return withBucketFaults(async () => {
      const upload = new BucketUpload(this.bucket);
      try {
        const stored = await readUpload(bytes, limits.maxBytes ?? Number.POSITIVE_INFINITY, (c) => upload.write(c));
        await upload.finish(stored);
        return stored;
      } catch (error) {
        await upload.abandon();
        throw error;
      }
    });
  }

  async open(digest: string, range?: ByteRange): Promise<Opened> {
    const key = this.bucket.keyOf(digest);
    if (range !== undefined) checkRange(range);
    return withBucketFaults(async () => {
      const Range = range === undefined ? undefined : `bytes=${range.first}-${range.last}`;
      const answer = await this.bucket.client.send(new GetObjectCommand({ Bucket: this.bucket.name, Key: key, Range }));
      const stream = answer.Body as Readable;
      const size = Range === undefined ? answer.ContentLength : sizeIn(answer.ContentRange);
      if (size !== undefined) return { stream, size };
      stream.destroy();
      throw range === undefined ? new Error('S3 did not say how many bytes there are') : badRange();
    });
  }

  async has(digest: string): Promise<boolean> {
    const key = this.bucket.keyOf(digest);
    return withBucketFaults(async () => (await this.bucket.sizeOf(key)) !== null);
  }

  async remove(digest: string): Promise<void> {
    const key = this.bucket.keyOf(digest);
    return withDeletionFaults(() => this.bucket.removeVersions(key));
  }
}

/** Of `bytes 0-1/10`. Absent where the store answered with all bytes: those of an empty object have no ranges. */
function sizeIn(contentRange: string | undefined): number | undefined {
  const [, size] = /\/(\d+)$/.exec(contentRange ?? '') ?? [];
  return size === undefined ? undefined : Number(size);
}

async function checkBucket({ client, name }: Bucket): Promise<void> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: name }));
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new Fault('invalid', 'ARTIFACTS_NO_BUCKET', `there is no bucket ${name}; it is not made by itself`, {
      cause,
    });
  }
}

/**
 * Artifacts in a bucket of S3: `<prefix>/sha256/<2 hex>/<62 hex>`, and `<prefix>/unfinished/` for uploads under way.
 * Collects what uploads left behind that were begun a day ago.
 * @throws Fault invalid ARTIFACTS_NO_BUCKET, unavailable ARTIFACTS_AWAY
 */
export function openArtifactBucket(options: BucketOptions): Promise<Artifacts> {
  return withBucketFaults(async () => {
    const client = clientOf(options, options.endpoint);
    const bucket = new Bucket(client, options.bucket, options.prefix ?? '', { ...PIECE_SIZES, ...options.sizes });
    await checkBucket(bucket);
    await sweepBucket(bucket, Date.now() - (options.staleMs ?? STALE_MS));
    const outside = options.publicEndpoint === undefined ? client : clientOf(options, options.publicEndpoint);
    return new BucketArtifacts(bucket, options.direct === false ? null : new BucketDirect(bucket, outside));
  });
}
