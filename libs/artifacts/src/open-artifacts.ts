import { Fault } from '@runledger/kernel';
import type { Artifacts } from './artifacts';
import { openArtifactFolder } from './folder';
import type { BucketOptions } from './open-bucket';

export type ArtifactChoice = Readonly<{
  /** A folder, or `s3://bucket/prefix`. */
  place: string;
  s3: Omit<BucketOptions, 'bucket' | 'prefix'>;
}>;

/** Letters that need no escaping in a key, a URL or an XML document. */
const BUCKET = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([A-Za-z0-9_.=/-]*))?$/;

/**
 * Opens the artifacts where the settings say they are.
 * @throws Fault invalid ARTIFACTS_BAD_PLACE, and what either implementation throws
 */
export async function openArtifacts({ place, s3 }: ArtifactChoice): Promise<Artifacts> {
  if (!/^[a-z0-9]+:\/\//i.test(place)) return openArtifactFolder(place);
  const [, bucket, prefix = ''] = BUCKET.exec(place) ?? [];
  if (bucket === undefined)
    throw new Fault('invalid', 'ARTIFACTS_BAD_PLACE', 'artifacts lie in a folder, or in s3://bucket/prefix');
  const { openArtifactBucket } = await import('./open-bucket'); // who has a folder need not load Amazon's client
  return openArtifactBucket({ ...s3, bucket, prefix: prefix.replace(/\/$/, '') });
}
