import { createHash } from 'node:crypto';
import { Fault } from '@runledger/kernel';
import type { NoteSigner } from '@runledger/merkle';
import { artifactDigestOf } from './artifact-digest';
import { DOSSIER_VERSION, Dossier } from './dossier';
import { signEnvelope } from './dsse';
import type { ErasedBytes, EvidenceSource, ExpiredBytes, ExportedLeaf, SaltedPayload } from './evidence-source';
import { type LeafBody, readLeaf, rowOf } from './leaf-row';
import { NAMES_FILE, namesFile, sealedIn, withNames } from './names-told';
import { LeafTable } from './parquet';
import { messageLine, payloadLine } from './payload-line';
import { readmeOf } from './readme';
import { type Manifest, writeStatement } from './statement';
import { TAR_END, tarHeader, tarPadding } from './tar';
import { TreeParts, treeLine } from './tree-lines';

/** What is known before the first leaf is read. `checkpoint` is the signed note, verbatim. */
export type BundleHead = Omit<Manifest, 'leaves' | 'messages' | 'points' | 'artifacts' | 'dossier'> &
  Readonly<{ checkpoint: string; artifacts: boolean }>;

/** About how many bytes of lines a file has: what is held in memory, and no more. */
const FILE_BYTES = 4 * 1024 * 1024;

/** Lines that become files of some size, numbered from 0. */
class Lines {
  #lines: Buffer[] = [];
  #bytes = 0;
  #files = 0;

  constructor(
    private readonly folder: string,
    private readonly extension: string,
  ) {}

  get isFull(): boolean {
    return this.#bytes >= FILE_BYTES;
  }

  add(line: Buffer): void {
    this.#lines.push(line);
    this.#bytes += line.length;
  }

