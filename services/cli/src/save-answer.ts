import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Fault } from '@runledger/kernel';
import { createByteMeter } from './byte-meter';
import type { CliEnds } from './cli-ends';

const broken = (cause: unknown): Fault =>
  new Fault(
    'unavailable',
    'CLI_BROKEN_OFF',
    'the answer broke off before its end: the server stopped, or the statement took too much',
    { cause },
  );

/** Writes an answer to stdout, or to a file that appears once it is whole; `name` is what people are told of it. */
export async function saveAnswer(
  ends: CliEnds,
  answer: Readable,
  file: string | undefined,
  name = file ?? '',
): Promise<void> {
  const { out, signal } = ends;
  if (file === undefined) {
    await pipeline(answer, out, { signal, end: false }).catch((error: unknown) => {
      throw signal.aborted ? error : broken(error);
    });
    return;
  }
  const part = `${file}.part`;
  const meter = createByteMeter(ends, name);
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      meter.at(bytes);
      done(null, chunk);
    },
  });
  try {
    await pipeline(answer, counted, createWriteStream(part), { signal });
    await rename(part, file);
    meter.finish();
  } catch (error) {
    await rm(part, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined && /^E(ACCES|NOENT|NOSPC|ISDIR|ROFS|PERM)$/.test(code))
      throw new Fault('invalid', 'CLI_BAD_FILE', `${file} cannot be written: ${code}`);
    throw signal.aborted ? error : broken(error);
  }
}
