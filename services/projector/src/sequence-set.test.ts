import fc from 'fast-check';
import { SequenceSet } from './sequence-set';

describe('the sequences of a writer', () => {
  it('hold what was added, whatever the order, and print as Postgres does', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 60 })), (sequences) => {
        const set = new SequenceSet();
        for (const sequence of sequences) set.add(sequence);
        const again = SequenceSet.parse(set.toString());
        for (let i = 0; i <= 61; i++) {
          expect(set.has(i)).toBe(sequences.includes(i));
          expect(again.has(i)).toBe(sequences.includes(i));
        }
        const gaps = new Set(sequences.filter((s) => !sequences.includes(s + 1)));
        expect(set.toString().match(/\[/g)?.length ?? 0).toBe(gaps.size);
      }),
    );
  });
});