  take(): Array<{ name: string; bytes: Buffer }> {
    if (this.#lines.length === 0) return [];
    const name = `${this.folder}/${String(this.#files++).padStart(6, '0')}.${this.extension}`;
    const bytes = Buffer.concat(this.#lines);
    [this.#lines, this.#bytes] = [[], 0];
    return [{ name, bytes }];
  }
}

const byDigest = (a: { digest: string }, b: { digest: string }): number => (a.digest < b.digest ? -1 : 1);

/**
 * A bundle as an archive (tar), in a stream: some files at a time are in memory, and of all files their digests. The manifest
 * comes last: without it, a bundle that was cut is none.
 */
export class BundleWriter {
  readonly #dossier = new Dossier();
  readonly #tree: TreeParts;
  readonly #artifacts = new Set<string>();
  readonly #absent: string[] = [];
  readonly #erased: Array<{ digest: string } & ErasedBytes> = [];
  readonly #expired: Array<{ digest: string } & ExpiredBytes> = [];
  readonly #count = { leaves: 0, messages: 0, points: 0 };
  #sums = '';
  #table = new LeafTable();
  readonly #leaves = new Lines('leaves', 'jsonl');
  readonly #payloads = new Lines('payloads', 'jsonl');
  readonly #messages = new Lines('messages', 'jsonl');
  readonly #parts = new Lines('tree', 'txt');

  constructor(
    private readonly source: EvidenceSource,
    private readonly head: BundleHead,
    private readonly signer: NoteSigner,
  ) {
    this.#tree = new TreeParts((node) => source.hashOf(node));
  }

  async *write(): AsyncGenerator<Buffer> {
    yield* this.#file('README.txt', readmeOf(this.head));
    yield* this.#file('checkpoint', Buffer.from(this.head.checkpoint));
    for await (const leaves of this.source.leaves()) yield* this.#page(leaves);
    yield* this.#flushLeaves();
    for (const part of await this.#tree.end(this.head.size)) this.#parts.add(Buffer.from(treeLine(part)));
    for (const lines of [this.#payloads, this.#messages, this.#parts]) yield* this.#flush(lines);
    if (this.head.artifacts) for (const digest of this.#artifacts) yield* this.#artifact(digest);
    const manifest = this.#manifest();
    yield* this.#named(this.#dossier.render(manifest));
    const sums = Buffer.from(this.#sums);
    yield* this.#file('SHA256SUMS', sums);
    const digest = createHash('sha256').update(sums).digest('hex');
    yield* this.#file('manifest.dsse.json', signEnvelope(writeStatement(digest, manifest), this.signer));
    yield TAR_END;
  }

  async *#named(page: Buffer): AsyncGenerator<Buffer> {
    const names = (await this.source.namesOf?.(sealedIn(page))) ?? {};
    if (Object.keys(names).length > 0) yield* this.#file(NAMES_FILE, namesFile(names));
    yield* this.#file('dossier.html', withNames(page, names));
  }

  #manifest(): Manifest {
    const { checkpoint: _, artifacts, ...head } = this.head;
    return {
      ...head,
      ...this.#count,
      artifacts: { included: artifacts, absent: [...this.#absent].sort(), ...this.#gone() },
      dossier: DOSSIER_VERSION,
    };
  }

  #gone(): Pick<Manifest['artifacts'], 'erased' | 'expired'> {
    return {
      ...(this.#erased.length > 0 && { erased: this.#erased.toSorted(byDigest) }),
      ...(this.#expired.length > 0 && { expired: this.#expired.toSorted(byDigest) }),
    };
  }

  async *#page(leaves: readonly ExportedLeaf[]): AsyncGenerator<Buffer> {
    const payloads = await this.source.payloads(leaves);
    for (const { index, entry } of leaves) {
      const leaf = readLeaf(entry, index);
      for (const part of await this.#tree.leaf(index)) this.#parts.add(Buffer.from(treeLine(part)));
      this.#leaves.add(Buffer.concat([entry, Buffer.from('\n')]));
      this.#table.add(rowOf(index, entry, leaf));
      this.#count.leaves++;
      this.#payload(index, leaf, payloads.get(index));
      yield* this.#segment(index, leaf);
      if (this.#leaves.isFull) yield* this.#flushLeaves();
      for (const lines of [this.#payloads, this.#parts]) if (lines.isFull) yield* this.#flush(lines);
    }
  }

  #payload(index: number, leaf: LeafBody, salted: SaltedPayload | undefined): void {
    this.#dossier.leaf(index, leaf, salted?.payload ?? null);
    if (salted === undefined) return;
    this.#payloads.add(payloadLine(index, salted.salt, salted.payload));
    const digest = artifactDigestOf(salted.payload);
    if (digest !== null) this.#artifacts.add(digest);
  }

  async *#segment(index: number, leaf: LeafBody): AsyncGenerator<Buffer> {
    if (leaf.segment === undefined) return;
    for await (const message of this.source.messages(leaf)) {
      this.#messages.add(messageLine(index, message));
      this.#count.messages++;
      this.#count.points += this.#dossier.message(leaf, message);
      if (this.#messages.isFull) yield* this.#flush(this.#messages);
    }
  }

  async *#flushLeaves(): AsyncGenerator<Buffer> {
    for (const { name, bytes } of this.#leaves.take()) {
      yield* this.#file(name, bytes);
      yield* this.#file(name.replace('.jsonl', '.parquet'), this.#table.finish());
      this.#table = new LeafTable();
    }
  }

  async *#flush(lines: Lines): AsyncGenerator<Buffer> {
    for (const { name, bytes } of lines.take()) yield* this.#file(name, bytes);
  }

  async *#file(name: string, bytes: Buffer): AsyncGenerator<Buffer> {
    yield tarHeader(name, bytes.length);
    if (bytes.length > 0) yield bytes;
    yield tarPadding(bytes.length);
    this.#list(name, createHash('sha256').update(bytes).digest('hex'));
  }

  #list(name: string, digest: string): void {
    this.#sums += `${digest}  ${name}\n`;
  }

  /** @throws Fault bug EVIDENCE_BAD_ARTIFACT: the stream breaks, and there is no manifest */
  async *#artifact(digest: string): AsyncGenerator<Buffer> {
    const found = await this.source.artifact(digest);
    if (found === null || !('bytes' in found)) {
      this.#absent.push(digest);
      if (found !== null && 'erased' in found) this.#erased.push({ digest, ...found.erased });
      if (found !== null && 'expired' in found) this.#expired.push({ digest, ...found.expired });
      return;
    }
    const name = `artifacts/${digest}`;
    yield tarHeader(name, found.size);
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of found.bytes) {
      bytes += chunk.length;
      hash.update(chunk);
      yield chunk;
    }
    if (bytes !== found.size || hash.digest('hex') !== digest)
      throw new Fault('bug', 'EVIDENCE_BAD_ARTIFACT', `the store has other bytes than those of ${digest}`);
    yield tarPadding(found.size);
    this.#list(name, digest);
  }
}
