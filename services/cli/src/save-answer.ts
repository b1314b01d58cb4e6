import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Fault } from '@runledger/kernel';
import type { CliEnds } from './cli-ends';

const EVERY_MS = 500;

/** Counts what goes through, and tells on stderr while it takes long. */
function createMeter({ err }: CliEnds, name: string) {
  const begun = performance.now();
  let bytes = 0;
  let told = begun + 1_000;
  const line = (): string => {
    const seconds = (performance.now() - begun) / 1_000;
    return `${name}: ${(bytes / 1e6).toFixed(1)} MB in ${seconds.toFixed(1)} s`;
  };
  const tell = (end: string): void => void err.write(err.isTTY ? `\r${line()}${end}` : `${line()}\n`);
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (performance.now() > told + EVERY_MS) {
        told = performance.now();
        tell('');
      }
      done(null, chunk);
    },
  });
  return { meter, finish: () => tell('\n') };
}

const broken = (cause: unknown): Fault =>
  new Fault(
    'unavailable',
    'CLI_BROKEN_OFF',
    'the answer broke off before its end: the server stopped, or the statement took too much',
    { cause },
  );

/** Writes an answer to stdout, or to a file that appears once it is whole. */
export async function saveAnswer(ends: CliEnds, answer: Readable, file: string | undefined): Promise<void> {
  const { out, signal } = ends;
  if (file === undefined) {
    await pipeline(answer, out, { signal, end: false }).catch((error: unknown) => {
      throw signal.aborted ? error : broken(error);
    });
    return;
  }
  const part = `${file}.part`;
  const { meter, finish } = createMeter(ends, file);
  try {
    await pipeline(answer, meter, createWriteStream(part), { signal });
    await rename(part, file);
    finish();
  } catch (error) {
    await rm(part, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined && /^E(ACCES|NOENT|NOSPC|ISDIR|ROFS|PERM)$/.test(code))
      throw new Fault('invalid', 'CLI_BAD_FILE', `${file} cannot be written: ${code}`);
    throw signal.aborted ? error : broken(error);
  }
}
