import { Fault } from '@runledger/kernel';
import { readBase64 } from './base64';
import { HASH_BYTES } from './hash';
import { openNote, signNote } from './note';
import type { NoteSigner, NoteVerifier } from './note-key';
import { isCount } from './subtree';

/** C2SP tlog-checkpoint: whose log, how many leaves, and the root over them. */
export type Checkpoint = Readonly<{ origin: string; size: number; root: Buffer }>;

const bad = (why: string): Fault => new Fault('invalid', 'MERKLE_BAD_CHECKPOINT', `this is not a checkpoint: ${why}`);

/** C2SP tlog-checkpoint, "Note text", without extension lines: those no monitor could audit. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  if (origin === '' || origin.includes('\n') || !isCount(size) || root.length !== HASH_BYTES)
    throw bad('its parts are not those of one');
  return `${origin}\n${size}\n${root.toString('base64')}\n`;
}

/** C2SP tlog-checkpoint, "Note text". Extension lines are allowed and not told. @throws Fault invalid MERKLE_BAD_CHECKPOINT */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', size = '', root = '', ...more] = text.split('\n');
  if (more.pop() !== '') throw bad('it has less than three lines');
  if (origin === '' || more.includes('')) throw bad('a line is empty');
  if (!/^(0|[1-9]\d{0,15})$/.test(size) || !isCount(Number(size))) throw bad('its second line is no size');
  const hash = readBase64(root);
  if (hash?.length !== HASH_BYTES) throw bad('its third line is no root');
  return { origin, size: Number(size), root: hash };
}

/** A checkpoint as it is served: the log's own keys bear the origin's name (C2SP tlog-checkpoint, "Signatures"). */
export const signCheckpoint = (checkpoint: Checkpoint, signers: readonly NoteSigner[]): string =>
  signNote(formatCheckpoint(checkpoint), signers);

/**
 * A checkpoint of the log `origin` that one of its keys has signed. A signature by somebody else is no substitute.
 * @throws Fault invalid MERKLE_OTHER_ORIGIN, MERKLE_UNSIGNED, and what openNote and parseCheckpoint throw
 */
export function openCheckpoint(note: string, origin: string, keys: readonly NoteVerifier[]): Checkpoint {
  const { text } = openNote(note, keys);
  const checkpoint = parseCheckpoint(text);
  if (checkpoint.origin !== origin)
    throw new Fault('invalid', 'MERKLE_OTHER_ORIGIN', `this is a checkpoint of ${checkpoint.origin}, not of ${origin}`);
  return checkpoint;
}
