import { Fault } from '@runledger/kernel';
import { HASH_BYTES, leafHash } from '@runledger/merkle';
import { artifactDigestOf } from './artifact-digest';
import { Completeness } from './completeness';
import { Dossier } from './dossier';
import type { FileChecks } from './file-checks';
import { FilesAhead } from './files-ahead';
import type { LeafFile } from './leaf-file';
import { type LeafBody, readLeaf } from './leaf-row';
import { lineAt } from './line-ends';
import { Ahead, linesCut, linesOf } from './lines';
import { checkMessage, readMessageLine } from './payload-line';
import { PayloadRows } from './payload-rows';
import type { Manifest } from './statement';
import { readTreeLine, TreeCheck } from './tree-lines';
import { missingFile, otherFile, type SignedFiles } from './verify-files';
import { Writers } from './writers';

const namesIn = ({ names }: SignedFiles, folder: string, extension: string): string[] =>
  names.filter((name) => name.startsWith(`${folder}/`) && name.endsWith(extension)).sort();

/** All lines of some files. */
async function* linesIn(files: SignedFiles, names: readonly string[]): AsyncGenerator<Buffer[]> {
  for await (const [name, bytes] of files.inOrder(names)) yield* linesOf(name, bytes);
}

const tableOf = (name: string): string => name.replace('.jsonl', '.parquet');

export type Found = Readonly<{
  size: number;
  root: Buffer;
  artifacts: ReadonlySet<string>;
  dossier: Dossier;
  counts: Readonly<{ leaves: number; messages: number; points: number }>;
  notices: readonly string[];
}>;

/**
 * Compares leaves with all that belongs to them, in the order of the log. What a file says by itself was read elsewhere, several
 * at a time; here only those lines are read again of which the page tells.
 */
export class LeavesCheck {
  readonly #leaves: FilesAhead<LeafFile | null>;
  readonly #payloads: PayloadRows;
  readonly #messages: Ahead<ReturnType<typeof readMessageLine>>;
  readonly #tree: TreeCheck;
  readonly #complete: Completeness;
  readonly #dossier = new Dossier();
  readonly #writers = new Writers();
  readonly #artifacts = new Set<string>();
  readonly #counts = { leaves: 0, messages: 0, points: 0 };

