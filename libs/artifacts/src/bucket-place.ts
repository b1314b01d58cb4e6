import { Fault } from '@runledger/kernel';

/** Letters that need no escaping in a key, a URL or an XML document. */
const BUCKET = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([A-Za-z0-9_.=/-]*))?$/;

/** The bucket and the prefix in it, without a slash at its end, that a place names. @throws Fault invalid ARTIFACTS_BAD_PLACE */
export function bucketOf(place: string): { bucket: string; prefix: string } {
  const [, bucket, prefix = ''] = BUCKET.exec(place) ?? [];
  if (bucket === undefined)
    throw new Fault('invalid', 'ARTIFACTS_BAD_PLACE', 'this is neither a folder nor s3://bucket/prefix');
  return { bucket, prefix: prefix.replace(/\/$/, '') };
}
