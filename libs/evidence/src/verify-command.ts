import { readFile } from 'node:fs/promises';
import { Fault, isFault } from '@runledger/kernel';
import { type NoteVerifier, parseVerifierKey } from '@runledger/merkle';
import { verifyBundle } from './verify-bundle';

/** Where a command says what it found, and what it could not do. */
type Print = Readonly<{
  out(line: string): void;
  error(line: string): void;
  /** Bytes that were looked at, and all. What it throws ends the command. */
  progress?(read: number, of: number): void;
}>;

const readKeyFile = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((cause: unknown) => {
    throw new Fault('missing', 'EVIDENCE_NO_KEYS', `there is neither a key nor a file of keys: ${path}`, { cause });
  });

/** Keys as they are, or the lines of a file. Whoever checks knows them from elsewhere than the bundle. */
async function readKeys(given: readonly string[]): Promise<NoteVerifier[]> {
  const texts = await Promise.all(given.map(async (one) => (one.includes('+') ? one : readKeyFile(one))));
  const lines = texts.flatMap((text) => text.split('\n').map((line) => line.trim()));
  return lines.filter((line) => line !== '').map(parseVerifierKey);
}

/**
 * `runledger verify`: checks a bundle without a server and a network. Answers the exit code: 0 where all holds, 1 where something
 * is wrong, which is named. Keys are verifier keys, or files of them, one a line.
 */
export async function verifyCommand(
  bundle: string,
  { keys, witnesses = [] }: Readonly<{ keys: readonly string[]; witnesses?: readonly string[] | undefined }>,
  print: Print,
): Promise<0 | 1> {
  try {
    const verified = await verifyBundle(bundle, await readKeys(keys), {
      witnesses: await readKeys(witnesses),
      ...(print.progress !== undefined && { onProgress: print.progress }),
    });
    const { manifest, notices } = verified;
    const { origin, size, leaves, messages, points } = manifest;
    print.out(`${leaves} leaves, ${messages} messages and ${points} points are in ${origin} at ${size} leaves`);
    for (const { name, time } of verified.witnesses)
      print.out(`${name} signed the checkpoint at ${new Date(time * 1_000).toISOString()}`);
    for (const notice of notices) print.out(`note: ${notice}`);
    return 0;
  } catch (error) {
    if (!isFault(error)) throw error;
    print.error(`${error.code}: ${error.message}`);
    return 1;
  }
}
