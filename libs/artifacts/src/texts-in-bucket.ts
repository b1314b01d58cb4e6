import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { isMissing, isPresent, withBucketFaults } from './bucket-faults';
import { type KeptTexts, otherText } from './kept-texts';
import { type BucketOptions, clientOf } from './s3-client';

export function textsInBucket({ bucket: Bucket, prefix = '', ...options }: BucketOptions): KeptTexts {
  const client = clientOf(options, options.endpoint);
  const keyOf = (name: string): string => (prefix === '' ? name : `${prefix}/${name}`);
  const get = (name: string): Promise<string | null> =>
    withBucketFaults(async () => {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: keyOf(name) }));
        return (await Body?.transformToString()) ?? '';
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    });
  return {
    get,
    put: (name, text) =>
      withBucketFaults(async () => {
        const ContentType = 'application/json; charset=utf-8';
        const put = new PutObjectCommand({ Bucket, Key: keyOf(name), Body: text, ContentType, IfNoneMatch: '*' });
        await client.send(put).catch(async (error: unknown) => {
          if (!isPresent(error)) throw error;
          if ((await get(name)) !== text) throw otherText(name);
        });
      }),
  };
}
