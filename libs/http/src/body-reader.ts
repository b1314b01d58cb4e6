import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { askingTenant, Fault } from '@runledger/kernel';
import type { BodySpec } from './api-route';
import { BodyTurns } from './body-turns';

const inflate = promisify(gunzip);

export type BodyLimits = Readonly<{
  /** Longest time from a body's first to its last byte, for bodies that are kept in memory. */
  deadlineMs: number;
  /** Most bytes of unfinished bodies that the process keeps at a time. */
  inFlightBytes: number;
}>;

/** Bytes of a body, whole and decompressed, with the media type it was sent as. */
export type Body = Readonly<{ mediaType: string; bytes: Buffer }>;

const tooLarge = (limit: number): Fault =>
  new Fault('too-large', 'HTTP_BODY_TOO_LARGE', `the body may have at most ${limit} bytes, decompressed`);

/** type/subtype, both of them tokens (RFC 9110, 8.3.1) */
const MEDIA_TYPE = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+$/;

/** @throws Fault unsupported HTTP_BAD_MEDIA_TYPE */
export function mediaTypeOf(headers: IncomingHttpHeaders, spec: BodySpec): string {
  const sent = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (Object.hasOwn(spec.types, sent)) return sent;
  if (Object.hasOwn(spec.types, '*') && sent === '') return 'application/octet-stream';
  if (Object.hasOwn(spec.types, '*') && MEDIA_TYPE.test(sent)) return sent;
  const known = Object.keys(spec.types).join(', ');
  throw new Fault('unsupported', 'HTTP_BAD_MEDIA_TYPE', `the body must have one of the media types ${known}`);
}

/** @throws Fault unsupported HTTP_BAD_ENCODING */
export function isGzip(headers: IncomingHttpHeaders): boolean {
  const encoding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity') return false;
  if (encoding === 'gzip' || encoding === 'x-gzip') return true;
  throw new Fault('unsupported', 'HTTP_BAD_ENCODING', 'the body may be sent as it is or with gzip');
}

/**
 * Reads bodies into memory, with bounds on each and on all of them together. One tenant's may be half of all, so that there is
 * always room for others, and what is whole is handed on in turn.
 */
export class BodyReader {
  readonly #turns = new BodyTurns();
  readonly #inFlightOf = new Map<string, number>();
  #inFlight = 0;

  constructor(private readonly limits: BodyLimits) {}

  /** @throws Fault too-large, unsupported, invalid (cut, slow or not gzip), overloaded */
  async read(source: Readable, headers: IncomingHttpHeaders, spec: BodySpec): Promise<Body> {
    const mediaType = mediaTypeOf(headers, spec);
    const zipped = isGzip(headers);
    const limit = spec.limit ?? this.limits.inFlightBytes;
    if (Number(headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
    const sent = await this.#gather(source, limit);
    const bytes = zipped ? await unzip(sent, limit) : sent;
    await this.#turns.next(askingTenant(), bytes.length);
    return { mediaType, bytes };
  }

  #hold(tenant: string, bytes: number): void {
    this.#inFlight += bytes;
    const held = (this.#inFlightOf.get(tenant) ?? 0) + bytes;
    if (held > 0) this.#inFlightOf.set(tenant, held);
    else this.#inFlightOf.delete(tenant);
  }

  #isFull(tenant: string): boolean {
    const most = this.limits.inFlightBytes;
    return this.#inFlight > most || (tenant !== '' && (this.#inFlightOf.get(tenant) ?? 0) > most / 2);
  }

  /** By events, and not `for await`, which would destroy the connection that the refusal has to go out on. */
  #gather(source: Readable, limit: number): Promise<Buffer> {
    const tenant = askingTenant();
    const chunks: Buffer[] = [];
    let size = 0;
    return new Promise<Buffer>((resolve, reject) => {
      const end = (outcome: Buffer | Fault): void => {
        clearTimeout(timer);
        this.#hold(tenant, -size);
        source.off('data', take).off('end', whole).off('error', cut).off('close', cut);
        if (outcome instanceof Fault) {
          source.on('error', () => undefined).resume(); // what still comes is thrown away
          reject(outcome);
        } else resolve(outcome);
      };
      const take = (chunk: Buffer): void => {
        size += chunk.length;
        this.#hold(tenant, chunk.length);
        chunks.push(chunk);
        if (size > limit) end(tooLarge(limit));
        else if (this.#isFull(tenant))
          end(new Fault('overloaded', 'HTTP_BUSY', 'too many bodies are on their way; send this one again'));
      };
      const whole = (): void => end(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size));
      const cut = (): void => end(new Fault('invalid', 'HTTP_CUT_BODY', 'the body ended before its length'));
      const timer = setTimeout(
        () => end(new Fault('invalid', 'HTTP_SLOW_BODY', 'the body took too long to arrive')),
        this.limits.deadlineMs,
      );
      source.on('data', take).on('end', whole).on('error', cut).on('close', cut);
      if (source.destroyed) cut(); // its events came while the key was being looked up
    });
  }
}

async function unzip(sent: Buffer, limit: number): Promise<Buffer> {
  try {
    // zlib stops as soon as the output is longer than this, so that a bomb never unfolds.
    return await inflate(sent, { maxOutputLength: limit, chunkSize: 128 * 1024 });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit);
    throw new Fault('invalid', 'HTTP_BAD_GZIP', 'the body is not what gzip writes', { cause });
  }
}
