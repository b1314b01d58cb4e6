import { interpolate } from './interpolate';
import type { PlotAxis } from './plot-axis';
import { boxOf, boxOption, contourOption, parallelOption, scatterOption } from './plot-options';

const INK = { text: '#000', line: '#ccc', surface: '#fff', accent: '#00f', isDark: false };
const axis = (id: string, values: PlotAxis['values'], more: Partial<PlotAxis> = {}): PlotAxis => ({
  id,
  title: id,
  categories: null,
  values,
  isLog: false,
  ...more,
});
const x = axis('x', [1, 2, null, 4]);
const y = axis('y', [10, 20, 30, 40]);
const opt = axis('opt', [0, 1, 0, 1], { categories: ['adam', 'sgd'] });
const dataOf = (option: unknown, at = 0): unknown[] => {
  const { series } = option as { series: { data: unknown[] } | Array<{ data: unknown[] }> };
  return [series].flat()[at]?.data ?? [];
};

it('draws the runs that have all of what is shown, and knows whose each is', () => {
  expect(dataOf(scatterOption(x, y, opt, INK))).toEqual([
    [1, 10, 0, 0],
    [2, 20, 1, 1],
    [4, 40, 1, 3],
  ]);
  expect(dataOf(parallelOption([opt, x], y, INK))).toEqual([
    [0, 1, 10, 0],
    [1, 2, 20, 1],
    [0, '-', 30, 2],
    [1, 4, 40, 3],
  ]);
});

it('boxes quartiles, with whiskers that end before what lies far beyond', () => {
  expect(boxOf([1, 2, 3, 4, 100])).toEqual([1, 2, 3, 4, 4]);
  expect(boxOf([0.8875, 0.918, 0.9225, 0.9315])[0]).toBeCloseTo(0.910375);
  expect(boxOf([7])).toEqual([7, 7, 7, 7, 7]);
  expect(boxOf([])).toEqual([]);
  expect(dataOf(boxOption(opt, y, INK))).toEqual([
    [10, 15, 20, 25, 30],
    [20, 25, 30, 35, 40],
  ]);
  expect(dataOf(boxOption(axis('n', [8, 16, 8, null]), y, INK), 1)).toEqual([
    [0, 10, 0, 0],
    [1, 20, 0, 1],
    [0, 30, 0, 2],
  ]);
});

it('meets the points between which it interpolates, and stays within their values', () => {
  const points = [
    { x: 1, y: 0, z: 5 },
    { x: 100, y: 1, z: 9 },
    { x: 10, y: 0.5, z: 7 },
  ];
  const field = interpolate(points, { cells: 11, logX: true, logY: false });
  const at = (column: number, row: number) => field.cells.find(([c, r]) => c === column && r === row)?.[2];
  expect([at(0, 0), at(10, 10), at(5, 5)]).toEqual([5, 9, 7]);
  expect(field.xs[5]).toBeCloseTo(10);
  expect(field.places).toEqual([
    [0, 0],
    [10, 10],
    [5, 5],
  ]);
  const twice = interpolate([...points, { x: 1, y: 0, z: 7 }], { cells: 11, logX: true, logY: false });
  expect(twice.cells.find(([c, r]) => c === 0 && r === 0)?.[2]).toBe(6);
  for (const [, , z] of field.cells) expect(z >= 5 && z <= 9).toBe(true);
  expect(dataOf(contourOption(x, opt, y, INK), 1)).toHaveLength(3);
});
