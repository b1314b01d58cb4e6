import { closeSync, constants, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { ackPath, isBefore, type LaneName, listSegments, type Place, segmentPath } from './segments';
import { FRAME_HEADER, type Frame, payloadLength, readFrame } from './spool-frame';

const ACK_BYTES = 40;
const ACK_FLAGS = constants.O_CREAT | constants.O_RDWR;

/** What the server has acknowledged of a lane: everything before `place`. */
export type Acked = Readonly<{ place: Place; batches: number; points: number }>;
/** Bytes of a segment that are no frame: a write that was cut, or worse. */
export type Damage = Readonly<{ lane: LaneName; path: string; from: number; bytes: number; torn: boolean }>;

export type LaneReaderOptions = Readonly<{
  folder: string;
  lane: LaneName;
  /** Up to where frames may be read now; absent for a writer that is dead: to the end of the files. */
  limit?: () => Place;
  onDamage?: (damage: Damage) => void;
}>;

function encodeAck(acked: Acked): Buffer {
  const bytes = Buffer.alloc(ACK_BYTES);
  bytes.writeDoubleLE(acked.place.segment, 8);
  bytes.writeDoubleLE(acked.place.offset, 16);
  bytes.writeDoubleLE(acked.batches, 24);
  bytes.writeDoubleLE(acked.points, 32);
  bytes.writeUInt32LE(crc32(bytes.subarray(8)), 0);
  return bytes;
}

function readAck(path: string): Acked | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    return undefined; // nothing was acknowledged yet
  }
  if (bytes.length !== ACK_BYTES || crc32(bytes.subarray(8)) !== bytes.readUInt32LE(0)) return undefined;
  return {
    place: { segment: bytes.readDoubleLE(8), offset: bytes.readDoubleLE(16) },
    batches: bytes.readDoubleLE(24),
    points: bytes.readDoubleLE(32),
  };
}

/**
 * The reading end of a lane: one frame at a time, in order, from the file. A frame that was acknowledged is remembered in
 * the ack file, whose loss is harmless (what is sent again has no second effect); a segment that is done is deleted.
 */
export class LaneReader {
  readonly #options: LaneReaderOptions;
  #acked: Acked;
  #ackFd: number | undefined;
  #file: { segment: number; handle: FileHandle } | undefined;
  #segments: number[];
  #ackedBytes = 0;
  #last = false;
  #damagedPath = '';

  constructor(options: LaneReaderOptions) {
    this.#options = options;
    this.#segments = listSegments(options.folder, options.lane);
    const from = { place: { segment: this.#segments[0] ?? 0, offset: 0 }, batches: 0, points: 0 };
    const stored = readAck(ackPath(options.folder, options.lane));
    this.#acked = stored === undefined || isBefore(stored.place, from.place) ? from : stored;
  }

  get acked(): Acked {
    return this.#acked;
  }
  /** Bytes acknowledged since this reader was opened. */
  get ackedBytes(): number {
    return this.#ackedBytes;
  }
  /** True once the writer's last frame was acknowledged. */
  get ended(): boolean {
    return this.#last;
  }
  /** The segment that a writer may add to this lane without touching what is there. */
  get nextSegment(): number {
    return Math.max(-1, ...listSegments(this.#options.folder, this.#options.lane)) + 1;
  }

  /** The first frame that is not acknowledged yet; undefined when there is none to read now. */
  async next(): Promise<Frame | undefined> {
    for (;;) {
      const { place } = this.#acked;
      const limit = this.#options.limit?.();
      if (limit !== undefined && !isBefore(place, limit)) return undefined;
      const frame = await this.#read(place);
      if (frame !== undefined) return frame;
      if (!this.#moveOn(place.segment, limit)) return undefined;
    }
  }

  async #read({ segment, offset }: Place): Promise<Frame | undefined> {
    const handle = await this.#handle(segment);
    if (handle === undefined) return undefined;
    const header = Buffer.alloc(FRAME_HEADER);
    const head = await handle.read(header, 0, FRAME_HEADER, offset);
    if (head.bytesRead === 0) return undefined;
    const length = head.bytesRead === FRAME_HEADER ? payloadLength(header) : null;
    if (length === null) return this.#damaged(offset, head.bytesRead < FRAME_HEADER);
    const { size } = await handle.stat();
    if (offset + FRAME_HEADER + length > size) return this.#damaged(offset, true);
    const payload = Buffer.allocUnsafe(length);
    const body = await handle.read(payload, 0, length, offset + FRAME_HEADER);
    const frame = body.bytesRead === length ? readFrame(header, payload) : null;
    return frame ?? this.#damaged(offset, false);
  }

  async #damaged(from: number, torn: boolean): Promise<undefined> {
    const { lane, folder, onDamage } = this.#options;
    const path = segmentPath(folder, lane, this.#acked.place.segment);
    if (this.#damagedPath === path) return undefined;
    this.#damagedPath = path;
    const size = (await this.#file?.handle.stat())?.size ?? from;
    onDamage?.({ lane, path, from, bytes: size - from, torn });
    return undefined;
  }

  async #handle(segment: number): Promise<FileHandle | undefined> {
    if (this.#file?.segment === segment) return this.#file.handle;
    await this.#closeFile();
    try {
      const handle = await open(segmentPath(this.#options.folder, this.#options.lane, segment), 'r');
      this.#file = { segment, handle };
      return handle;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** To the next segment, when this one has no more frames and another one follows. */
  #moveOn(segment: number, limit: Place | undefined): boolean {
    let next = this.#segments.find((s) => s > segment);
    if (next === undefined) {
      this.#segments = listSegments(this.#options.folder, this.#options.lane);
      next = this.#segments.find((s) => s > segment);
    }
    if (next === undefined || (limit !== undefined && next > limit.segment)) return false;
    this.#remember({ ...this.#acked, place: { segment: next, offset: 0 } });
    this.#remove(segment);
    return true;
  }

  #remove(segment: number): void {
    try {
      unlinkSync(segmentPath(this.#options.folder, this.#options.lane, segment));
    } catch {
      // It stays until the folder goes; it is never read again.
    }
  }

  /** The frame that `next` gave is with the server, or set aside. */
  done(frame: Frame): void {
    const bytes = FRAME_HEADER + frame.payload.length;
    const { place } = this.#acked;
    this.#ackedBytes += bytes;
    this.#last ||= frame.kind === 'last';
    this.#remember({
      place: { segment: place.segment, offset: place.offset + bytes },
      batches: frame.sequence + 1,
      points: frame.points,
    });
  }

  #remember(acked: Acked): void {
    this.#acked = acked;
    try {
      this.#ackFd ??= openSync(ackPath(this.#options.folder, this.#options.lane), ACK_FLAGS, 0o600);
      writeSync(this.#ackFd, encodeAck(acked), 0, ACK_BYTES, 0);
    } catch {
      // A full disk, say. The next acknowledgement writes the whole place again; until then too much would be sent twice.
    }
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.handle.close();
  }

  async close(): Promise<void> {
    if (this.#ackFd !== undefined) closeSync(this.#ackFd);
    this.#ackFd = undefined;
    await this.#closeFile();
  }
}
