import type { Place, Version } from '@runledger/contracts';
import fc from 'fast-check';
import { createHistory } from './history';

const place = (offset: number): Place => ({ offset, ordinal: 0, time: offset, actor: 'a' });
const key = (name: string) => ({ workspace: 'w', id: 'r', name });
type Op = Readonly<{ name: string; value: string | null }>;

/** A store of versions, as the tables are one. */
function storeAfter(batches: ReadonlyArray<readonly Op[]>): Array<Version<string>> {
  let rows: Array<Version<string>> = [];
  let offset = 0;
  for (const ops of batches) {
    const history = createHistory(rows.filter((row) => row.to === null));
    for (const { name, value } of ops) {
      const at = place(offset++);
      if (value === null) history.drop(key(name), at);
      else history.put(key(name), value, at);
    }
    const { closed, opened } = history.change();
    rows = rows.map((row) => {
      const end = closed.find((c) => row.to === null && c.name === row.name && c.from.offset === row.from.offset);
      return end === undefined ? row : { ...row, to: end.to };
    });
    rows.push(...opened);
  }
  return rows.sort((a, b) => a.from.offset - b.from.offset);
}

const op = fc.record({ name: fc.constantFrom('a', 'b'), value: fc.option(fc.constantFrom('1', '2')) });

describe('a history', () => {
  it('is the same wherever it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.array(op)), (batches) => {
        expect(storeAfter(batches)).toEqual(storeAfter([batches.flat()]));
      }),
    );
  });

  it('holds at every place what was last put there, and each place once', () => {
    fc.assert(
      fc.property(fc.array(op), (ops) => {
        const rows = storeAfter([ops]);
        const now = new Map<string, string>();
        ops.forEach(({ name, value }, offset) => {
          if (value === null) now.delete(name);
          else now.set(name, value);
          const held = rows.filter((r) => r.from.offset <= offset && (r.to === null || r.to.offset > offset));
          expect(new Map(held.map((r) => [r.name, r.value]))).toEqual(now);
          expect(held).toHaveLength(now.size);
        });
      }),
    );
  });

  it('has no version for the same value again', () => {
    const twice = [
      { name: 'a', value: '1' },
      { name: 'a', value: '1' },
    ];
    expect(storeAfter([twice, twice])).toHaveLength(1);
  });
});
