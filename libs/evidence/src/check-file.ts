import { hash } from 'node:crypto';
import { type FilePlace, readPlace } from './file-place';
import { type LeafFile, readLeafFile } from './leaf-file';
import { type PayloadFile, readPayloadFile } from './payload-file';

/** A file of a bundle, and the SHA-256 that was signed, in hex. */
export type SignedPlace = FilePlace & Readonly<{ digest: string }>;

/** What can be looked at without the rest of the bundle. */
export type FileTask =
  | Readonly<{ kind: 'leaves'; lines: SignedPlace; table: SignedPlace | null }>
  | Readonly<{ kind: 'payloads'; lines: SignedPlace }>;

/** What was found; null: the lines are not those that were signed. */
export type Checked = LeafFile | PayloadFile | null;

type Bytes = Buffer<ArrayBuffer>;

/** The bytes of a place, if they are those that were signed. */
function signedBytes(place: SignedPlace): Bytes | null {
  const bytes = readPlace(place);
  return hash('sha256', bytes, 'hex') === place.digest ? bytes : null;
}

/** Reads one file of lines, in whatever thread. */
export function checkFile(task: FileTask): Checked {
  const bytes = signedBytes(task.lines);
  if (bytes === null) return null;
  return task.kind === 'payloads'
    ? readPayloadFile(bytes)
    : readLeafFile(bytes, task.table === null ? null : signedBytes(task.table));
}

/** What goes to another thread without being copied. */
export const buffersOf = (checked: Checked): ArrayBuffer[] =>
  Object.values(checked ?? {}).flatMap((column: unknown) =>
    ArrayBuffer.isView(column) && column.buffer instanceof ArrayBuffer ? [column.buffer] : [],
  );
