import type { ObjectiveDefinition } from '@runledger/contracts';
import { judgeObjective, type Measured } from './judge-objective';

const measured = (value: number, more: Partial<Measured> = {}): Measured => ({
  latest: value,
  last: value,
  min: value,
  max: value,
  ...more,
});
const judge = (
  definition: Partial<ObjectiveDefinition>,
  metrics: Record<string, Measured>,
  more: { began?: number | null; datasets?: string[]; definedAt?: number } = {},
) =>
  judgeObjective(
    {
      objective: 'o',
      number: 2,
      definedAt: more.definedAt ?? 50,
      definition: { name: 'good', metric: 'acc', aggregate: 'latest', comparison: '>=', threshold: 0.9, ...definition },
    },
    { began: more.began ?? 100, datasets: new Set(more.datasets ?? []), metrics: new Map(Object.entries(metrics)) },
  );

describe('an objective', () => {
  it.each([
    ['>=', 0.9, 'met', null],
    ['>=', 0.5, 'missed', 0.4],
    ['>', 0.9, 'missed', 0],
    ['<', 0.5, 'met', null],
    ['<', 0.9, 'missed', 0],
    ['<=', 0.9, 'met', null],
    ['<=', 1.9, 'missed', 1.9 - 0.9],
    ['>=', Number.POSITIVE_INFINITY, 'met', null],
    ['<', Number.POSITIVE_INFINITY, 'missed', 'Infinity'],
    ['>=', Number.NaN, 'missed', null],
    ['<', Number.NaN, 'missed', null],
  ] as const)('%s 0.9 is for %p %s, by %p', (comparison, value, outcome, missedBy) => {
    expect(judge({ comparison }, { acc: measured(value) })).toMatchObject({ outcome, missedBy, reason: null });
  });

  it('looks at the value that it names', () => {
    const acc = { latest: 0.1, last: 0.2, min: 0.05, max: 0.95 };
    for (const aggregate of ['latest', 'last', 'min', 'max'] as const)
      expect(judge({ aggregate }, { acc }).value).toBe(acc[aggregate]);
  });

  it('has no least value where every point is NaN', () => {
    const result = judge({ aggregate: 'min' }, { acc: measured(Number.NaN, { min: null, max: null }) });
    expect(result).toMatchObject({ outcome: 'missed', value: 'NaN', missedBy: null });
  });

  it('says why it has no value', () => {
    expect(judge({}, {})).toMatchObject({ outcome: 'no value', value: null, reason: 'the run has logged no acc' });
    expect(judge({ slice: 'night' }, { acc: measured(1) })).toMatchObject({
      reason: 'the run has logged no night/acc',
    });
    expect(judge({ slice: 'night' }, { 'night/acc': measured(1) }).outcome).toBe('met');
    expect(judge({ dataset: 'd1' }, { acc: measured(1) }, { datasets: ['d2'] })).toMatchObject({
      outcome: 'no value',
      reason: 'the run has used no data set of the digest d1',
    });
    expect(judge({ dataset: 'd1' }, { acc: measured(1) }, { datasets: ['d2', 'd1'] }).outcome).toBe('met');
  });

  it.each([
    [99, 100, false],
    [100, 100, false],
    [101, 100, true],
    [101, null, false],
  ])('defined at %p is for a run that began at %p late: %p', (definedAt, began, afterStart) => {
    const result = judgeObjective(
      {
        objective: 'o',
        number: 1,
        definedAt,
        definition: { name: 'n', metric: 'm', aggregate: 'max', comparison: '>', threshold: 0 },
      },
      { began, datasets: new Set(), metrics: new Map() },
    );
    expect(result.afterStart).toBe(afterStart);
  });
});
