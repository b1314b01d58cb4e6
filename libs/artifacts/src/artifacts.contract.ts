import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Fault } from '@runledger/kernel';
import type { Artifacts } from './artifacts';

export const digestOf = (bytes: Uint8Array | string): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

async function* chunksOf(...chunks: string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

async function* cutAfter(...chunks: string[]): AsyncGenerator<Uint8Array> {
  yield* chunksOf(...chunks);
  throw new Error('aborted');
}

/** What every implementation of the port promises. */
export function artifactsContract(open: () => Promise<Artifacts>): void {
  let artifacts: Artifacts;
  beforeEach(async () => {
    artifacts = await open();
  });
  const read = async (digest: string, range?: { first: number; last: number }): Promise<string> =>
    text((await artifacts.open(digest, range)).stream);

  it('keeps bytes by their digest', async () => {
    const stored = await artifacts.put(chunksOf('weights of ', 'a network'));
    expect(stored).toEqual({ digest: digestOf('weights of a network'), size: 20 });
    expect(await artifacts.has(stored.digest)).toBe(true);
    expect(await read(stored.digest)).toBe('weights of a network');
  });

  it('keeps nothing as well', async () => {
    const stored = await artifacts.put(chunksOf());
    expect(stored).toEqual({ digest: digestOf(''), size: 0 });
    expect(await read(stored.digest)).toBe('');
  });

  it('takes the same bytes again, also from many at once', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => artifacts.put(chunksOf('the same'))));
    expect(new Set(all.map(({ digest }) => digest))).toEqual(new Set([digestOf('the same')]));
    expect(await read(digestOf('the same'))).toBe('the same');
  });

  it('keeps large bytes exactly', async () => {
    const bytes = Buffer.alloc(5_000_000, 'runledger ');
    const stored = await artifacts.put(Readable.from([bytes.subarray(0, 1), bytes.subarray(1)]));
    expect(stored).toEqual({ digest: digestOf(bytes), size: bytes.length });
    expect(digestOf(await read(stored.digest))).toBe(stored.digest);
  });

  it('shows nothing of an upload that is cut', async () => {
    await expect(artifacts.put(cutAfter('half of ', 'it'))).rejects.toMatchObject({
      kind: 'invalid',
      code: 'ARTIFACTS_CUT',
    });
    for (const part of ['half of ', 'half of it']) expect(await artifacts.has(digestOf(part))).toBe(false);
  });

  it('passes on the reason that the stream itself gives', async () => {
    const reason = new Fault('invalid', 'HTTP_CUT_BODY', 'the body ended before its length');
    await expect(artifacts.put(failing(reason))).rejects.toBe(reason);
  });

  it('refuses what is larger than it may be, and takes what is just as large', async () => {
    expect(await artifacts.put(chunksOf('four'), { maxBytes: 4 })).toMatchObject({ size: 4 });
    await expect(artifacts.put(chunksOf('fi', 've!'), { maxBytes: 4 })).rejects.toMatchObject({
      kind: 'too-large',
      code: 'ARTIFACTS_TOO_LARGE',
    });
    expect(await artifacts.has(digestOf('five!'))).toBe(false);
  });

  it('reads ranges', async () => {
    const { digest } = await artifacts.put(chunksOf('0123456789'));
    expect(await read(digest, { first: 2, last: 4 })).toBe('234');
    expect(await read(digest, { first: 9, last: 9 })).toBe('9');
    expect(await read(digest, { first: 8, last: 100 })).toBe('89');
    const { stream, size } = await artifacts.open(digest, { first: 0, last: 0 });
    expect([size, await text(stream)]).toEqual([10, '0']);
  });

  it.each([
    [10, 11],
    [3, 2],
    [-1, 2],
    [0.5, 2],
    [0, Number.NaN],
  ])('refuses the range %p to %p of ten bytes', async (first, last) => {
    const { digest } = await artifacts.put(chunksOf('0123456789'));
    await expect(artifacts.open(digest, { first, last })).rejects.toMatchObject({ code: 'ARTIFACTS_BAD_RANGE' });
  });

  it('takes bytes away, and what was never there, and takes the same bytes again', async () => {
    const { digest } = await artifacts.put(chunksOf('to be erased'));
    const other = await artifacts.put(chunksOf('to be kept'));
    for (let times = 0; times < 2; times++) await artifacts.remove(digest);
    expect([await artifacts.has(digest), await artifacts.has(other.digest)]).toEqual([false, true]);
    await expect(artifacts.open(digest)).rejects.toMatchObject({ code: 'ARTIFACTS_MISSING' });
    await artifacts.put(chunksOf('to be erased'));
    expect(await read(digest)).toBe('to be erased');
  });

  it('says when there are no such bytes', async () => {
    expect(await artifacts.has(digestOf('never stored'))).toBe(false);
    await expect(artifacts.open(digestOf('never stored'))).rejects.toMatchObject({
      kind: 'missing',
      code: 'ARTIFACTS_MISSING',
    });
  });

  it.each([
    '',
    'sha256:',
    '../../../../etc/passwd',
    'sha256:../../../../etc/passwd',
    `sha256:${'../'.repeat(21)}a`,
    `sha256:${'A'.repeat(64)}`,
    `sha256:${'a'.repeat(63)}`,
    `sha256:${'a'.repeat(65)}`,
    `sha256:${'a'.repeat(64)}\n`,
    `sha512:${'a'.repeat(64)}`,
    `sha256:${'a'.repeat(61)}/..`,
  ])('refuses %j as a digest', async (digest) => {
    const refusal = { kind: 'invalid', code: 'ARTIFACTS_BAD_DIGEST' };
    await expect(artifacts.open(digest)).rejects.toMatchObject(refusal);
    await expect(artifacts.has(digest)).rejects.toMatchObject(refusal);
    await expect(artifacts.remove(digest)).rejects.toMatchObject(refusal);
    await expect(artifacts.locks.until(digest)).rejects.toMatchObject(refusal);
  });

  it('says of bytes that nobody has locked that they are not, and of others that they are missing', async () => {
    const { digest } = await artifacts.put(chunksOf('not locked'));
    expect(await artifacts.locks.until(digest)).toBeNull();
    await expect(artifacts.locks.until(digestOf('never stored'))).rejects.toMatchObject({ code: 'ARTIFACTS_MISSING' });
  });
}

