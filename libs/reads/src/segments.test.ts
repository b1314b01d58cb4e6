import { mayHaveRestarted, segmentsOf, sharingOf } from './segments';

const span = (writer: number, [firstStep, lastStep]: [number, number], [firstTime, lastTime]: [number, number]) => ({
  writer,
  firstStep: BigInt(firstStep),
  lastStep: BigInt(lastStep),
  firstTime: BigInt(firstTime),
  lastTime: BigInt(lastTime),
});
const endsOf = (...spans: Array<ReturnType<typeof span>>) =>
  segmentsOf(spans, () => true).map(({ writer, supersededFrom, supersededBy }) => [
    writer,
    supersededFrom,
    supersededBy,
  ]);

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

it('are not superseded by a process that has logged none of their metrics', () => {
  const [training, evaluation] = [span(1, [0, 100], [0, 50]), span(2, [0, 0], [60, 60])];
  const fromOf = (sets: number[][]) =>
    segmentsOf([training, evaluation], sharingOf(sets)).map(({ supersededFrom }) => supersededFrom);
  expect(fromOf([])).toEqual([null, null]);
  expect(
    fromOf([
      [1, 3],
      [2, 3],
    ]),
  ).toEqual([null, null]);
  expect(fromOf([[1, 2, 3]])).toEqual([0n, null]);
  expect([
    mayHaveRestarted([training, evaluation]),
    mayHaveRestarted([training, span(2, [101, 102], [60, 61])]),
  ]).toEqual([true, false]);
});
