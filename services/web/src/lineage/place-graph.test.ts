import fc from 'fast-check';
import { apart, BOX, placeGraph, stepFrom } from './place-graph';

const touching = (ids: readonly string[], arrows: ReadonlyArray<{ from: string; to: string }>): string[] => {
  const places = [...placeGraph(ids, arrows).places.values()];
  return places.flatMap((a, at) =>
    places
      .slice(at + 1)
      .filter((b) => Math.abs(a.x - b.x) < BOX.width && Math.abs(a.y - b.y) < BOX.height)
      .map((b) => `${a.id} ${b.id}`),
  );
};
const named = (count: number): string[] => Array.from({ length: count }, (_, at) => `n${at}`);

it('puts what was there first left of what came of it, and moves along arrows by keys', () => {
  const arrows = [
    { from: 'data', to: 'run' },
    { from: 'data', to: 'other' },
    { from: 'run', to: 'model' },
    { from: 'data', to: 'model' },
  ];
  const placed = placeGraph(['model', 'other', 'run', 'data'], arrows);
  expect(['data', 'run', 'other', 'model'].map((id) => placed.places.get(id)?.column)).toEqual([0, 1, 1, 2]);
  expect(stepFrom('model', 'ArrowLeft', placed)).toBe('run');
  expect(stepFrom('data', 'ArrowLeft', placed)).toBeUndefined();
  expect(stepFrom('data', 'x', placed)).toBeUndefined();
  expect([stepFrom('run', 'ArrowUp', placed), stepFrom('run', 'ArrowDown', placed)]).toContain('other');
});

it('places every thing once, and no two boxes touch, whatever the arrows, circles too', () => {
  const graph = fc.integer({ min: 1, max: 40 }).chain((count) => {
    const id = fc.integer({ min: 0, max: count - 1 }).map((at) => `n${at}`);
    return fc.record({
      ids: fc.constant(named(count)),
      arrows: fc.array(fc.record({ from: id, to: id }), { maxLength: 120 }),
    });
  });
  fc.assert(
    fc.property(graph, ({ ids, arrows }) => {
      expect([...placeGraph(ids, arrows).places.keys()].sort()).toEqual([...ids].sort());
      expect(touching(ids, arrows)).toEqual([]);
    }),
  );
});

it('takes a chain of a thousand, an empty graph, and arrows of unknown things', () => {
  const ids = named(1_000);
  const chain = ids.slice(1).map((to, at) => ({ from: `n${at}`, to }));
  expect(placeGraph(ids, chain).columns).toHaveLength(1_000);
  expect(placeGraph([], []).places.size).toBe(0);
  expect(placeGraph(['a'], [{ from: 'a', to: 'b' }]).places.size).toBe(1);
});

it('lays out 500 things with 1,500 arrows within a second', () => {
  const ids = named(500);
  const arrows = Array.from({ length: 1_500 }, (_, at) => {
    const from = (at * 7_919) % 500;
    return { from: `n${from}`, to: `n${(from + 1 + ((at * 31) % 60)) % 500}` };
  });
  const began = performance.now();
  placeGraph(ids, arrows);
  expect(performance.now() - began).toBeLessThan(1_000);
  expect(touching(ids, arrows)).toEqual([]);
});

it('keeps wishes that fit, and shares out what is too narrow', () => {
  expect(apart([0, 100, 300])).toEqual([0, 100, 300]);
  expect(apart([50, 50])).toEqual([24, 76]);
});
