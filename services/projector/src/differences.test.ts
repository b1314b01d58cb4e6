import fc from 'fast-check';
import { differing, type Pair } from './differences';

type Row = Readonly<{ id: number; value: number }>;
async function* iterate(rows: readonly Row[]): AsyncGenerator<Row> {
  yield* rows;
}
async function differencesOf(expected: readonly Row[], found: readonly Row[]): Promise<Array<Pair<Row>>> {
  const all: Array<Pair<Row>> = [];
  const sides = { expected: iterate(expected), found: iterate(found) };
  for await (const pair of differing({
    ...sides,
    compare: (a, b) => a.id - b.id,
    isSame: (a, b) => a.value === b.value,
  }))
    all.push(pair);
  return all;
}

const side = fc
  .uniqueArray(fc.record({ id: fc.nat(20), value: fc.nat(2) }), { selector: ({ id }) => id })
  .map((rows) => [...rows].sort((a, b) => a.id - b.id));

it('finds what is missing, what is too much and what is another, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(side, side, async (expected, found) => {
      const ids = [...new Set([...expected, ...found].map(({ id }) => id))].sort((a, b) => a - b);
      const of = (rows: readonly Row[], id: number) => rows.find((row) => row.id === id) ?? null;
      const pairs = ids
        .map((id) => ({ expected: of(expected, id), found: of(found, id) }))
        .filter((pair) => pair.expected?.value !== pair.found?.value);
      expect(await differencesOf(expected, found)).toEqual(pairs);
    }),
  );
});
