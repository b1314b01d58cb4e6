import { bucketOf } from './bucket-place';
import type { KeptTexts } from './kept-texts';
import type { BucketOptions } from './s3-client';
import { textsInFolder } from './texts-in-folder';

export type TextPlace = Readonly<{
  /** A folder, or `s3://bucket/prefix`. */
  place: string;
  s3: Omit<BucketOptions, 'bucket' | 'prefix'>;
}>;

/** Names are the caller's own: letters, digits, points, hyphens and slashes. @throws Fault invalid ARTIFACTS_BAD_PLACE */
export async function openKeptTexts({ place, s3 }: TextPlace): Promise<KeptTexts> {
  if (!/^[a-z0-9]+:\/\//i.test(place)) return textsInFolder(place);
  const { bucket, prefix } = bucketOf(place);
  const { textsInBucket } = await import('./texts-in-bucket'); // who has a folder need not load Amazon's client
  return textsInBucket({ ...s3, bucket, prefix });
}
