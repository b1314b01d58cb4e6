import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
} from 'node:crypto';
import { Fault } from '@runledger/kernel';
import { readBase64 } from './base64';

/** C2SP signed-note, "Signature types". */
export const ED25519 = 0x01;
/** C2SP tlog-cosignature: a time stands before the signature, and is signed with the text. */
export const COSIGNATURE = 0x04;
export type KeyType = typeof ED25519 | typeof COSIGNATURE;

/** What checks the signatures of one key. */
export type NoteVerifier = Readonly<{ name: string; id: number; type: KeyType; publicKey: KeyObject }>;
/** What makes them: the notary has one, or two while keys change. */
export type NoteSigner = NoteVerifier & Readonly<{ privateKey: KeyObject }>;

// RFC 8410: what comes before the 32 bytes in SPKI and PKCS #8, which node:crypto wants around them.
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const KEY_BYTES = 32;

const badKey = (): Fault => new Fault('invalid', 'MERKLE_BAD_KEY', 'this is not a key for notes with Ed25519');

/** C2SP signed-note, "Format": not empty, no Unicode spaces, no plus. */
export const isKeyName = (name: string): boolean => name !== '' && !/[\s\u0085+]/u.test(name) && name.isWellFormed();

/** C2SP signed-note, "Signatures": key ID = SHA-256(name || 0x0A || type || public key)[:4]. */
function keyId(name: string, type: KeyType, publicKey: Uint8Array): number {
  const hash = createHash('sha256').update(`${name}\n`).update(Buffer.of(type)).update(publicKey).digest();
  return hash.readUInt32BE(0);
}

const rawPublicKey = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' }).subarray(SPKI.length);
const seedOf = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'pkcs8' }).subarray(PKCS8.length);
const hex8 = (id: number): string => id.toString(16).padStart(8, '0');

function verifierOf(name: string, type: KeyType, raw: Buffer): NoteVerifier {
  if (!isKeyName(name) || raw.length !== KEY_BYTES) throw badKey();
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });
  return { name, id: keyId(name, type, raw), type, publicKey };
}

function signerOf(name: string, type: KeyType, seed: Buffer): NoteSigner {
  if (seed.length !== KEY_BYTES) throw badKey();
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  return { ...verifierOf(name, type, rawPublicKey(createPublicKey(privateKey))), privateKey };
}

/** `<name>+<8 hex digits of the id>+<base64 of type and key>`, as Go's sumdb/note has them. */
export const formatVerifierKey = ({ name, id, type, publicKey }: NoteVerifier): string =>
  `${name}+${hex8(id)}+${Buffer.concat([Buffer.of(type), rawPublicKey(publicKey)]).toString('base64')}`;

function parts(text: string, most: number): string[] {
  const found = text.split('+');
  return [...found.slice(0, most - 1), found.slice(most - 1).join('+')]; // base64 may have a plus of its own
}

function typed(text: string): { type: KeyType; raw: Buffer } {
  const bytes = readBase64(text);
  const type = bytes?.[0];
  if (bytes === null || (type !== ED25519 && type !== COSIGNATURE)) throw badKey();
  return { type, raw: bytes.subarray(1) };
}

/** @throws Fault invalid MERKLE_BAD_KEY */
export function parseVerifierKey(text: string): NoteVerifier {
  const [name = '', id = '', key = ''] = parts(text, 3);
  const { type, raw } = typed(key);
  const verifier = verifierOf(name, type, raw);
  if (hex8(verifier.id) !== id) throw badKey();
  return verifier;
}

/** `PRIVATE+KEY+<name>+<id>+<base64 of type and seed>`, as Go's sumdb/note has them. Secret. */
export function formatSignerKey({ name, id, type, privateKey }: NoteSigner): string {
  const seed = seedOf(privateKey);
  return `PRIVATE+KEY+${name}+${hex8(id)}+${Buffer.concat([Buffer.of(type), seed]).toString('base64')}`;
}

/** @throws Fault invalid MERKLE_BAD_KEY */
export function parseSignerKey(text: string): NoteSigner {
  const [first, second, name = '', id = '', key = ''] = parts(text, 5);
  if (first !== 'PRIVATE' || second !== 'KEY') throw badKey();
  const { type, raw } = typed(key);
  const signer = signerOf(name, type, raw);
  if (hex8(signer.id) !== id) throw badKey();
  return signer;
}

/** @throws Fault invalid MERKLE_BAD_KEY (the name) */
export function generateSigner(name: string, type: KeyType = ED25519): NoteSigner {
  const { privateKey } = generateKeyPairSync('ed25519');
  return signerOf(name, type, seedOf(privateKey));
}

/** The same key under another name: an id is made of both, so that each log has a verifier of its own. @throws Fault invalid MERKLE_BAD_KEY */
export const renameSigner = ({ type, privateKey }: NoteSigner, name: string): NoteSigner =>
  signerOf(name, type, seedOf(privateKey));

/** RFC 8032, Ed25519. */
export const signWith = (signer: NoteSigner, message: Uint8Array): Buffer =>
  signBytes(null, message, signer.privateKey);
export const verifyWith = (verifier: NoteVerifier, message: Uint8Array, signature: Uint8Array): boolean =>
  verifyBytes(null, message, verifier.publicKey, signature);
