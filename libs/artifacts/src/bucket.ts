import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { isContended, isForbidden, isMissing, isPresent } from './bucket-faults';
import { digitsOf } from './digest';

const MIB = 1024 * 1024;

/** Sizes of the pieces in which large artifacts move. S3 takes parts of at least 5 MiB, the last one excepted. */
export type PieceSizes = Readonly<{
  /** Of the first parts of an upload, and what one upload keeps in memory twice. */
  uploadBytes: number;
  /** What one copy inside the store moves: small enough that its answer comes before anybody's patience ends. */
  copyBytes: number;
}>;
export const PIECE_SIZES: PieceSizes = { uploadBytes: 8 * MIB, copyBytes: 512 * MIB };

/** An upload in parts, under way. */
export type PartedUpload = Readonly<{ key: string; id: string }>;
export type Part = Readonly<{ ETag: string | undefined; PartNumber: number }>;

const COPIES_AT_A_TIME = 4;

/** The calls of S3 that artifacts need, on the keys below one prefix of one bucket. */
export class Bucket {
  readonly unfinished: string;
  readonly finished: string;

  constructor(
    readonly client: S3Client,
    readonly name: string,
    prefix: string,
    readonly sizes: PieceSizes,
  ) {
    const below = prefix === '' ? '' : `${prefix}/`;
    this.unfinished = `${below}unfinished/`;
    this.finished = `${below}sha256/`;
  }

  keyOf(digest: string): string {
    const [first, rest] = digitsOf(digest);
    return `${this.finished}${first}/${rest}`;
  }

  /** Null when there is no such object. */
  async sizeOf(key: string): Promise<number | null> {
    try {
      const { ContentLength } = await this.client.send(new HeadObjectCommand({ Bucket: this.name, Key: key }));
      return ContentLength ?? 0;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  /** In one request. What is there already stays: it has the same digest. */
  async putWhole(key: string, bytes: Uint8Array): Promise<void> {
    const command = new PutObjectCommand({ Bucket: this.name, Key: key, Body: bytes, IfNoneMatch: '*' });
    for (let attempt = 1; ; attempt++) {
      try {
        await this.client.send(command);
        return;
      } catch (error) {
        if (isPresent(error)) return;
        if (!isContended(error) || attempt === 5) throw error;
      }
    }
  }

  async begin(key: string): Promise<PartedUpload> {
    const { UploadId } = await this.client.send(new CreateMultipartUploadCommand({ Bucket: this.name, Key: key }));
    if (UploadId === undefined) throw new Error('S3 gave no id for the upload');
    return { key, id: UploadId };
  }

  async putPart({ key, id }: PartedUpload, number: number, bytes: Uint8Array): Promise<Part> {
    const { ETag } = await this.client.send(
      new UploadPartCommand({ Bucket: this.name, Key: key, UploadId: id, PartNumber: number, Body: bytes }),
    );
    return { ETag, PartNumber: number };
  }

  async complete({ key, id }: PartedUpload, parts: readonly Part[]): Promise<void> {
    await this.client.send(
      new CompleteMultipartUploadCommand({
        Bucket: this.name,
        Key: key,
        UploadId: id,
        MultipartUpload: { Parts: [...parts] },
      }),
    );
  }

  async abort({ key, id }: PartedUpload): Promise<void> {
    await this.client.send(new AbortMultipartUploadCommand({ Bucket: this.name, Key: key, UploadId: id }));
  }

  /** Of what is temporary. A bucket with versions, as one with Object Lock is, would keep it behind a mark. */
  async remove(key: string): Promise<void> {
    const { DeleteMarker } = await this.client.send(new DeleteObjectCommand({ Bucket: this.name, Key: key }));
    if (DeleteMarker !== true) return;
    await this.removeVersions(key).catch((error: unknown) => {
      if (!isForbidden(error)) throw error; // a lock that the bucket gives to all that is stored
    });
  }

  /** All that a bucket with versions keeps under a key, and the marks that say that it was deleted. */
  async removeVersions(key: string): Promise<void> {
    const { client, name: Bucket } = this;
    const { Versions = [], DeleteMarkers = [] } = await client.send(
      new ListObjectVersionsCommand({ Bucket, Prefix: key }),
    );
    const all = [...Versions, ...DeleteMarkers].filter(({ Key }) => Key === key);
    for (const { VersionId } of all) await client.send(new DeleteObjectCommand({ Bucket, Key: key, VersionId }));
    // A page may not have been all of them.
    if (all.length > 0) await this.removeVersions(key);
  }

  /** Makes whole bytes visible under their digest, at once. What is there already stays. */
  async publish(from: string, digest: string, size: number): Promise<void> {
    const key = this.keyOf(digest);
    if ((await this.sizeOf(key)) === size) return;
    if (size <= this.sizes.copyBytes)
      await this.client.send(new CopyObjectCommand({ Bucket: this.name, Key: key, CopySource: this.#source(from) }));
    else await this.#copyInParts(from, key, size);
  }

  #source(key: string): string {
    return `${this.name}/${key.split('/').map(encodeURIComponent).join('/')}`;
  }

  async #copyInParts(from: string, key: string, size: number): Promise<void> {
    const upload = await this.begin(key);
    try {
      const count = Math.ceil(size / this.sizes.copyBytes);
      const parts: Part[] = [];
      for (let next = 0; next < count; next += COPIES_AT_A_TIME) {
        const numbers = Array.from({ length: Math.min(COPIES_AT_A_TIME, count - next) }, (_, i) => next + i);
        parts.push(...(await allOf(numbers.map((number) => this.#copyPart(from, upload, { number, size })))));
      }
      await this.complete(upload, parts);
    } catch (error) {
      await this.abort(upload).catch(() => undefined); // the next start collects what could not be
      throw error;
    }
  }

  async #copyPart(
    from: string,
    { key, id }: PartedUpload,
    { number, size }: { number: number; size: number },
  ): Promise<Part> {
    const first = number * this.sizes.copyBytes;
    const last = Math.min(first + this.sizes.copyBytes, size) - 1;
    const { CopyPartResult } = await this.client.send(
      new UploadPartCopyCommand({
        Bucket: this.name,
        Key: key,
        UploadId: id,
        PartNumber: number + 1,
        CopySource: this.#source(from),
        CopySourceRange: `bytes=${first}-${last}`,
      }),
    );
    return { ETag: CopyPartResult?.ETag, PartNumber: number + 1 };
  }
}

/** Like Promise.all, but waits for the others when one fails: nothing may go on behind an abort. */
async function allOf<T>(work: ReadonlyArray<Promise<T>>): Promise<T[]> {
  const ends = await Promise.allSettled(work);
  return ends.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
}
