import type { Readable } from 'node:stream';

/** Bytes that are stored whole. `digest` is `sha256:` and 64 hex digits. */
export type Stored = Readonly<{ digest: string; size: number }>;
/** First and last byte, both included. */
export type ByteRange = Readonly<{ first: number; last: number }>;
export type Opened = Readonly<{ stream: Readable; size: number }>;

/** Bytes by their digest. The folder is one implementation; object stores will be others. */
export interface Artifacts {
  /**
   * Resolves once all bytes are durable. Until then, and after a failure, nothing of them is visible. The same bytes
   * again are the same artifact.
   * @throws Fault too-large ARTIFACTS_TOO_LARGE, full ARTIFACTS_FULL, invalid ARTIFACTS_CUT (the stream failed),
   * unavailable ARTIFACTS_AWAY
   */
  put(bytes: AsyncIterable<Uint8Array>, limits?: { maxBytes?: number }): Promise<Stored>;
  /**
   * All bytes, or a range of them; `size` is that of the whole.
   * @throws Fault missing ARTIFACTS_MISSING, invalid ARTIFACTS_BAD_DIGEST, ARTIFACTS_BAD_RANGE, unavailable ARTIFACTS_AWAY
   */
  open(digest: string, range?: ByteRange): Promise<Opened>;
  /** @throws Fault invalid ARTIFACTS_BAD_DIGEST, unavailable ARTIFACTS_AWAY */
  has(digest: string): Promise<boolean>;
}
