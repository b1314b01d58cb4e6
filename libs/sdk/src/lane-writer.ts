import { closeSync, constants, fsync, fsyncSync, ftruncateSync, openSync, writevSync } from 'node:fs';
import { promisify } from 'node:util';
import { Fault } from '@runledger/kernel';
import { type LaneName, type Place, segmentPath } from './segments';
import { FRAME_HEADER, type FrameKind, frameHeader } from './spool-frame';

const fsyncAsync = promisify(fsync);
const NEW_FILE = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_APPEND;

export type LaneStart = Readonly<{ segment: number; sequence: number; points: number }>;
export type LaneWriterOptions = Readonly<{ folder: string; lane: LaneName; segmentBytes: number; fsync: boolean }>;

const writeFault = (cause: unknown): Fault =>
  new Fault('full', 'SDK_SPOOL_WRITE', `the spool cannot be written: ${String(cause)}; nothing was taken`, { cause });

/** Writes everything or throws; the kernel may take a part of a long write. */
function writeWhole(fd: number, header: Buffer, payload: Uint8Array): void {
  let parts: Uint8Array[] = [header, payload];
  while (parts.length > 0) {
    let written = writevSync(fd, parts);
    const rest: Uint8Array[] = [];
    for (const part of parts) {
      if (written >= part.length) written -= part.length;
      else {
        rest.push(part.subarray(written));
        written = 0;
      }
    }
    parts = rest;
  }
}

/**
 * The writing end of a lane: frames are appended to segments. What `append` took is with the operating system (it survives
 * kill -9 of this process) and what `sync` waited for is on the disk.
 */
export class LaneWriter {
  readonly #options: LaneWriterOptions;
  #segment: number;
  #sequence: number;
  #points: number;
  #fd: number | undefined;
  #offset = 0;
  #appended = 0;
  #durable = 0;
  #durablePlace: Place;
  #newFile = false;
  #syncing: Promise<void> | undefined;

  constructor(options: LaneWriterOptions, start: LaneStart = { segment: 0, sequence: 0, points: 0 }) {
    this.#options = options;
    this.#segment = start.segment;
    this.#sequence = start.sequence;
    this.#points = start.points;
    this.#durablePlace = { segment: start.segment, offset: 0 };
  }

  /** Batches of the lane so far: the sequence that the next one gets. */
  get batches(): number {
    return this.#sequence;
  }
  get points(): number {
    return this.#points;
  }
  get appendedBytes(): number {
    return this.#appended;
  }
  /** Up to where the disk has it. */
  get durable(): Place {
    return this.#durablePlace;
  }
  get isDurable(): boolean {
    return this.#durable === this.#appended;
  }

  /** @throws Fault full SDK_SPOOL_WRITE; the lane is then as it was */
  append(kind: FrameKind, points: number, payload: Uint8Array): void {
    const head = { kind, sequence: this.#sequence, points: this.#points + points };
    try {
      const fd = this.#room(payload.length);
      try {
        writeWhole(fd, frameHeader(head, payload), payload);
      } catch (cause) {
        ftruncateSync(fd, this.#offset);
        throw cause;
      }
    } catch (cause) {
      throw writeFault(cause);
    }
    this.#offset += FRAME_HEADER + payload.length;
    this.#appended += FRAME_HEADER + payload.length;
    this.#sequence++;
    this.#points = head.points;
    if (!this.#options.fsync) this.#reached(this.#appended, this.#here());
  }

  #here(): Place {
    return { segment: this.#segment, offset: this.#offset };
  }

  #reached(bytes: number, place: Place): void {
    this.#durable = bytes;
    this.#durablePlace = place;
  }

  #room(length: number): number {
    if (this.#fd !== undefined && this.#offset > 0 && this.#offset + length > this.#options.segmentBytes) {
      if (this.#options.fsync) this.syncNow();
      this.close();
      this.#segment++;
      this.#offset = 0;
    }
    if (this.#fd === undefined) {
      const { folder, lane } = this.#options;
      this.#fd = openSync(segmentPath(folder, lane, this.#segment), NEW_FILE, 0o600);
      this.#newFile = true;
    }
    return this.#fd;
  }

  /** Resolves once everything appended before the call is on the disk. */
  async sync(): Promise<void> {
    const target = this.#appended;
    while (this.#durable < target) {
      this.#syncing ??= this.#syncOnce().finally(() => {
        this.#syncing = undefined;
      });
      await this.#syncing;
    }
  }

  async #syncOnce(): Promise<void> {
    const fd = this.#fd;
    if (fd === undefined) return;
    const appended = this.#appended;
    const place = this.#here();
    const newFile = this.#newFile;
    this.#newFile = false;
    try {
      await fsyncAsync(fd);
      if (newFile) this.#syncFolder();
    } finally {
      // What a disk could not confirm is sent all the same: the server's answer is worth more. The caller reports it.
      if (appended > this.#durable) this.#reached(appended, place);
    }
  }

  /** A new file's name is durable once its folder is. */
  #syncFolder(): void {
    const folder = openSync(this.#options.folder, constants.O_RDONLY);
    fsyncSync(folder);
    closeSync(folder);
  }

  /** The same as `sync`, in the caller's time: for a process that ends, or whose event loop does not turn. */
  syncNow(): void {
    if (this.#fd === undefined || this.isDurable) return;
    try {
      fsyncSync(this.#fd);
      if (this.#newFile) this.#syncFolder();
    } finally {
      this.#newFile = false;
      this.#reached(this.#appended, this.#here());
    }
  }

  /** What was not synced before stays with the operating system. */
  close(): void {
    const fd = this.#fd;
    this.#fd = undefined;
    if (fd === undefined) return;
    // An fsync under way in another thread still holds the number; it must not become another file's meanwhile.
    if (this.#syncing === undefined) closeSync(fd);
    else void this.#syncing.catch(() => undefined).then(() => closeSync(fd));
  }
}
