import { TOTAL_STEPS_TAG } from '@runledger/contracts/http';
import { progressInWords, progressOf, timeLeft, totalStepsOf } from './run-progress';

const run = (tags: Record<string, string>, params: Record<string, string | number> = {}) => ({
  tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
  params: Object.entries(params).map(([key, value]) => ({ key, value })),
});

describe('the progress of a run', () => {
  it('is the greatest step, counted from 0, against what its tag says', () => {
    const found = progressOf(run({ [TOTAL_STEPS_TAG]: '400' }), [{ step: 9 }, { step: '299' }]);
    expect(found).toEqual({ step: 299, total: 400, share: 0.75 });
    expect(found && progressInWords(found)).toBe('75 %');
    expect(found && timeLeft(found, 30_000)).toBe(10_000);
  });

  it('takes the params of trainers where there is no tag, but for -1', () => {
    expect(totalStepsOf(run({}, { max_steps: -1, total_steps: 50 }))).toBe(50);
    expect(totalStepsOf(run({ [TOTAL_STEPS_TAG]: '7' }, { max_steps: 50 }))).toBe(7);
  });

  it('is unknown where nothing, or nonsense, is said, or nothing was logged', () => {
    for (const total of ['many', '', '0', '-3', '1.5', 'Infinity'])
      expect(progressOf(run({ [TOTAL_STEPS_TAG]: total }), [{ step: 1 }])).toBeNull();
    expect(progressOf(run({ [TOTAL_STEPS_TAG]: '5' }), [])).toBeNull();
  });

  it('ends at the whole, also for who logs beyond it', () => {
    const found = progressOf(run({ [TOTAL_STEPS_TAG]: '10' }), [{ step: 12 }]);
    expect(found?.share).toBe(1);
    expect(found && timeLeft(found, 1_000)).toBeNull();
  });
});