  constructor(
    private readonly files: SignedFiles,
    private readonly manifest: Manifest,
    checks: FileChecks,
  ) {
    const ahead = <T>(folder: string, ask: (name: string) => Promise<T>): FilesAhead<T> =>
      new FilesAhead(namesIn(files, folder, '.jsonl'), checks.ahead, (name) => files.sizeOf(name), ask);
    this.#leaves = ahead('leaves', async (name) => {
      const table = tableOf(name);
      return checks.leaves(files.place(name), files.has(table) ? files.place(table) : null);
    });
    const payloads = ahead('payloads', async (name) => checks.payloads(files.place(name)));
    this.#payloads = new PayloadRows(async () => this.#seen(await payloads.next()));
    this.#messages = new Ahead(linesIn(files, namesIn(files, 'messages', '.jsonl')), readMessageLine);
    this.#tree = new TreeCheck(new Ahead(linesIn(files, namesIn(files, 'tree', '.txt')), readTreeLine));
    this.#complete = new Completeness(manifest.complete);
  }

  /** @throws Fault invalid EVIDENCE_BAD_FILE */
  #seen<T>(next: Readonly<{ name: string; file: T | null }> | null): Readonly<{ name: string; file: T }> | null {
    if (next === null) return null;
    const { name, file } = next;
    if (file === null) throw otherFile(name);
    this.files.saw(name);
    return { name, file };
  }

  async run(): Promise<Found> {
    for (let next = this.#seen(await this.#leaves.next()); next !== null; next = this.#seen(await this.#leaves.next()))
      await this.#file(next.name, next.file);
    this.#complete.end();
    await this.#payloads.ready();
    if (this.#payloads.index !== null) throw leftOver('payloads', this.#payloads.index);
    await this.#messages.ready();
    if (this.#messages.next !== null) throw leftOver('messages', this.#messages.next.index);
    return {
      ...(await this.#tree.end()),
      artifacts: this.#artifacts,
      dossier: this.#dossier,
      counts: this.#counts,
      notices: this.#writers.notices(),
    };
  }

  async #file(name: string, file: LeafFile): Promise<void> {
    const bytes = Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.length);
    const hashes = Buffer.from(file.hashes.buffer);
    let hasTable = file.hasTable;
    for (let row = 0; row < file.ends.length; row++) {
      if (!this.#tree.isReady) await this.#tree.ready();
      const isRead = row < file.leaves;
      const entry = lineAt(bytes, file.ends, row);
      const from = row * HASH_BYTES;
      const index = this.#tree.leaf(isRead ? hashes.subarray(from, from + HASH_BYTES) : leafHash(entry));
      if (!isRead) readLeaf(entry, index); // says what is wrong with it
      hasTable &&= file.indexes[row] === index;
      if (!this.#payloads.isReady) await this.#payloads.ready();
      this.#leaf(index, file, row, entry);
      if (!this.#messages.isReady) await this.#messages.ready();
      if (file.isSegment[row] === 1 || this.#messages.next?.index === index)
        await this.#messagesOf(index, readLeaf(entry, index));
    }
    if (!file.isWhole) throw linesCut(name);
    this.#table(name, file.isTableSigned, hasTable);
  }

  /** @throws Fault invalid EVIDENCE_MISSING, EVIDENCE_BAD_FILE, EVIDENCE_OTHER_TABLE */
  #table(name: string, isSigned: boolean, isSame: boolean): void {
    const table = tableOf(name);
    if (!this.files.has(table)) throw missingFile(table);
    if (!isSigned) throw otherFile(table);
    if (!isSame) throw new Fault('invalid', 'EVIDENCE_OTHER_TABLE', `${table} does not have the rows of ${name}`);
    this.files.saw(table);
  }

  #leaf(index: number, file: LeafFile, row: number, entry: Buffer): void {
    const stream = file.streams[file.streamOf[row] ?? 0] ?? '';
    const project = file.projects[file.projectOf[row] ?? 0] ?? '';
    const [streamSeq = 0, projectSeq = 0] = [file.streamSeq[row], file.projectSeq[row]];
    this.#counts.leaves++;
    this.#complete.leaf(index, { isSegment: file.isSegment[row] === 1, stream, streamSeq, project, projectSeq });
    const hasPayload = this.#hasPayload(index, file, row);
    const type = hasPayload ? this.#payloads.type : '';
    if (this.#dossier.isTold(stream, type) || type === 'writer.closed' || type === 'artifact.stored')
      this.#tell(index, readLeaf(entry, index), hasPayload);
    else this.#dossier.pass(stream, hasPayload);
    if (hasPayload) this.#payloads.take();
  }

  #tell(index: number, leaf: LeafBody, hasPayload: boolean): void {
    const payload = hasPayload ? this.#payloads.payload() : null;
    this.#writers.leaf(leaf, payload);
    this.#dossier.leaf(index, leaf, payload);
    const digest = payload === null ? null : artifactDigestOf(payload);
    if (digest !== null) this.#artifacts.add(digest);
  }

  /** @throws Fault invalid EVIDENCE_BAD_PAYLOAD */
  #hasPayload(index: number, { commits, committed }: LeafFile, row: number): boolean {
    const isNext = this.#payloads.index === index;
    if (!isNext && commits[row] === 0) return false;
    if (!isNext) throw new Fault('invalid', 'EVIDENCE_BAD_PAYLOAD', `payloads: that of leaf ${index} is missing`);
    if (this.#payloads.isCommitted(committed, row)) return true;
    const why = `payloads: that of leaf ${index} is not what the leaf commits to`;
    throw new Fault('invalid', 'EVIDENCE_BAD_PAYLOAD', why);
  }

  async #messagesOf(index: number, leaf: LeafBody): Promise<void> {
    let next = 0;
    for (;;) {
      if (!this.#messages.isReady) await this.#messages.ready();
      const message = this.#messages.next;
      if (message?.index !== index) break;
      this.#messages.take();
      checkMessage(index, leaf, message);
      if (message.at < next)
        throw new Fault('invalid', 'EVIDENCE_BAD_MESSAGE', `messages: line ${message.at} of leaf ${index} comes twice`);
      if (message.at > next && this.manifest.complete.kind === 'range')
        throw new Fault('invalid', 'EVIDENCE_INCOMPLETE', `messages: line ${next} of leaf ${index} is missing`);
      next = message.at + 1;
      this.#counts.messages++;
      this.#counts.points += this.#dossier.message(leaf, message);
      this.#writers.message(leaf, message);
    }
    if (this.manifest.complete.kind === 'range' && next !== (leaf.segment?.messages ?? 0))
      throw new Fault('invalid', 'EVIDENCE_INCOMPLETE', `messages: line ${next} of leaf ${index} is missing`);
  }
}

const leftOver = (what: string, index: number): Fault =>
  new Fault('invalid', 'EVIDENCE_BAD_LINES', `${what}: that of leaf ${index} belongs to no leaf here`);
