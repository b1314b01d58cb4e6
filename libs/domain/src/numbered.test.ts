import fc from 'fast-check';
import { everyNumbered, type Numbered, noneNumbered, numbered, withNumbered } from './numbered';

it('is a map by number that no change touches', () => {
  const change = fc.tuple(fc.integer({ min: 1, max: 200 }), fc.option(fc.nat()));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 100 }), (changes) => {
      const map = new Map<number, number>();
      let list: Numbered<number> = noneNumbered;
      const before: Array<readonly [Numbered<number>, string]> = [];
      for (const [number, value] of changes) {
        before.push([list, JSON.stringify(list)]);
        list = withNumbered(list, number, value);
        if (value === null) map.delete(number);
        else map.set(number, value);
      }
      for (let number = 1; number <= 201; number++) expect(numbered(list, number)).toBe(map.get(number) ?? null);
      expect(list.last).toBe(Math.max(0, ...changes.map(([number]) => number)));
      expect([...everyNumbered(list)]).toEqual([...map].sort(([a], [b]) => a - b));
      for (const [old, text] of before) expect(JSON.stringify(old)).toBe(text);
    }),
  );
});
