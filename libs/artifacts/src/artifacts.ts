import type { Readable } from 'node:stream';

/** Bytes that are stored whole. `digest` is `sha256:` and 64 hex digits. */
export type Stored = Readonly<{ digest: string; size: number }>;
/** First and last byte, both included. */
export type ByteRange = Readonly<{ first: number; last: number }>;
export type Opened = Readonly<{ stream: Readable; size: number }>;
export type PutLimits = Readonly<{ maxBytes?: number }>;

/** Bytes by their digest: in a folder, or in a bucket of S3. */
export interface Artifacts {
  /**
   * Resolves once all bytes are durable. Until then, and after a failure, nothing of them is visible. The same bytes
   * again are the same artifact.
   * @throws Fault too-large ARTIFACTS_TOO_LARGE, full ARTIFACTS_FULL, invalid ARTIFACTS_CUT (the stream failed),
   * unavailable ARTIFACTS_AWAY
   */
  put(bytes: AsyncIterable<Uint8Array>, limits?: PutLimits): Promise<Stored>;
  /**
   * All bytes, or a range of them; `size` is that of the whole.
   * @throws Fault missing ARTIFACTS_MISSING, invalid ARTIFACTS_BAD_DIGEST, ARTIFACTS_BAD_RANGE, unavailable ARTIFACTS_AWAY
   */
  open(digest: string, range?: ByteRange): Promise<Opened>;
  /** @throws Fault invalid ARTIFACTS_BAD_DIGEST, unavailable ARTIFACTS_AWAY */
  has(digest: string): Promise<boolean>;
  /**
   * Takes the bytes away, in every version that the store keeps of them; nothing happens where there are none.
   * @throws Fault forbidden ARTIFACTS_LOCKED, invalid ARTIFACTS_BAD_DIGEST, unavailable ARTIFACTS_AWAY
   */
  remove(digest: string): Promise<void>;
  readonly locks: ArtifactLocks;
  /** Null where clients cannot reach the store by themselves: always for a folder. */
  readonly direct: DirectArtifacts | null;
}

/** Locks on bytes, which nobody can take away before their time, the owner of the store included. */
export interface ArtifactLocks {
  /** Whether this store locks at all. @throws Fault conflict ARTIFACTS_NO_LOCK, which says what to do; unavailable ARTIFACTS_AWAY */
  check(): Promise<void>;
  /**
   * Resolves once the bytes are locked until then or longer, and answers until when: a lock is never shortened.
   * @throws Fault conflict ARTIFACTS_NO_LOCK, missing ARTIFACTS_MISSING, invalid ARTIFACTS_BAD_DIGEST, unavailable
   * ARTIFACTS_LOCK_REFUSED, ARTIFACTS_AWAY
   */
  lock(digest: string, until: Date): Promise<Date>;
  /** Null: they are not locked. @throws Fault missing ARTIFACTS_MISSING, invalid ARTIFACTS_BAD_DIGEST, unavailable ARTIFACTS_AWAY */
  until(digest: string): Promise<Date | null>;
}

/** A download that a browser can do nothing with but keep it. */
export type Download = Readonly<{ mediaType: string; disposition: string }>;
/** `urls` take one part each by PUT, the first part first; whoever has `upload` may finish it. */
export type DirectUpload = Readonly<{ upload: string; urls: readonly string[] }>;

/** Bytes that go between a client and the store, past this server, by URLs that expire. */
export interface DirectArtifacts {
  /** @throws Fault invalid ARTIFACTS_BAD_DIGEST, unavailable ARTIFACTS_AWAY */
  downloadUrl(digest: string, how: Download): Promise<string>;
  /** @throws Fault invalid ARTIFACTS_BAD_PARTS, unavailable ARTIFACTS_AWAY */
  begin(parts: number): Promise<DirectUpload>;
  /**
   * `etags` are what the store answered to each part. Reads the bytes once to learn their digest: what the client says
   * about them is not believed. A failure leaves nothing visible. Finished again with the same parts, it answers the same.
   * @throws Fault invalid ARTIFACTS_BAD_UPLOAD (unknown, or other parts than were sent), and what put throws
   */
  finish(upload: string, etags: readonly string[], limits?: PutLimits): Promise<Stored>;
  /** Takes back what was begun; nothing happens to an upload that is not known. @throws Fault invalid ARTIFACTS_BAD_UPLOAD */
  abandon(upload: string): Promise<void>;
}
