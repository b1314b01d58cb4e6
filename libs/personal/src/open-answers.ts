import { Transform, type TransformCallback } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { SEALED_MARK } from '@runledger/contracts';
import type { PersonalData } from './personal-data';

const inJson = (said: string): string => JSON.stringify(said).slice(1, -1);
const inPlainText = (said: string): string => said;

/** How texts stand in answers of each kind. Whatever is not here is sent as it is kept: bytes, archives, pages. */
const WRITERS: ReadonlyArray<readonly [mediaType: RegExp, write: (said: string) => string]> = [
  [/^application\/(?:[\w.+-]*\+)?json\b/, inJson],
  [/^application\/(?:x-)?ndjson\b/, inJson],
  [/^text\/event-stream\b/, inJson],
  [/^text\/csv\b/, (said) => said.replaceAll('"', '""')],
  [/^text\/plain\b/, inPlainText],
];

const writerOf = (mediaType: string) => WRITERS.find(([pattern]) => pattern.test(mediaType))?.[1];

/** Characters at the end of a piece that may be the beginning of a sealed text. */
function unfinished(text: string): number {
  const last = text.lastIndexOf(SEALED_MARK);
  if (last >= 0 && text.slice(last).split('~').length < 5) return text.length - last;
  for (let length = Math.min(SEALED_MARK.length - 1, text.length); length > 0; length--)
    if (SEALED_MARK.startsWith(text.slice(-length))) return length;
  return 0;
}

/** A piece that has so much unfinished is passed on: no sealed text is that long. */
const MOST_HELD = 500_000;

class OpeningStream extends Transform {
  readonly #decoder = new StringDecoder('utf8');
  #held = '';

  constructor(private readonly open: (text: string) => Promise<string>) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const text = this.#held + this.#decoder.write(chunk);
    const held = unfinished(text);
    const cut = held > MOST_HELD ? text.length : text.length - held;
    this.#held = text.slice(cut);
    this.#send(text.slice(0, cut), done);
  }

  override _flush(done: TransformCallback): void {
    this.#send(this.#held + this.#decoder.end(), done);
  }

  #send(text: string, done: TransformCallback): void {
    if (!text.includes(SEALED_MARK)) {
      done(null, text);
      return;
    }
    this.open(text).then(
      (opened) => done(null, opened),
      (error: unknown) => done(error as Error),
    );
  }
}

type Piped = NodeJS.ReadableStream & { destroy?(error?: Error): void };
const isStream = (payload: unknown): payload is Piped =>
  typeof payload === 'object' && payload !== null && 'pipe' in payload;

/** Opens what of an answer is sealed, for whoever reads in this workspace. Undefined: nothing is, and it is sent as it is. */
export type OpenAnswer = (workspace: string, mediaType: string, payload: unknown) => Promise<unknown> | undefined;

export function createOpenAnswer(personal: PersonalData): OpenAnswer {
  return (workspace, mediaType, payload) => {
    const write = writerOf(mediaType);
    if (write === undefined) return undefined;
    const open = (text: string): Promise<string> => personal.opened(workspace, text, write);
    if (typeof payload === 'string' || Buffer.isBuffer(payload))
      return payload.includes(SEALED_MARK) ? open(payload.toString()) : undefined;
    if (!isStream(payload)) return undefined;
    const opening = new OpeningStream(open);
    payload.on('error', (error: Error) => opening.destroy(error));
    opening.on('close', () => payload.destroy?.());
    return Promise.resolve(payload.pipe(opening));
  };
}
