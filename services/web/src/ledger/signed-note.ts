import { type Bytes, fromBase64, sha256, textBytes, toHex } from './bytes';

/** C2SP signed-note: a key as people pass it on. `id` is 8 hex digits. */
export type VerifierKey = Readonly<{ name: string; id: string; type: number; key: Bytes }>;
/** `time`: when a witness says that it signed, ms since 1970. */
export type Signed = Readonly<{ name: string; time: number | null }>;
export type Checkpoint = Readonly<{ origin: string; size: number; root: Bytes }>;

const ED25519 = 1;
const COSIGNATURE = 4;
const TIME_BYTES = 8;

/** `<name>+<id>+<base64 of type and key>`. @throws Error */
export async function readVerifierKey(text: string): Promise<VerifierKey> {
  const [, name = '', id = '', encoded = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text.trim()) ?? [];
  const bytes = name === '' ? new Uint8Array() : fromBase64(encoded);
  const digest = await sha256(textBytes(`${name}\n`), bytes);
  const type = bytes[0] ?? 0;
  if (bytes.length !== 33 || (type !== ED25519 && type !== COSIGNATURE) || toHex(digest.subarray(0, 4)) !== id)
    throw new Error('This is not a verifier key, or it was not copied whole');
  return { name, id, type, key: bytes.slice(1) };
}

async function isSignedBy({ type, key }: VerifierKey, text: string, signature: Bytes): Promise<Signed['time'] | false> {
  const imported = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
  if (type === ED25519) return (await crypto.subtle.verify('Ed25519', imported, signature, textBytes(text))) && null;
  const seconds = Number(new DataView(signature.buffer, signature.byteOffset).getBigUint64(0));
  const message = textBytes(`cosignature/v1\ntime ${seconds}\n${text}`); // C2SP tlog-cosignature
  const own = signature.slice(TIME_BYTES);
  return (await crypto.subtle.verify('Ed25519', imported, own, message)) && seconds * 1_000;
}

/** The signature of this key below a note (C2SP signed-note). @throws Error (it has none, or one that does not hold) */
export async function signatureOf(note: string, key: VerifierKey): Promise<Signed> {
  const end = note.lastIndexOf('\n\n');
  for (const line of note.slice(end + 2).split('\n')) {
    const [dash, name, encoded = ''] = line.split(' ');
    if (dash !== '—' || name !== key.name) continue;
    const bytes = fromBase64(encoded);
    if (toHex(bytes.subarray(0, 4)) !== key.id) continue;
    const time = await isSignedBy(key, note.slice(0, end + 1), bytes.slice(4));
    if (time === false) throw new Error(`The signature of ${key.name} does not hold`);
    return { name: key.name, time };
  }
  throw new Error(`${key.name} has not signed this checkpoint with the key ${key.id}`);
}

/** C2SP tlog-checkpoint. @throws Error */
export function readCheckpoint(note: string): Checkpoint {
  const [origin = '', size = '', root = ''] = note.split('\n');
  const count = Number(size);
  const hash = fromBase64(root);
  if (origin === '' || !/^\d{1,15}$/.test(size) || hash.length !== 32) throw new Error('This is not a checkpoint');
  return { origin, size: count, root: hash };
}

/** The note without what witnesses signed: the same for everybody, and for ever. */
export const withoutWitnesses = (note: string, { name }: VerifierKey): string => {
  const end = note.lastIndexOf('\n\n') + 2;
  const own = note
    .slice(end)
    .split('\n')
    .filter((line) => line.startsWith(`— ${name} `));
  return `${note.slice(0, end)}${own.join('\n')}\n`;
};
