import { availableParallelism } from 'node:os';
import { Fault } from '@runledger/kernel';
import { type NoteVerifier, openCheckpoint, openNote } from '@runledger/merkle';
import { openBundle } from './bundle-files';
import { DOSSIER_VERSION } from './dossier';
import { openFileChecks } from './file-checks';
import { NAMES_FILE, type Names, readNames, withNames } from './names-told';
import type { Manifest } from './statement';
import { openSigned, type SignedFiles } from './verify-files';
import { type Found, LeavesCheck } from './verify-leaves';

export type Verified = Readonly<{
  manifest: Manifest;
  /** What is no fault of the bundle, and worth knowing: batches that never arrived, a page that was made by another version. */
  notices: readonly string[];
  /** Who else signed the checkpoint, of those that the caller asked for, and when: seconds since 1970. */
  witnesses: ReadonlyArray<Readonly<{ name: string; time: number }>>;
}>;

const wrong = (code: string, why: string): Fault => new Fault('invalid', code, why);

function checkFound(manifest: Manifest, { size, root, counts }: Found): void {
  if (size !== manifest.size || root.toString('hex') !== manifest.root)
    throw wrong('EVIDENCE_OTHER_ROOT', 'tree: leaves and tree have another root than the checkpoint');
  for (const name of ['leaves', 'messages', 'points'] as const)
    if (counts[name] !== manifest[name])
      throw wrong(
        'EVIDENCE_BAD_MANIFEST',
        `manifest.dsse.json: it counts ${manifest[name]} ${name}, here are ${counts[name]}`,
      );
}

/** Their names are the digests that were signed: what is left to see is which ones they are. */
function checkArtifacts({ artifacts }: Manifest, named: ReadonlySet<string>, names: readonly string[]): void {
  const there = new Set(
    names.flatMap((name) => (name.startsWith('artifacts/') ? name.slice('artifacts/'.length) : [])),
  );
  for (const digest of there)
    if (!named.has(digest)) throw wrong('EVIDENCE_EXTRA', `artifacts/${digest} is named by no leaf`);
  if (!artifacts.included) return;
  const absent = new Set(artifacts.absent);
  for (const { digest } of [...(artifacts.erased ?? []), ...(artifacts.expired ?? [])])
    if (!absent.has(digest))
      throw wrong('EVIDENCE_BAD_MANIFEST', `manifest.dsse.json: ${digest} is gone, and is not among the absent`);
  for (const digest of named)
    if (!there.has(digest) && !absent.has(digest))
      throw wrong('EVIDENCE_MISSING', `artifacts/${digest} is named by a leaf, and is not in the bundle`);
}

/** @throws Fault invalid EVIDENCE_BAD_FILE */
async function namesIn(files: SignedFiles, isThere: boolean): Promise<Names> {
  const names = isThere ? readNames((await files.whole(NAMES_FILE)).toString()) : {};
  if (names === null) throw wrong('EVIDENCE_BAD_FILE', `${NAMES_FILE} is no list of names`);
  return names;
}

async function checkDossier(files: SignedFiles, manifest: Manifest, found: Found, names: Names): Promise<string[]> {
  if (manifest.dossier !== DOSSIER_VERSION)
    return [`dossier.html was made by version ${manifest.dossier}: it is as it was signed, and was not made again`];
  if (!(await files.whole('dossier.html')).equals(withNames(found.dossier.render(manifest), names)))
    throw wrong('EVIDENCE_OTHER_DOSSIER', 'dossier.html says something else than the leaves');
  return [];
}

/** Each of the witnesses must have signed the checkpoint, which is one of the log's key already. */
function checkWitnesses(checkpoint: string, witnesses: readonly NoteVerifier[]): Verified['witnesses'] {
  return witnesses.map((witness) => {
    try {
      const [signed] = openNote(checkpoint, [witness]).verified;
      return { name: witness.name, time: signed?.time ?? 0 };
    } catch (cause) {
      const why = `checkpoint: ${witness.name} has not signed it`;
      throw new Fault('invalid', 'EVIDENCE_NO_WITNESS', why, { cause });
    }
  });
}

export type VerifyOptions = Readonly<{
  /** Who must have signed the checkpoint too. */
  witnesses?: readonly NoteVerifier[];
  /** Is told of bytes, read and in all, and may end the verification by throwing. */
  onProgress?: (read: number, of: number) => void;
  /** How many threads look at files beside this one; by default none for little bundles, and as many as there are processors for others. */
  threads?: number;
}>;

/** Starting a thread takes as long as looking at some ten megabytes. */
const FEW_BYTES = 32 * 1024 * 1024;
/** One thread compares what the others have read, and has no use for more. */
const MOST_THREADS = 8;

const threadsFor = (bytes: number): number => (bytes < FEW_BYTES ? 0 : Math.min(MOST_THREADS, availableParallelism()));

/**
 * Checks a bundle, an archive or a folder, with nothing but the verifier keys of its log, which the caller has from
 * elsewhere. Needs no network. Throws at the first thing that is wrong, and names it.
 * @throws Fault invalid EVIDENCE_…, MERKLE_…, missing EVIDENCE_NO_BUNDLE
 */
export async function verifyBundle(
  path: string,
  keys: readonly NoteVerifier[],
  { witnesses = [], onProgress = () => undefined, threads }: VerifyOptions = {},
): Promise<Verified> {
  const bundle = await openBundle(path);
  const of = bundle.files.reduce((bytes, { size }) => bytes + size, 0);
  const checks = openFileChecks(threads ?? threadsFor(of));
  try {
    let read = 0;
    const { manifest, files } = await openSigned(bundle, keys, (bytes) => {
      read += bytes;
      onProgress(read, of);
    });
    const note = (await files.whole('checkpoint')).toString();
    const checkpoint = openCheckpoint(note, manifest.origin, keys);
    if (checkpoint.size !== manifest.size || checkpoint.root.toString('hex') !== manifest.root)
      throw wrong(
        'EVIDENCE_BAD_MANIFEST',
        'manifest.dsse.json: it names another checkpoint than the one in the bundle',
      );
    const signed = checkWitnesses(note, witnesses);
    const found = await new LeavesCheck(files, manifest, checks).run();
    checkFound(manifest, found);
    checkArtifacts(manifest, found.artifacts, files.names);
    const names = await namesIn(files, files.names.includes(NAMES_FILE));
    const notices = [...found.notices, ...(await checkDossier(files, manifest, found, names))];
    await files.others();
    return { manifest, notices, witnesses: signed };
  } finally {
    await checks.close();
    await bundle.close();
  }
}
