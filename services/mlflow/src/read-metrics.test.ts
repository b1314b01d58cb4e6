import { readMetrics } from './read-metrics';

const metric = (more: object = {}) => ({ key: 'loss', value: 0.5, timestamp: 7, step: 1, ...more });
const refusal = (items: unknown[]): unknown => {
  try {
    return readMetrics(items);
  } catch (error) {
    return (error as { code: string; message: string }).message;
  }
};

it('reads columns exactly, in order', () => {
  const read = readMetrics([
    metric(),
    metric({ key: 'acc', value: 'NaN', step: '9223372036854775807' }),
    metric({ value: '-Infinity', timestamp: '-9223372036854775808', step: undefined, unknown: 1 }),
    metric({ value: -0, step: null }),
    metric({ value: '123456789012345680000', step: -(2 ** 63) }),
  ]);
  expect(read.keys).toEqual(['loss', 'acc']);
  expect([...read.keyIndex]).toEqual([0, 1, 0, 0, 0]);
  expect([...read.values]).toEqual([0.5, Number.NaN, Number.NEGATIVE_INFINITY, -0, 123456789012345680000]);
  expect([...read.steps]).toEqual([1n, 9223372036854775807n, 0n, 0n, -9223372036854775808n]);
  expect([...read.times]).toEqual([7n, 7n, -9223372036854775808n, 7n, 7n]);
});

it.each([
  [{ key: '' }, 'key'],
  [{ key: undefined }, 'key'],
  [{ key: 'a\u0000' }, 'key'],
  [{ value: '0.5' }, 'value'],
  [{ value: null }, 'value'],
  [{ timestamp: undefined }, 'timestamp'],
  [{ step: 0.5 }, 'step'],
  [{ step: '9223372036854775808' }, 'step'],
  [{ step: 2 ** 63 }, 'step'],
  [{ timestamp: 'now' }, 'timestamp'],
])('refuses %p and says where', (more, named) => {
  expect(refusal([metric(), metric(more)])).toMatch(new RegExp(`metrics\\[1\\].*${named}`));
});

it('refuses what is no metric', () => {
  for (const item of [null, 1, 'loss']) expect(refusal([item])).toMatch(/metrics\[0\]/);
});
