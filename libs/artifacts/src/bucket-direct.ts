import type { Readable } from 'node:stream';
import {
  GetObjectCommand,
  ListPartsCommand,
  type S3Client,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { Fault, isUuid, uuidv7 } from '@runledger/kernel';
import type { DirectArtifacts, DirectUpload, Download, PutLimits, Stored } from './artifacts';
import type { Bucket, PartedUpload } from './bucket';
import { withBucketFaults } from './bucket-faults';
import { readUpload } from './read-upload';
import { UploadReceipt } from './upload-receipt';

/** Long enough for a slow link and a large part, short enough for a URL that is its own permission. */
const URL_SECONDS = 60 * 60;
const MAX_PARTS = 10_000;
const NOT_OURS = new Set(['NoSuchUpload', 'InvalidPart', 'InvalidPartOrder', 'EntityTooSmall', 'MalformedXML']);

const isNotOurs = (error: unknown): boolean => error instanceof S3ServiceException && NOT_OURS.has(error.name);
const badUpload = (cause?: unknown): Fault =>
  new Fault('invalid', 'ARTIFACTS_BAD_UPLOAD', 'there is no such upload under way, or other parts of it', { cause });

/** The temporary key's uuid and S3's own id, which nobody can guess. */
function uploadOf(bucket: Bucket, upload: string): PartedUpload {
  const [uuid = '', id = ''] = [upload.slice(0, 36), upload.slice(37)];
  if (!isUuid(uuid) || upload[36] !== '.' || id === '') throw badUpload();
  return { key: `${bucket.unfinished}${uuid}`, id };
}

/** Direct uploads and downloads. `outside` is the same store as clients reach it: its client only ever signs. */
export class BucketDirect implements DirectArtifacts {
  constructor(
    private readonly bucket: Bucket,
    private readonly outside: S3Client,
  ) {}

  async downloadUrl(digest: string, { mediaType, disposition }: Download): Promise<string> {
    const command = new GetObjectCommand({
      Bucket: this.bucket.name,
      Key: this.bucket.keyOf(digest),
      ResponseContentType: mediaType,
      ResponseContentDisposition: disposition,
    });
    return withBucketFaults(() => getSignedUrl(this.outside, command, { expiresIn: URL_SECONDS }));
  }

  async begin(parts: number): Promise<DirectUpload> {
    if (!Number.isSafeInteger(parts) || parts < 1 || parts > MAX_PARTS)
      throw new Fault('invalid', 'ARTIFACTS_BAD_PARTS', `an upload has 1 to ${MAX_PARTS} parts`);
    return withBucketFaults(async () => {
      const uuid = uuidv7();
      const { key, id } = await this.bucket.begin(`${this.bucket.unfinished}${uuid}`);
      const urls: string[] = [];
      for (let number = 1; number <= parts; number++) urls.push(await this.#partUrl({ key, id }, number));
      return { upload: `${uuid}.${id}`, urls };
    });
  }

  #partUrl({ key, id }: PartedUpload, number: number): Promise<string> {
    const command = new UploadPartCommand({ Bucket: this.bucket.name, Key: key, UploadId: id, PartNumber: number });
    return getSignedUrl(this.outside, command, { expiresIn: URL_SECONDS });
  }

  async finish(upload: string, etags: readonly string[], { maxBytes }: PutLimits = {}): Promise<Stored> {
    const parted = uploadOf(this.bucket, upload);
    return withBucketFaults(async () => {
      const receipt = new UploadReceipt(this.bucket, parted, etags);
      try {
        await this.#complete(parted, etags);
      } catch (error) {
        const before = isNotOurs(error) ? await receipt.read() : null;
        if (before !== null) return before;
        throw isNotOurs(error) ? badUpload(error) : error;
      }
      try {
        const stored = await this.#read(parted.key, maxBytes ?? Number.POSITIVE_INFINITY);
        await this.bucket.publish(parted.key, stored.digest, stored.size);
        await receipt.write(stored);
        return stored;
      } finally {
        await this.bucket.remove(parted.key).catch(() => undefined); // the next start collects it
      }
    });
  }

  /** Looks first: not every store has a name for an upload that is not there. */
  async #complete({ key, id }: PartedUpload, etags: readonly string[]): Promise<void> {
    await this.bucket.client.send(new ListPartsCommand({ Bucket: this.bucket.name, Key: key, UploadId: id }));
    const parts = etags.map((ETag, i) => ({ ETag, PartNumber: i + 1 }));
    await this.bucket.complete({ key, id }, parts);
  }

  async #read(key: string, maxBytes: number): Promise<Stored> {
    const { Body, ContentLength } = await this.bucket.client.send(
      new GetObjectCommand({ Bucket: this.bucket.name, Key: key }),
    );
    const stream = Body as Readable;
    try {
      const stored = await readUpload(away(stream), maxBytes, async () => undefined);
      if (stored.size !== ContentLength) throw new Error('S3 sent other bytes than it said');
      return stored;
    } finally {
      stream.destroy();
    }
  }

  async abandon(upload: string): Promise<void> {
    const parted = uploadOf(this.bucket, upload);
    await withBucketFaults(() =>
      this.bucket.abort(parted).catch((error: unknown) => {
        if (!isNotOurs(error)) throw error;
      }),
    );
  }
}

/** A stream of the store that fails is the store's doing, and no client's. */
async function* away(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (cause) {
    throw new Fault('unavailable', 'ARTIFACTS_AWAY', 'the artifacts cannot be reached', { cause });
  }
}
