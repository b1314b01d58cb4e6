import { FACTS } from '@runledger/contracts';
import { paramParts, tagParts } from './split-facts';

describe('params and tags', () => {
  it('fit into their events, however many and long they are', () => {
    const many = Object.fromEntries(Array.from({ length: 25_000 }, (_, i) => [`p${i}`, i]));
    const long = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`long${i}`, 'x'.repeat(100_000)]));
    const parts = [...paramParts({ ...many, ...long })];
    for (const params of parts) {
      expect(FACTS['params.logged'].data.safeParse({ params }).success).toBe(true);
      expect(JSON.stringify(params).length).toBeLessThan(400_000);
    }
    expect(parts.flat()).toHaveLength(25_030);
    expect(parts.flat()[24_999]).toEqual({ key: 'p24999', value: 24_999 });
  });

  it('keep what JSON cannot carry as text', () => {
    const [part] = paramParts({ nan: Number.NaN, down: -Infinity, big: 2n ** 60n, ok: 1.5, yes: true });
    expect(part?.map(({ value }) => value)).toEqual(['NaN', '-Infinity', '1152921504606846976', 1.5, true]);
  });

  it('make no event of nothing', () => {
    expect([...paramParts({}), ...tagParts({})]).toEqual([]);
  });
});
