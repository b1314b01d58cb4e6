import { crc32 } from 'node:zlib';

/**
 * A segment of the spool is frames, one after another. A frame is a header of 32 bytes, little-endian, and the payload:
 * 0 length of the payload (uint32), 4 CRC-32 of everything after this field (uint32), 8 sequence (float64), 16 points of
 * the lane up to and including this frame (float64), 24 kind (uint8), 25 to 31 zero.
 */
export const FRAME_HEADER = 32;
/** Longest payload; a longer length is no frame of ours. */
const MAX_PAYLOAD = 512 * 1024 * 1024;

/** `batch`: sent as it is. `announcement`: the run's first facts, which still lack the experiment's id. `last`: the
 * writer's end, which goes when everything else of the writer has gone: what a run's finish finds recorded is not late. */
export type FrameKind = 'batch' | 'announcement' | 'last';
const KINDS: readonly FrameKind[] = ['batch', 'announcement', 'last'];

export type FrameHead = Readonly<{
  kind: FrameKind;
  /** Number of the batch in its lane, from 0. */
  sequence: number;
  /** Points of the lane up to and including this frame. */
  points: number;
}>;
export type Frame = FrameHead & Readonly<{ payload: Buffer }>;

export function frameHeader(head: FrameHead, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(FRAME_HEADER);
  header.writeUInt32LE(payload.length, 0);
  header.writeDoubleLE(head.sequence, 8);
  header.writeDoubleLE(head.points, 16);
  header.writeUInt8(KINDS.indexOf(head.kind), 24);
  header.writeUInt32LE(crc32(payload, crc32(header.subarray(8))), 4);
  return header;
}

/** Length of the payload that a header announces, or null when it cannot be one. */
export function payloadLength(header: Buffer): number | null {
  const length = header.readUInt32LE(0);
  return length > 0 && length <= MAX_PAYLOAD ? length : null;
}

/** Null: the checksum does not fit. */
export function readFrame(header: Buffer, payload: Buffer): Frame | null {
  if (crc32(payload, crc32(header.subarray(8))) !== header.readUInt32LE(4)) return null;
  const kind = KINDS[header.readUInt8(24)];
  if (kind === undefined) return null;
  return { kind, sequence: header.readDoubleLE(8), points: header.readDoubleLE(16), payload };
}
