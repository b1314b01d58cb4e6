import { Fault } from '@runledger/kernel';
import { leafHash } from '@runledger/merkle';
import { artifactDigestOf } from './artifact-digest';
import { Completeness } from './completeness';
import { Dossier } from './dossier';
import { type LeafBody, readLeaf, rowOf } from './leaf-row';
import { Ahead, linesOf } from './lines';
import { LeafTable } from './parquet';
import {
  checkMessage,
  checkPayload,
  type Payload,
  type PayloadLine,
  readMessageLine,
  readPayloadLine,
} from './payload-line';
import type { Manifest } from './statement';
import { readTreeLine, TreeCheck } from './tree-lines';
import type { SignedFiles } from './verify-files';
import { Writers } from './writers';

const namesIn = ({ names }: SignedFiles, folder: string, extension: string): string[] =>
  names.filter((name) => name.startsWith(`${folder}/`) && name.endsWith(extension)).sort();

/** All lines of some files. */
async function* linesIn(files: SignedFiles, names: readonly string[]): AsyncGenerator<Buffer[]> {
  for await (const [name, bytes] of files.inOrder(names)) yield* linesOf(name, bytes);
}

export type Found = Readonly<{
  size: number;
  root: Buffer;
  artifacts: ReadonlySet<string>;
  dossier: Dossier;
  counts: Readonly<{ leaves: number; messages: number; points: number }>;
  notices: readonly string[];
}>;

/** Reads leaves with all that belongs to them once, in the order of the log, and checks each against the next. */
export class LeavesCheck {
  readonly #payloads: Ahead<PayloadLine>;
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
  ) {
    this.#payloads = new Ahead(linesIn(files, namesIn(files, 'payloads', '.jsonl')), readPayloadLine);
    this.#messages = new Ahead(linesIn(files, namesIn(files, 'messages', '.jsonl')), readMessageLine);
    this.#tree = new TreeCheck(new Ahead(linesIn(files, namesIn(files, 'tree', '.txt')), readTreeLine));
    this.#complete = new Completeness(manifest.complete);
  }

  async run(): Promise<Found> {
    const names = namesIn(this.files, 'leaves', '.jsonl');
    for await (const [name, bytes] of this.files.inOrder(names)) await this.#file(name, bytes);
    this.#complete.end();
    for (const [what, ahead] of [
      ['payloads', this.#payloads],
      ['messages', this.#messages],
    ] as const) {
      await ahead.ready();
      if (ahead.next !== null)
        throw new Fault(
          'invalid',
          'EVIDENCE_BAD_LINES',
          `${what}: that of leaf ${ahead.next.index} belongs to no leaf here`,
        );
    }
    return {
      ...(await this.#tree.end()),
      artifacts: this.#artifacts,
      dossier: this.#dossier,
      counts: this.#counts,
      notices: this.#writers.notices(),
    };
  }

  async #file(name: string, bytes: AsyncIterable<Buffer>): Promise<void> {
    const rows = new LeafTable();
    for await (const entries of linesOf(name, bytes))
      for (const entry of entries) {
        if (!this.#tree.isReady) await this.#tree.ready();
        const index = this.#tree.leaf(leafHash(entry));
        const body = readLeaf(entry, index);
        rows.add(rowOf(index, entry, body));
        if (!this.#payloads.isReady) await this.#payloads.ready();
        this.#leaf(index, body);
        await this.#messagesOf(index, body);
      }
    const table = name.replace('.jsonl', '.parquet');
    if (rows.rows === 0 || !(await this.files.whole(table)).equals(rows.finish()))
      throw new Fault('invalid', 'EVIDENCE_OTHER_TABLE', `${table} does not have the rows of ${name}`);
  }

  #leaf(index: number, leaf: LeafBody): void {
    this.#counts.leaves++;
    this.#complete.leaf(index, leaf);
    const payload = this.#payloadOf(index, leaf);
    this.#writers.leaf(leaf, payload);
    this.#dossier.leaf(index, leaf, payload);
    const digest = payload === null ? null : artifactDigestOf(payload);
    if (digest !== null) this.#artifacts.add(digest);
  }

  #payloadOf(index: number, leaf: LeafBody): Payload | null {
    const line = this.#payloads.next;
    if (line?.index !== index) {
      if (leaf.payload_digest === undefined) return null;
      throw new Fault('invalid', 'EVIDENCE_BAD_PAYLOAD', `payloads: that of leaf ${index} is missing`);
    }
    checkPayload(leaf, line);
    this.#payloads.take();
    return line.payload;
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
