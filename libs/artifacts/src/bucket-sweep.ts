import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3';
import type { Bucket } from './bucket';

/** Parts of uploads and of copies that were begun before `before`: S3 keeps them, and has them paid, until somebody aborts them. */
async function sweepParts({ client, name }: Bucket, prefix: string, before: number): Promise<void> {
  let marker: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
  while (marker !== undefined) {
    const page: ListMultipartUploadsCommandOutput = await client.send(
      new ListMultipartUploadsCommand({ Bucket: name, Prefix: prefix, ...marker }),
    );
    for (const { Key, UploadId, Initiated } of page.Uploads ?? [])
      if (Initiated !== undefined && Initiated.getTime() < before)
        await client.send(new AbortMultipartUploadCommand({ Bucket: name, Key, UploadId }));
    marker = page.IsTruncated
      ? { KeyMarker: page.NextKeyMarker ?? '', UploadIdMarker: page.NextUploadIdMarker ?? '' }
      : undefined;
  }
}

async function sweepObjects(bucket: Bucket, before: number): Promise<void> {
  let token: string | undefined;
  do {
    const page: ListObjectsV2CommandOutput = await bucket.client.send(
      new ListObjectsV2Command({ Bucket: bucket.name, Prefix: bucket.unfinished, ContinuationToken: token }),
    );
    for (const { Key, LastModified } of page.Contents ?? [])
      if (Key !== undefined && LastModified !== undefined && LastModified.getTime() < before) await bucket.remove(Key);
    token = page.NextContinuationToken;
  } while (token !== undefined);
}

/** Removes what uploads left behind whose process died. */
export async function sweepBucket(bucket: Bucket, before: number): Promise<void> {
  for (const prefix of [bucket.unfinished, bucket.finished]) await sweepParts(bucket, prefix, before);
  await sweepObjects(bucket, before);
}
