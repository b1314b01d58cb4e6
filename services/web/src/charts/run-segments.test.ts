import type { WritersAnswer } from '@runledger/contracts/http';
import { segmentMarks, stragglersInWords, stragglersOf } from './run-segments';

const writer = (name: string, lastStep: number, more: object = {}) => ({
  writer: name,
  points: 1,
  firstStep: 0,
  lastStep,
  firstTime: 0,
  lastTime: 0,
  supersededFrom: null,
  supersededBy: [],
  stepsBehind: 1_000 - lastStep,
  msBehind: (1_000 - lastStep) * 10,
  ...more,
});
const answer = (writers: object[], forks: object[] = []) => ({ run: 'r', writers, forks }) as unknown as WritersAnswer;

it('marks where a run was taken up again, and where it was forked', () => {
  const first = writer('a', 500, { supersededFrom: '400', supersededBy: ['b'], stepsBehind: null, msBehind: null });
  const marks = segmentMarks(answer([first, writer('b', 1_000)], [{ run: 'parent', step: '100' }]));
  expect(marks).toEqual([
    { at: 100, kind: 'fork', words: 'forked from parent at step 100' },
    { at: 400, kind: 'restart', words: 'b restarted a at step 400' },
  ]);
});

it('tells ranks that lie far behind, not those that were taken up again', () => {
  const ranks = [writer('w0', 1_000), writer('w1', 990), writer('w2', 700), writer('old', 10, { stepsBehind: null })];
  expect(stragglersOf(answer(ranks)).map((one) => one.writer)).toEqual(['w2']);
  expect(stragglersInWords(answer(ranks))).toBe('Behind the other ranks: w2 by 300 steps, 3.0 s.');
  expect(stragglersInWords(answer(ranks.slice(0, 2)))).toBeNull();
});