async function* failing(reason: Fault): AsyncGenerator<Uint8Array> {
  yield Buffer.from('a');
  throw reason;
}

/** What a store that locks nothing promises: that it says so, and what to do. */
export function noLocksContract(open: () => Promise<Artifacts>, told: RegExp): void {
  it('locks nothing, and says what would', async () => {
    const artifacts = await open();
    const { locks } = artifacts;
    const { digest } = await artifacts.put(chunksOf('not to be locked'));
    const refusal = { kind: 'conflict', code: 'ARTIFACTS_NO_LOCK', message: expect.stringMatching(told) as string };
    await expect(locks.check()).rejects.toMatchObject(refusal);
    await expect(locks.lock(digest, new Date(Date.now() + 60_000))).rejects.toMatchObject(refusal);
    expect(await locks.until(digest)).toBeNull();
    await artifacts.remove(digest);
    expect(await artifacts.has(digest)).toBe(false);
  });
}

/** What a store with locks promises. */
export function locksContract(open: () => Promise<Artifacts>): void {
  const inSeconds = (seconds: number): Date => new Date((Math.floor(Date.now() / 1000) + seconds) * 1000);
  const locked = { kind: 'forbidden', code: 'ARTIFACTS_LOCKED' };

  it('keeps bytes until the end of their lock, and no longer', async () => {
    const artifacts = await open();
    const { locks } = artifacts;
    await locks.check();
    const { digest } = await artifacts.put(chunksOf('to be locked'));
    const until = inSeconds(3);
    expect(await locks.lock(digest, until)).toEqual(until);
    expect(await locks.until(digest)).toEqual(until);
    await expect(artifacts.remove(digest)).rejects.toMatchObject(locked);
    expect(await artifacts.has(digest)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, until.getTime() - Date.now() + 1_100));
    await artifacts.remove(digest);
    expect(await artifacts.has(digest)).toBe(false);
  });

  it('makes a lock longer and never shorter, also when the same bytes are stored again and by many at once', async () => {
    const artifacts = await open();
    const { locks } = artifacts;
    const { digest } = await artifacts.put(chunksOf('to be locked longer'));
    const [hour, day] = [inSeconds(3_600), inSeconds(86_400)];
    await locks.lock(digest, hour);
    await artifacts.put(chunksOf('to be locked longer'));
    expect(await locks.until(digest)).toEqual(hour);
    expect(await locks.lock(digest, day)).toEqual(day);
    expect(await locks.lock(digest, hour)).toEqual(day);
    await Promise.all(Array.from({ length: 5 }, () => artifacts.put(chunksOf('to be locked longer'))));
    expect(await locks.until(digest)).toEqual(day);
    await expect(artifacts.remove(digest)).rejects.toMatchObject(locked);
    await expect(locks.lock(digestOf('never stored'), day)).rejects.toMatchObject({ code: 'ARTIFACTS_MISSING' });
  });
}
