import { Fault } from '@runledger/kernel';

/** Longest line of a bundle: a message of the log in base64, and its proof. */
const MOST_BYTES = 256 * 1024 * 1024;
const NEWLINE = 0x0a;

export const linesCut = (name: string): Fault =>
  new Fault('invalid', 'EVIDENCE_BAD_LINES', `${name}: its last line has no end`);

/**
 * The lines of a file, without their newlines, as many at a time as end in a chunk: a promise for each of a million lines
 * would cost more than what is in them. @throws Fault invalid EVIDENCE_BAD_LINES
 */
export async function* linesOf(name: string, bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer[]> {
  let rest: Buffer[] = [];
  let kept = 0;
  for await (const chunk of bytes) {
    const lines: Buffer[] = [];
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      const end = chunk.subarray(from, at);
      lines.push(rest.length === 0 ? end : Buffer.concat([...rest, end]));
      [rest, kept, from] = [[], 0, at + 1];
    }
    if (lines.length > 0) yield lines;
    rest.push(chunk.subarray(from));
    kept += chunk.length - from;
    if (kept > MOST_BYTES) throw new Fault('invalid', 'EVIDENCE_BAD_LINES', `${name}: a line is too long`);
  }
  if (kept > 0) throw linesCut(name);
}

/** The same one by one, for files of few lines. @throws Fault invalid EVIDENCE_BAD_LINES */
export async function* eachLine(name: string, bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const lines of linesOf(name, bytes)) yield* lines;
}

/** What lines say, one after another, with a look at the next one. Between two calls of `ready`, nothing waits. */
export class Ahead<T> {
  #lines: readonly Buffer[] = [];
  #at = 0;
  #next: T | null = null;
  #ended = false;

  constructor(
    private readonly batches: AsyncIterator<readonly Buffer[]>,
    private readonly parse: (line: Buffer) => T,
  ) {}

  /** Whether `next` tells what comes next, or that nothing does. */
  get isReady(): boolean {
    return this.#next !== null || this.#ended;
  }

  get next(): T | null {
    return this.#next;
  }

  async ready(): Promise<void> {
    while (!this.isReady) {
      this.take();
      if (this.#next !== null) return;
      const batch = await this.batches.next();
      if (batch.done === true) this.#ended = true;
      else [this.#lines, this.#at] = [batch.value, 0];
    }
  }

  /** Goes on to what comes behind `next`. */
  take(): void {
    const line = this.#lines[this.#at++];
    this.#next = line === undefined ? null : this.parse(line);
  }
}
