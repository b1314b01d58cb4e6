import { createHash } from 'node:crypto';
import { Fault, isFault } from '@runledger/kernel';
import type { Stored } from './artifacts';

const tooLarge = (maxBytes: number): Fault =>
  new Fault('too-large', 'ARTIFACTS_TOO_LARGE', `an artifact may have at most ${maxBytes} bytes`);

const cut = (cause: unknown): Fault =>
  isFault(cause)
    ? cause
    : new Fault('invalid', 'ARTIFACTS_CUT', 'the upload ended before its end; nothing was stored', { cause });

/**
 * Hands every chunk on, one after another, and answers what the bytes were. Tells a stream that failed (the client's
 * doing, a Fault) from a store that did: what `write` throws is thrown as it is.
 * @throws Fault too-large ARTIFACTS_TOO_LARGE, invalid ARTIFACTS_CUT, or the stream's own Fault
 */
export async function readUpload(
  bytes: AsyncIterable<Uint8Array>,
  maxBytes: number,
  write: (chunk: Uint8Array) => Promise<void>,
): Promise<Stored> {
  const hash = createHash('sha256');
  let size = 0;
  let failure: { error: unknown } | undefined;
  try {
    for await (const chunk of bytes) {
      size += chunk.length;
      if (size > maxBytes) failure = { error: tooLarge(maxBytes) };
      hash.update(chunk);
      failure ??= await write(chunk).then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
      if (failure !== undefined) break;
    }
  } catch (cause) {
    failure ??= { error: cut(cause) };
  }
  if (failure !== undefined) throw failure.error;
  return { digest: `sha256:${hash.digest('hex')}`, size };
}
