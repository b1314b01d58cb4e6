import { createHash } from 'node:crypto';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { Stored } from './artifacts';
import type { Bucket, PartedUpload } from './bucket';
import { isMissing } from './bucket-faults';

/**
 * What became of an upload in parts, beside where it was: a client that lost our answer finishes it again, when the store has long
 * forgotten it. It goes with what else is left of uploads.
 */
export class UploadReceipt {
  readonly #key: string;
  readonly #parts: string;

  constructor(
    private readonly bucket: Bucket,
    { key, id }: PartedUpload,
    etags: readonly string[],
  ) {
    this.#key = `${key}.done`;
    this.#parts = createHash('sha256')
      .update(JSON.stringify([id, ...etags]))
      .digest('hex');
  }

  async write({ digest, size }: Stored): Promise<void> {
    await this.bucket.putWhole(this.#key, Buffer.from(JSON.stringify({ parts: this.#parts, digest, size })));
  }

  /** Null where it was never finished, or by another id, or with other parts. */
  async read(): Promise<Stored | null> {
    try {
      const { Body } = await this.bucket.client.send(
        new GetObjectCommand({ Bucket: this.bucket.name, Key: this.#key }),
      );
      const text = (await Body?.transformToString()) ?? '';
      const { parts, digest, size } = JSON.parse(text) as Stored & Readonly<{ parts: string }>;
      return parts === this.#parts ? { digest, size } : null;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }
}
