import { segmentsOf } from './segments';

const span = (writer: number, [firstStep, lastStep]: [number, number], [firstTime, lastTime]: [number, number]) => ({
  writer,
  firstStep: BigInt(firstStep),
  lastStep: BigInt(lastStep),
  firstTime: BigInt(firstTime),
  lastTime: BigInt(lastTime),
});
const endsOf = (...spans: Array<ReturnType<typeof span>>) =>
  segmentsOf(spans).map(({ writer, supersededFrom, supersededBy }) => [writer, supersededFrom, supersededBy]);

it('are superseded from the step at which a later process began', () => {
  expect(endsOf(span(1, [0, 100], [0, 50]), span(2, [60, 200], [70, 90]))).toEqual([
    [1, 60n, [2]],
    [2, null, []],
  ]);
});

it('are superseded by the earliest of several restarts', () => {
  const [first, second, third] = [span(1, [0, 100], [0, 10]), span(2, [60, 90], [20, 30]), span(3, [30, 40], [40, 50])];
  expect(endsOf(first, second, third)).toEqual([
    [1, 30n, [2, 3]],
    [2, 30n, [3]],
    [3, null, []],
  ]);
});

it('all count where writers log side by side, or go on behind each other', () => {
  expect(endsOf(span(1, [0, 100], [0, 50]), span(2, [0, 90], [1, 40])).map(([, from]) => from)).toEqual([null, null]);
  expect(endsOf(span(1, [0, 100], [0, 50]), span(2, [101, 200], [60, 90])).map(([, from]) => from)).toEqual([
    null,
    null,
  ]);
});
