import type { LedgerAnswer } from '@runledger/contracts/http';
import { at, call, requestAt } from '../api/api';
import { type Bytes, isSame, textBytes } from './bytes';
import { readCheckpoint, readVerifierKey, signatureOf, type VerifierKey, withoutWitnesses } from './signed-note';
import { leafHash, type ReadTile, rootOver, rootsFrom } from './tree';

/** One thing that was checked here; not `holds` is what may still come. What is wrong is thrown, and ends the check. */
export type Finding = Readonly<{ holds: boolean; what: string }>;
export type Question = Readonly<{
  /** The log's verifier key, from wherever the person has it. */
  key: string;
  /** An event's id, or nothing. */
  event: string;
  ledger: LedgerAnswer;
}>;
type Proofs = Readonly<{ proofs: ReadonlyArray<Readonly<{ index: number; entry: string; stream: string }>> }>;

const REMEMBERED = 'runledger.checkpoint ';
const count = (leaves: number): string => `${leaves.toLocaleString('en-US')} ${leaves === 1 ? 'leaf' : 'leaves'}`;

/** Tiles of a log, each asked for once. */
function tilesOf(workspace: string): ReadTile {
  const tiles = new Map<string, Promise<Bytes>>();
  const read = async (path: string): Promise<Bytes> =>
    new Uint8Array(await (await requestAt(`/log/${encodeURIComponent(workspace)}/${path}`)).arrayBuffer());
  return (path) => {
    const known = tiles.get(path) ?? read(path);
    tiles.set(path, known);
    return known;
  };
}

/** The checkpoint that this browser saw last, if its signature still holds under the key. */
async function rememberedNote(origin: string, key: VerifierKey): Promise<string | null> {
  const note = localStorage.getItem(REMEMBERED + origin);
  if (note === null) return null;
  await signatureOf(note, key);
  return note;
}

/**
 * Checks in this browser, with nothing but its own cryptography and what the log serves: that the newest checkpoint is signed,
 * that the log goes on from the one which this browser saw before, and that an event is in it. Yields what it finds.
 */
export async function* verifyHere({ key: text, event, ledger }: Question): AsyncGenerator<Finding> {
  if (crypto.subtle === undefined)
    throw new Error('This browser has no cryptography for pages that come over plain HTTP from another machine');
  const key = await readVerifierKey(text);
  const note = await (await requestAt(`/log/${encodeURIComponent(ledger.workspace)}/checkpoint`)).text();
  await signatureOf(note, key);
  const { origin, size, root } = readCheckpoint(note);
  if (origin !== key.name) throw new Error(`This is a checkpoint of ${origin}, and the key is one of ${key.name}`);
  yield { holds: true, what: `The checkpoint of ${count(size)} is signed by the key ${key.id}` };
  yield* witnessesOf(note, ledger);

  const tree = { size, readTile: tilesOf(ledger.workspace) };
  const before = await rememberedNote(origin, key);
  const earlier = readCheckpoint(before ?? note);
  if (earlier.size > size) throw new Error(`This browser saw ${count(earlier.size)} before: some were taken away`);
  const [old, now] = await rootsFrom(tree, earlier.size);
  if (!isSame(now, root)) throw new Error('The tiles of the log have another root than was signed');
  yield { holds: true, what: `The tree over ${count(size)} has the root that was signed` };
  if (!isSame(old, earlier.root)) throw new Error(`The log does not go on from the ${count(earlier.size)} seen before`);
  if (before !== null)
    yield { holds: true, what: `It goes on from the ${count(earlier.size)} that this browser saw before` };
  localStorage.setItem(REMEMBERED + origin, withoutWitnesses(note, key));

  if (event === '') return;
  const { proofs } = await call<Proofs>(at`proofs/event/${event}`);
  for (const { index, entry, stream } of proofs) {
    const { id, type, recorded } = JSON.parse(entry) as { id: string; type: string; recorded: string };
    if (id !== event) throw new Error(`Leaf ${index} is of another event: ${id}`);
    if (!isSame(await rootOver(tree, await leafHash(textBytes(entry)), index), root))
      throw new Error(`The log does not have this leaf at ${index}`);
    yield { holds: true, what: `Leaf ${index} of the log is ${type} of ${stream}, accepted ${recorded}` };
  }
}

async function* witnessesOf(note: string, { witnesses }: LedgerAnswer): AsyncGenerator<Finding> {
  for (const { name, verifierKey } of witnesses) {
    const signed = await signatureOf(note, await readVerifierKey(verifierKey)).catch((error: Error) => error);
    if (signed instanceof Error) yield { holds: false, what: signed.message };
    else yield { holds: true, what: `${name} signed it, too, at ${new Date(signed.time ?? 0).toISOString()}` };
  }
}
