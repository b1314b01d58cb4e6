import { createHash, webcrypto } from 'node:crypto';
import { Fault } from '@runledger/kernel';
import type { NoteVerifier } from '@runledger/merkle';
import type { BundleFiles } from './bundle-files';
import type { SignedPlace } from './check-file';
import { openEnvelope } from './dsse';
import { eachLine } from './lines';
import { type Manifest, readStatement } from './statement';

const MANIFEST = 'manifest.dsse.json';
const SUMS = 'SHA256SUMS';
/** Up to here a file is read at once: writers cut their lines into files of some 4 MB. */
const MOST_AT_ONCE = 16 * 1024 * 1024;
const MOST_BYTES = 64 * 1024 * 1024;
/** Of a file of lines that a thread reads: writers begin another one behind 4 MB, and a line may have 256. */
const MOST_BYTES_OF_LINES = 512 * 1024 * 1024;

const badFile = (why: string): Fault => new Fault('invalid', 'EVIDENCE_BAD_FILE', why);
/** What a file is that has other bytes. */
export const otherFile = (name: string): Fault => badFile(`${name} is not the file that was signed`);

/** Told of bytes that were read and hashed. What it throws ends the verification. */
export type OnRead = (bytes: number) => void;

async function digestOf(bytes: AsyncIterable<Buffer>, onRead: OnRead = () => undefined): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of bytes) {
    hash.update(chunk);
    onRead(chunk.length);
  }
  return hash.digest('hex');
}

export const missingFile = (name: string): Fault =>
  new Fault('invalid', 'EVIDENCE_MISSING', `${name} is not in the bundle, which may have been cut`);

async function wholeFile(bundle: BundleFiles, name: string): Promise<Buffer> {
  const file = bundle.files.find((one) => one.name === name);
  if (file === undefined) throw missingFile(name);
  if (file.size > MOST_BYTES) throw badFile(`${name} is too large to be one`);
  return bundle.whole(name);
}

/**
 * The files of a bundle as they were signed. Each is read once: its bytes are given when they have been compared with what
 * was signed, and while some are looked at, the next ones are read and hashed on another thread.
 */
export class SignedFiles {
  readonly #sizes: ReadonlyMap<string, number>;
  readonly #seen = new Set<string>();

  constructor(
    private readonly bundle: BundleFiles,
    private readonly digests: ReadonlyMap<string, string>,
    private readonly onRead: OnRead,
  ) {
    this.#sizes = new Map(bundle.files.map(({ name, size }) => [name, size]));
  }

  get names(): string[] {
    return [...this.digests.keys()];
  }

  #check(name: string, digest: string): void {
    if (digest !== this.digests.get(name)) throw otherFile(name);
    this.#seen.add(name);
  }

  has(name: string): boolean {
    return this.digests.has(name);
  }

  sizeOf(name: string): number {
    return this.#sizes.get(name) ?? 0;
  }

  /** Where a file lies, for who reads and compares it elsewhere. @throws Fault invalid EVIDENCE_MISSING, EVIDENCE_BAD_FILE */
  place(name: string): SignedPlace {
    const digest = this.digests.get(name);
    if (digest === undefined) throw missingFile(name);
    const size = this.sizeOf(name);
    if (size > MOST_BYTES_OF_LINES) throw badFile(`${name} is too large to be one`);
    return { ...this.bundle.place(name), size, digest };
  }

  /** A file was read and compared elsewhere. */
  saw(name: string): void {
    this.onRead(this.sizeOf(name));
    this.#seen.add(name);
  }

  /** @throws Fault invalid EVIDENCE_MISSING, EVIDENCE_BAD_FILE */
  async whole(name: string): Promise<Buffer> {
    const bytes = await wholeFile(this.bundle, name);
    this.onRead(bytes.length);
    this.#check(name, Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('hex'));
    return bytes;
  }

  /** The bytes of some files, one file after another. @throws Fault invalid EVIDENCE_MISSING, EVIDENCE_BAD_FILE */
  async *inOrder(names: readonly string[]): AsyncGenerator<readonly [name: string, bytes: AsyncIterable<Buffer>]> {
    let next = this.#begin(names[0]);
    for (const [i, name] of names.entries()) {
      const bytes = await next;
      next = this.#begin(names[i + 1]);
      yield [name, bytes];
    }
  }

  #begin(name: string | undefined): Promise<AsyncIterable<Buffer>> {
    const begun = this.#bytesOf(name);
    begun.catch(() => undefined); // whoever comes to it sees it
    return begun;
  }

  async #bytesOf(name: string | undefined): Promise<AsyncIterable<Buffer>> {
    if (name === undefined) return justThese([]);
    if (this.sizeOf(name) <= MOST_AT_ONCE) return justThese([await this.whole(name)]);
    this.#check(name, await digestOf(this.bundle.read(name), this.onRead));
    return this.bundle.read(name);
  }

  /** Looks at those that nobody has read. @throws Fault invalid EVIDENCE_BAD_FILE */
  async others(): Promise<void> {
    for await (const _ of this.inOrder(this.names.filter((name) => !this.#seen.has(name))));
  }
}

async function* justThese(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}

/**
 * Whether every file is there, and none besides. Answers what the manifest says, and the files.
 * @throws Fault invalid EVIDENCE_MISSING, EVIDENCE_EXTRA, EVIDENCE_BAD_FILE, EVIDENCE_BAD_MANIFEST
 */
export async function openSigned(
  bundle: BundleFiles,
  keys: readonly NoteVerifier[],
  onRead: OnRead,
): Promise<Readonly<{ manifest: Manifest; files: SignedFiles }>> {
  const { sums, manifest } = readStatement(openEnvelope(await wholeFile(bundle, MANIFEST), keys));
  const there = new Set(bundle.files.map(({ name }) => name));
  if (!there.has(SUMS)) throw new Fault('invalid', 'EVIDENCE_MISSING', `${SUMS} is not in the bundle`);
  if ((await digestOf(bundle.read(SUMS), onRead)) !== sums) throw otherFile(SUMS);
  const digests = new Map<string, string>();
  for await (const line of eachLine(SUMS, bundle.read(SUMS))) {
    const [, digest = '', name = ''] = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line.toString('latin1')) ?? [];
    if (!there.has(name)) throw new Fault('invalid', 'EVIDENCE_MISSING', `${name} is not in the bundle`);
    if (name.startsWith('artifacts/') && name !== `artifacts/${digest}`)
      throw badFile(`${name} has other bytes than its name says`);
    digests.set(name, digest);
  }
  const extra = bundle.files.find(({ name }) => !digests.has(name) && name !== MANIFEST && name !== SUMS);
  if (extra !== undefined)
    throw new Fault('invalid', 'EVIDENCE_EXTRA', `${extra.name} is in the bundle, and was not when it was signed`);
  return { manifest, files: new SignedFiles(bundle, digests, onRead) };
}
