import { createLogger } from '@runledger/kernel';
import { hashOfKey } from './hash-of-key';
import { createKeyAuthenticator, keyOfHeader } from './key-authenticator';
import { createKeyTable } from './key-table';
import type { LiveKey } from './live-key';

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

describe('the key of a header', () => {
  it.each<[string | undefined, string | undefined]>([
    ['Bearer rlk_abc', 'rlk_abc'],
    ['bearer   rlk_abc', 'rlk_abc'],
    [basic('anyone:rlk_abc'), 'rlk_abc'],
    [basic(':rlk:with:colons'), 'rlk:with:colons'],
    [basic('rlk_abc'), undefined],
    [basic('user:'), undefined],
    ['Bearer', undefined],
    ['Bearer ', undefined],
    ['Bearer a b', undefined],
    ['Digest rlk_abc', undefined],
    ['rlk_abc', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('of %s is %s', (header, key) => expect(keyOfHeader(header)).toBe(key));

  it('is none where the header is longer than any key', () => {
    expect(keyOfHeader(`Bearer ${'x'.repeat(5_000)}`)).toBeUndefined();
  });
});

const liveKey = (key: string, expiresAt?: number, of: LiveKey['of'] = 'key'): LiveKey => ({
  id: key,
  of,
  hash: hashOfKey(key).toString('base64'),
  expiresAt,
  identity: { workspace: 'w', actor: key, permissions: new Map() },
});

/** A table over a store that the test holds in its hands, on a clock that it moves. */
function scene() {
  const state = { now: 1_000_000, keys: [liveKey('first-key')], down: false, reads: 0, looks: 0 };
  const store = {
    live: async () => {
      state.reads++;
      if (state.down) throw new Error('connection refused');
      return state.keys;
    },
    holds: async (hashes: readonly string[]) => {
      state.looks++;
      if (state.down) throw new Error('connection refused');
      return state.keys.some(({ hash }) => hashes.includes(hash));
    },
  };
  const now = () => state.now;
  const sleep = async (ms: number) => {
    state.now += ms;
  };
  const table = createKeyTable(store, createLogger('access', 'silent'), { now, sleep });
  const authenticator = createKeyAuthenticator(table, undefined, now);
  const uses = (key: string): Promise<string> =>
    authenticator.authenticate({ method: 'GET', headers: { authorization: `Bearer ${key}` } }).then(
      (who) => who.actor,
      (fault: { code: string }) => fault.code,
    );
  return { state, uses };
}

const NO = 'ACCESS_BAD_CREDENTIALS';

describe('the table of keys', () => {
  it('is read once for many requests', async () => {
    const { state, uses } = scene();
    for (let i = 0; i < 100; i++) expect(await uses('first-key')).toBe('first-key');
    expect(state.reads).toBe(1);
  });

  it('knows of a revocation within five seconds, in use or not', async () => {
    for (const step of [100, 5_000]) {
      const { state, uses } = scene();
      await uses('first-key');
      state.keys = [];
      for (let waited = 0; waited < 5_000; waited += step) {
        state.now += step;
        await uses('first-key');
      }
      expect(await uses('first-key')).toBe(NO);
    }
  });

  it('knows a new key at once', async () => {
    const { state, uses } = scene();
    await uses('first-key');
    state.keys = [...state.keys, liveKey('second-key')];
    state.now += 1;
    expect(await uses('second-key')).toBe('second-key');
  });

  it('is not read for a flood of wrong keys, which are looked for together', async () => {
    const { state, uses } = scene();
    await uses('first-key');
    const begun = state.now;
    for (let i = 0; i < 1_000; i++) {
      state.now += 1;
      expect(await Promise.all([uses(`wrong-${i}`), uses(`false-${i}`), uses('first-key')])).toEqual([
        NO,
        NO,
        'first-key',
      ]);
    }
    const seconds = (state.now - begun) / 1_000;
    expect(state.looks).toBeLessThanOrEqual(1 + 4 * seconds);
    expect(state.reads).toBeLessThanOrEqual(2 + seconds);
  });

  it('refuses a key from the moment it expires', async () => {
    const { state, uses } = scene();
    state.keys = [liveKey('short', state.now + 50)];
    expect(await uses('short')).toBe('short');
    state.now += 50;
    expect(await uses('short')).toBe(NO);
  });

  it('serves on while the database is away, and then says that it cannot', async () => {
    const { state, uses } = scene();
    await uses('first-key');
    state.down = true;
    state.now += 60_000;
    expect([await uses('first-key'), await uses('wrong')]).toEqual(['first-key', NO]);
    state.now += 600_000;
    expect(await uses('first-key')).toBe('ACCESS_KEYS_AWAY');
    state.down = false;
    state.now += 2_000;
    expect(await uses('first-key')).toBe('first-key');
  });

  it('lets nobody in before it was read', async () => {
    const { state, uses } = scene();
    state.down = true;
    expect(await uses('first-key')).toBe('ACCESS_KEYS_AWAY');
  });
});
