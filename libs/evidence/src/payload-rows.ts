import { Fault } from '@runledger/kernel';
import { lineAt } from './line-ends';
import { linesCut } from './lines';
import { DIGEST_LETTERS, type PayloadFile } from './payload-file';
import { type Payload, readPayloadLine } from './payload-line';

/** The next file of payloads with its name; null behind the last one. */
type NextFile = () => Promise<Readonly<{ name: string; file: PayloadFile }> | null>;

/** Payloads in the order of the log, one at a time. Between two calls of `ready`, nothing waits. */
export class PayloadRows {
  #name = '';
  #file: PayloadFile | null = null;
  #bytes = Buffer.alloc(0);
  #row = 0;
  #ended = false;

  constructor(private readonly nextFile: NextFile) {}

  get isReady(): boolean {
    return this.#ended || this.#row < (this.#file?.ends.length ?? 0);
  }

  /** @throws Fault invalid EVIDENCE_BAD_LINES, EVIDENCE_BAD_FILE */
  async ready(): Promise<void> {
    while (!this.isReady) {
      if (this.#file?.isWhole === false) throw linesCut(this.#name);
      const next = await this.nextFile();
      if (next === null) this.#ended = true;
      this.#begin(next?.name ?? '', next?.file ?? null);
    }
  }

  #begin(name: string, file: PayloadFile | null): void {
    [this.#name, this.#file, this.#row] = [name, file, 0];
    if (file !== null) this.#bytes = Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.length);
  }

  /** Whose payload comes next; null behind the last one. @throws Fault invalid EVIDENCE_BAD_LINES (it is none) */
  get index(): number | null {
    if (this.#file === null) return null;
    if (this.#row < this.#file.payloads) return this.#file.indexes[this.#row] ?? null;
    return readPayloadLine(lineAt(this.#bytes, this.#file.ends, this.#row)).index;
  }

  /** The type of the event; '' where a record could not be read. */
  get type(): string {
    return this.#file?.types[this.#file.typeOf[this.#row] ?? 0] ?? '';
  }

  /** Whether this is what the leaf of some row commits to. */
  isCommitted(digests: Uint8Array, row: number): boolean {
    const own = this.#file?.digests;
    const [from, at] = [this.#row * DIGEST_LETTERS, row * DIGEST_LETTERS];
    for (let i = 0; i < DIGEST_LETTERS; i++) if (own?.[from + i] !== digests[at + i]) return false;
    return true;
  }

  payload(): Payload {
    if (this.#file === null) throw new Fault('bug', 'EVIDENCE_NO_PAYLOAD', 'there is no payload to read');
    return readPayloadLine(lineAt(this.#bytes, this.#file.ends, this.#row)).payload;
  }

  take(): void {
    this.#row++;
  }
}
