import { isFault } from '@runledger/kernel';
import fc from 'fast-check';
import { decodePositionToken, encodePositionToken, mergePositions } from './position';

const position = fc.record({
  topic: fc.constantFrom('runledger.runs.v1', 'runledger.metrics.v1', 'a', 'Z'),
  partition: fc.nat(5),
  offset: fc.maxSafeNat(),
});
const token = fc.record({
  incarnation: fc.string({ minLength: 1, maxLength: 64 }),
  log: fc.array(position, { maxLength: 20 }),
  journal: fc.array(
    fc.record({ workspace: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/), journalseq: fc.maxSafeNat() }),
    {
      maxLength: 3,
    },
  ),
});

const isRefusal = (run: () => unknown): boolean => {
  try {
    run();
    return false;
  } catch (error) {
    return isFault(error) && error.kind === 'invalid' && error.code === 'CONTRACTS_BAD_POSITION';
  }
};

describe('position tokens', () => {
  it('come back as they were given, the highest offset of each partition', () => {
    fc.assert(
      fc.property(token, (given) => {
        const text = encodePositionToken(given);
        expect(text).toMatch(/^p1\.[A-Za-z0-9_-]+$/);
        expect(decodePositionToken(text)).toEqual({ ...given, log: mergePositions(given.log) });
        expect(encodePositionToken(decodePositionToken(text))).toBe(text);
      }),
    );
  });

  it('refuse whatever was never given out, and nothing else happens', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `p1.${text}`),
          fc.json().map((json) => `p1.${Buffer.from(json).toString('base64url')}`),
        ),
        (text) => {
          if (!isRefusal(() => decodePositionToken(text))) expect(() => decodePositionToken(text)).not.toThrow();
        },
      ),
      { numRuns: 1_000 },
    );
    const encoded = (value: unknown) => `p1.${Buffer.from(JSON.stringify(value)).toString('base64url')}`;
    for (const body of [
      ['', [], []],
      ['i', [['t', -1, 0]], []],
      ['i', [['t', 0, 1.5]], []],
      ['i', [['t', 0, 2 ** 53]], []],
      ['i', [['t', 0]], []],
      ['i', [], [['w', '1']]],
      ['i', [], [], []],
      { 0: 'i' },
    ])
      expect(isRefusal(() => decodePositionToken(encoded(body)))).toBe(true);
    expect(isRefusal(() => decodePositionToken(`p1.${'A'.repeat(70_000)}`))).toBe(true);
  });
});

describe('merged positions', () => {
  it('have one place a partition, the highest, in one order', () => {
    fc.assert(
      fc.property(fc.array(position), (positions) => {
        const merged = mergePositions(positions);
        expect(mergePositions([...positions].reverse())).toEqual(merged);
        expect(new Set(merged.map((p) => `${p.topic}/${p.partition}`)).size).toBe(merged.length);
        for (const p of positions)
          expect(merged.find((m) => m.topic === p.topic && m.partition === p.partition)?.offset).toBeGreaterThanOrEqual(
            p.offset,
          );
      }),
    );
  });
});
