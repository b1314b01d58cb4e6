import { Fault } from '@runledger/kernel';
import { readBase64 } from './base64';
import { COSIGNATURE, isKeyName, type NoteSigner, type NoteVerifier, signWith, verifyWith } from './note-key';

/** One line below a note. `bytes` are what follows the key's id. */
export type NoteSignature = Readonly<{ name: string; id: number; bytes: Buffer }>;
export type SignedNote = Readonly<{ text: string; signatures: readonly NoteSignature[] }>;
/** A signature of a key that the caller knows, checked. `time`: when a witness saw it, seconds since 1970. */
export type Verified = Readonly<{ verifier: NoteVerifier; time: number | null }>;

const MOST_BYTES = 1_000_000;
const MOST_SIGNATURES = 100; // "at least up to 16"
const TIME_BYTES = 8;

const badNote = (why: string): Fault => new Fault('invalid', 'MERKLE_BAD_NOTE', `this is not a signed note: ${why}`);

/** C2SP signed-note, "Format": valid UTF-8, no control characters but newline, the text ends in a newline. */
const isNoteText = (text: string): boolean =>
  text.endsWith('\n') && text.isWellFormed() && !/[\u0000-\u0009\u000b-\u001f]/.test(text);

/** C2SP tlog-cosignature, "Format": what is signed says when it was. */
const cosigned = (text: string, time: number): Buffer => Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);

function formatSignature({ name, id, bytes }: NoteSignature): string {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(id);
  return `— ${name} ${Buffer.concat([head, bytes]).toString('base64')}\n`;
}

/** C2SP signed-note, "Ed25519 signatures"; C2SP tlog-cosignature where the key is a witness's, which needs the time. */
export function signatureOf(text: string, signer: NoteSigner, time = 0): NoteSignature {
  const { name, id } = signer;
  if (signer.type !== COSIGNATURE) return { name, id, bytes: signWith(signer, Buffer.from(text)) };
  const head = Buffer.alloc(TIME_BYTES);
  head.writeBigUInt64BE(BigInt(time));
  return { name, id, bytes: Buffer.concat([head, signWith(signer, cosigned(text, time))]) };
}

/** C2SP signed-note, "Format". @throws Fault invalid MERKLE_BAD_NOTE */
export function formatNote({ text, signatures }: SignedNote): string {
  if (!isNoteText(text)) throw badNote('its text has other characters, or no newline at its end');
  return `${text}\n${signatures.map(formatSignature).join('')}`;
}

/** Signs a text. @throws Fault invalid MERKLE_BAD_NOTE */
export const signNote = (text: string, signers: readonly NoteSigner[]): string =>
  formatNote({ text, signatures: signers.map((signer) => signatureOf(text, signer)) });

function readSignature(line: string): NoteSignature {
  const [dash, name = '', encoded = '', ...more] = line.split(' ');
  const bytes = readBase64(encoded);
  if (dash !== '—' || more.length > 0 || !isKeyName(name) || bytes === null || bytes.length < 5)
    throw badNote('a line below it is no signature');
  return { name, id: bytes.readUInt32BE(0), bytes: bytes.subarray(4) };
}

/**
 * C2SP signed-note, "Format": the text ends at the last empty line. Nothing is verified.
 * @throws Fault invalid MERKLE_BAD_NOTE
 */
export function parseNote(note: string): SignedNote {
  if (note.length > MOST_BYTES) throw badNote('it is too long');
  if (!isNoteText(note)) throw badNote('it has other characters, or no newline at its end');
  const at = note.lastIndexOf('\n\n');
  if (at < 0) throw badNote('it has no signatures');
  const lines = note.slice(at + 2, -1).split('\n');
  if (at + 2 >= note.length || lines.length > MOST_SIGNATURES) throw badNote('it has no signatures, or too many');
  return { text: note.slice(0, at + 1), signatures: lines.map(readSignature) };
}

function verify(text: string, { bytes }: NoteSignature, verifier: NoteVerifier): Verified | null {
  if (verifier.type !== COSIGNATURE)
    return verifyWith(verifier, Buffer.from(text), bytes) ? { verifier, time: null } : null;
  if (bytes.length <= TIME_BYTES) return null;
  const time = Number(bytes.readBigUInt64BE(0));
  const signed = Number.isSafeInteger(time) && verifyWith(verifier, cosigned(text, time), bytes.subarray(TIME_BYTES));
  return signed ? { verifier, time } : null;
}

/**
 * C2SP signed-note, "Signatures": the text of a note, and which of the caller's keys signed it. Signatures of other keys are
 * ignored; one of a known key that does not hold refuses the note, and so does none at all.
 * @throws Fault invalid MERKLE_BAD_NOTE, MERKLE_BAD_SIGNATURE, MERKLE_UNSIGNED
 */
export function openNote(
  note: string,
  verifiers: readonly NoteVerifier[],
): Readonly<{ text: string; verified: readonly Verified[] }> {
  const { text, signatures } = parseNote(note);
  const verified: Verified[] = [];
  for (const signature of signatures) {
    const verifier = verifiers.find(({ name, id }) => name === signature.name && id === signature.id);
    if (verifier === undefined || verified.some((one) => one.verifier === verifier)) continue;
    const one = verify(text, signature, verifier);
    if (one === null)
      throw new Fault('invalid', 'MERKLE_BAD_SIGNATURE', `the signature of ${verifier.name} does not hold`);
    verified.push(one);
  }
  if (verified.length === 0) throw new Fault('invalid', 'MERKLE_UNSIGNED', 'no known key has signed this note');
  return { text, verified };
}
