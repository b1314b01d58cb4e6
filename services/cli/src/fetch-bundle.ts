import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Fault } from '@runledger/kernel';
import { request } from 'undici';
import type { CliEnds } from './cli-ends';
import { saveAnswer } from './save-answer';
import { createServer } from './server';

/** Of the server that is configured by the key that it knows; of anybody else without any. */
async function answerOf(ends: CliEnds, url: string): Promise<Readable> {
  const server = createServer(ends);
  const own = `${server.base}/api/v1/`;
  if (url.startsWith(own)) return server.fetch(url.slice(own.length));
  const { statusCode, body } = await request(url, { signal: ends.signal }).catch((cause: unknown) => {
    if (ends.signal.aborted) throw cause;
    throw new Fault('unavailable', 'CLI_AWAY', `nobody answers at ${url}`, { cause });
  });
  if (statusCode === 200) return body;
  await body.dump();
  throw new Fault('invalid', 'CLI_REFUSED', `${url} answered ${statusCode} instead of a bundle`);
}

/** Hands a bundle on as a file: where it lies, or, of an address, for as long as it is needed. */
export async function withBundle<T>(ends: CliEnds, place: string, use: (file: string) => Promise<T>): Promise<T> {
  if (!/^https?:\/\//.test(place)) return use(place);
  const folder = await mkdtemp(join(tmpdir(), 'runledger-bundle-'));
  try {
    const file = join(folder, 'bundle.tar');
    await saveAnswer(ends, await answerOf(ends, place), file, place);
    return await use(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
