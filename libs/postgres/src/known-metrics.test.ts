import fc from 'fast-check';
import { createKnownMetrics } from './known-metrics';

/** The engine's table of names, which counts how often it is asked. */
function table(names: readonly string[]) {
  const rows = names.map((key, i) => ({ key, number: String(i) }));
  const bytes = (a: { key: string }, b: { key: string }) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key));
  let asked = 0;
  const query = async (sql: string, values: unknown[]) => {
    asked++;
    const wanted = values.at(-1) as string[];
    const found = rows.filter(({ key, number }) => wanted.includes(sql.includes('number = any') ? number : key));
    return found.sort(bytes);
  };
  return { source: { query } as Parameters<typeof createKnownMetrics>[0], asked: () => asked };
}

it('asks for a number once, and for one that is not there again', async () => {
  const { source, asked } = table(['loss', 'acc']);
  const known = createKnownMetrics(source);
  const numbers = new Map([
    ['acc', 1],
    ['loss', 0],
  ]);
  expect(await known.numbersOf('w', ['loss', 'acc'])).toEqual(numbers);
  expect(await known.numbersOf('w', ['acc', 'loss'])).toEqual(numbers);
  expect(asked()).toBe(1);
  expect(await known.numbersOf('w', ['loss', 'new'])).toEqual(new Map([['loss', 0]]));
  expect(await known.numbersOf('w', ['loss', 'new'])).toEqual(new Map([['loss', 0]]));
  expect(asked()).toBe(3);
});

it('keeps workspaces apart', async () => {
  const { source, asked } = table(['loss']);
  const known = createKnownMetrics(source);
  await known.numbersOf('w', ['loss']);
  await known.numbersOf('other', ['loss']);
  expect(asked()).toBe(2);
});

it('gives names from memory in the order in which the engine gives them', async () => {
  const char = fc.constantFrom('a', 'b', 'Z', 'é', '\u{e000}', '\u{ffff}', '\u{10000}', '\u{1f600}', '~');
  const name = fc.string({ unit: char, minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(name, { minLength: 1, maxLength: 12 }), async (names) => {
      const { source, asked } = table(names);
      const known = createKnownMetrics(source);
      const numbers = names.map((_, i) => String(i));
      const first = [...(await known.namesOf(numbers))];
      expect([...(await known.namesOf(numbers))]).toEqual(first);
      expect(asked()).toBe(1);
    }),
  );
});
