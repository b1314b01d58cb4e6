import { PassThrough } from 'node:stream';
import type { FastifyReply } from 'fastify';

/** A line of progress tells what the last one told, a little later: so often is enough. */
const EVERY_MS = 200;

/** An answer of JSON lines, told while the work is done. */
export class LineStream<Line extends Readonly<{ kind: string }>> {
  readonly #gone = new AbortController();
  readonly #stream = new PassThrough();
  #told = 0;

  constructor(reply: FastifyReply) {
    reply.raw.once('close', () => this.#gone.abort());
    reply
      .header('content-type', 'application/x-ndjson')
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no')
      .send(this.#stream);
  }

  /** Aborted once nobody reads any more. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  tell(line: Line): void {
    const now = performance.now();
    if (line.kind === 'progress' && now - this.#told < EVERY_MS) return;
    if (line.kind === 'progress') this.#told = now;
    this.#stream.write(`${JSON.stringify(line)}\n`);
  }

  end(line: Line): void {
    this.#stream.end(`${JSON.stringify(line)}\n`);
  }
}
