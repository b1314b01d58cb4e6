import type { Artifacts } from './artifacts';
import { bucketOf } from './bucket-place';
import { openArtifactFolder } from './folder';
import type { BucketOptions } from './s3-client';

export type ArtifactChoice = Readonly<{
  /** A folder, or `s3://bucket/prefix`. */
  place: string;
  s3: Omit<BucketOptions, 'bucket' | 'prefix'>;
}>;

/**
 * Opens the artifacts where the settings say they are.
 * @throws Fault invalid ARTIFACTS_BAD_PLACE, and what either implementation throws
 */
export async function openArtifacts({ place, s3 }: ArtifactChoice): Promise<Artifacts> {
  if (!/^[a-z0-9]+:\/\//i.test(place)) return openArtifactFolder(place);
  const { bucket, prefix } = bucketOf(place);
  const { openArtifactBucket } = await import('./open-bucket'); // who has a folder need not load Amazon's client
  return openArtifactBucket({ ...s3, bucket, prefix });
}
