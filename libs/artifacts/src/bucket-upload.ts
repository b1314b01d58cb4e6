import { uuidv7 } from '@runledger/kernel';
import type { Stored } from './artifacts';
import type { Bucket, Part, PartedUpload } from './bucket';

/** S3 takes 10,000 parts. After this many they double: parts of 8 MiB at the start come to 64 GiB with 32, and to 480 at most. */
const PARTS_OF_A_SIZE = 2_000;

/**
 * One upload: bytes gather in a buffer while the buffer before it is on its way. What fits into one buffer goes out as
 * one object; more goes to a temporary key in parts, and is copied to its digest once that is known.
 */
export class BucketUpload {
  readonly #key: string;
  #buffer: Buffer | undefined;
  #spare: Buffer | undefined;
  #used = 0;
  #upload: PartedUpload | undefined;
  #onItsWay: Promise<void> = Promise.resolve();
  readonly #parts: Part[] = [];
  #count = 0;
  #completed = false;

  constructor(private readonly bucket: Bucket) {
    this.#key = `${bucket.unfinished}${uuidv7()}`;
  }

  async write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      if (this.#buffer !== undefined && this.#used === this.#buffer.length) await this.#sendPart();
      this.#buffer ??= Buffer.allocUnsafeSlow(this.#partBytes());
      const taken = Math.min(chunk.length - at, this.#buffer.length - this.#used);
      this.#buffer.set(chunk.subarray(at, at + taken), this.#used);
      this.#used += taken;
      at += taken;
    }
  }

  async finish({ digest, size }: Stored): Promise<void> {
    if (this.#upload === undefined) return this.bucket.putWhole(this.bucket.keyOf(digest), this.#gathered());
    await this.#sendPart();
    await this.#onItsWay;
    await this.bucket.complete(this.#upload, this.#parts);
    this.#completed = true;
    await this.bucket.publish(this.#key, digest, size);
    await this.#dropTemporary();
  }

  /** After a failure. What cannot be removed now is collected at the next start. */
  async abandon(): Promise<void> {
    if (this.#upload === undefined) return;
    await this.#onItsWay.catch(() => undefined); // a part that arrives after the abort would stay
    if (this.#completed) await this.#dropTemporary();
    else await this.bucket.abort(this.#upload).catch(() => undefined);
  }

  async #dropTemporary(): Promise<void> {
    await this.bucket.remove(this.#key).catch(() => undefined);
  }

  #partBytes(): number {
    return this.bucket.sizes.uploadBytes * 2 ** Math.floor(this.#count / PARTS_OF_A_SIZE);
  }

  #gathered(): Uint8Array {
    return this.#buffer?.subarray(0, this.#used) ?? Buffer.alloc(0);
  }

  /** Waits for the part before, so that there are never more than two buffers. */
  async #sendPart(): Promise<void> {
    const [full, part] = [this.#buffer, this.#gathered()];
    await this.#onItsWay;
    this.#upload ??= await this.bucket.begin(this.#key);
    const { bucket } = this;
    const upload = this.#upload;
    const number = ++this.#count;
    this.#onItsWay = bucket.putPart(upload, number, part).then((done) => void this.#parts.push(done));
    this.#onItsWay.catch(() => undefined); // whoever waits next hears of it
    this.#buffer = this.#spare?.length === this.#partBytes() ? this.#spare : undefined;
    this.#spare = full;
    this.#used = 0;
  }
}
