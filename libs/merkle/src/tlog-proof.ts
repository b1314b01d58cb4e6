import { Fault } from '@runledger/kernel';
import { readBase64 } from './base64';
import { type Checkpoint, openCheckpoint } from './checkpoint';
import { HASH_BYTES, leafHash } from './hash';
import type { NoteVerifier } from './note-key';
import { isCount } from './subtree';
import { isIncluded } from './verify';

/** C2SP tlog-proof: all that is needed to check one entry without a network. `checkpoint` is the signed note, verbatim. */
export type TlogProof = Readonly<{
  index: number;
  hashes: readonly Buffer[];
  checkpoint: string;
  /** For the application; nobody has signed it. */
  extra?: Buffer | undefined;
}>;

const VERSION = 'c2sp.org/tlog-proof@v1';
const MOST_HASHES = 63;

const bad = (why: string): Fault => new Fault('invalid', 'MERKLE_BAD_PROOF', `this is not a proof: ${why}`);

/** C2SP tlog-proof, "Format". */
export function formatTlogProof({ index, hashes, checkpoint, extra }: TlogProof): string {
  const lines = [
    VERSION,
    ...(extra === undefined ? [] : [`extra ${extra.toString('base64')}`]),
    `index ${index}`,
    ...hashes.map((hash) => hash.toString('base64')),
  ];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

function readExtra(lines: string[]): Buffer | undefined {
  if (!lines[0]?.startsWith('extra ')) return undefined;
  const extra = readBase64(lines.shift()?.slice('extra '.length) ?? '');
  if (extra === null) throw bad('its extra data are not base64');
  return extra;
}

function readHash(line: string): Buffer {
  const hash = readBase64(line);
  if (hash?.length !== HASH_BYTES) throw bad('a line of it is no hash');
  return hash;
}

/** C2SP tlog-proof, "Format". Nothing is verified. @throws Fault invalid MERKLE_BAD_PROOF */
export function parseTlogProof(text: string): TlogProof {
  const at = text.indexOf('\n\n');
  if (at < 0) throw bad('it has no checkpoint');
  const lines = text.slice(0, at).split('\n');
  if (lines.shift() !== VERSION) throw bad('its first line is another');
  const extra = readExtra(lines);
  const [, index = ''] = /^index (0|[1-9]\d{0,15})$/.exec(lines.shift() ?? '') ?? [];
  if (index === '' || !isCount(Number(index))) throw bad('it has no index');
  if (lines.length > MOST_HASHES) throw bad('it has too many hashes');
  return { index: Number(index), hashes: lines.map(readHash), checkpoint: text.slice(at + 2), extra };
}

/**
 * C2SP tlog-proof: the checkpoint under which `entry` stands in the log `origin`, whose keys the caller knows from elsewhere.
 * @throws Fault invalid MERKLE_NOT_INCLUDED, and what parseTlogProof and openCheckpoint throw
 */
export function verifyTlogProof(
  text: string,
  entry: Uint8Array,
  { origin, keys }: Readonly<{ origin: string; keys: readonly NoteVerifier[] }>,
): Checkpoint {
  const { index, hashes, checkpoint: note } = parseTlogProof(text);
  const checkpoint = openCheckpoint(note, origin, keys);
  if (!isIncluded({ index, size: checkpoint.size }, leafHash(entry), hashes, checkpoint.root))
    throw new Fault('invalid', 'MERKLE_NOT_INCLUDED', `the log does not have this entry at ${index}`);
  return checkpoint;
}
