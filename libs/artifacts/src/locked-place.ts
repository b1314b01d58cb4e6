import { bucketOf } from './bucket-place';
import type { LockedBucket, LockedBucketOptions } from './locked-bucket';

/** `place` is s3://bucket/prefix. */
export type LockedPlace = Readonly<{ place: string }> & Omit<LockedBucketOptions, 'bucket' | 'prefix'>;

/** @throws Fault invalid ARTIFACTS_BAD_PLACE */
export async function openLockedPlace({ place, ...options }: LockedPlace): Promise<LockedBucket> {
  const { bucket, prefix } = bucketOf(place);
  const { openLockedBucket } = await import('./locked-bucket'); // who locks nothing need not load Amazon's client
  return openLockedBucket({ ...options, bucket, prefix });
}
