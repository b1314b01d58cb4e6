import { judgedBy, likelyAim, rank, readAim, reasonsOf, writeAim } from './best-run';
import type { FoundRun } from './run-columns';

const run = (name: string, params: Record<string, string | number>, score: number | 'NaN'): FoundRun =>
  ({
    run: name,
    params: Object.entries(params).map(([key, value]) => ({ key, value })),
    tags: [],
    metrics: [{ key: 'acc', value: score }],
  }) as unknown as FoundRun;

const AIM = { goal: 'max', metric: 'acc' } as const;

describe('the best run', () => {
  it('is judged by an outcome on held-out data where there is one', () => {
    const aim = likelyAim(['grad/norm', 'train/accuracy', 'test/loss', 'test/accuracy', 'system/cpu']);
    expect(aim).toEqual({ goal: 'max', metric: 'test/accuracy' });
    expect(likelyAim(['step_time', 'val_loss'])).toEqual({ goal: 'min', metric: 'val_loss' });
    expect(likelyAim([])).toBeNull();
  });

  it('is told of outcomes alone', () => {
    expect(['val/loss', 'accuracy', 'gradient_norm', 'system/mem_err'].map(judgedBy)).toEqual([
      'min',
      'max',
      null,
      null,
    ]);
  });

  it('is in the address, and nonsense there counts as absent', () => {
    expect(readAim(writeAim({ goal: 'min', metric: 'a:b' }))).toEqual({ goal: 'min', metric: 'a:b' });
    for (const bad of ['loss', 'best:loss', 'max:', 7, undefined]) expect(readAim(bad)).toBeNull();
  });

  it('is the one with the best value; those without a number are left out', () => {
    const ranked = rank([run('a', {}, 0.1), run('b', {}, 'NaN'), run('c', {}, 0.9)], AIM);
    expect(ranked.map((one) => one.run.run)).toEqual(['c', 'a']);
    expect(rank([run('a', {}, 0.1), run('c', {}, 0.9)], { ...AIM, goal: 'min' })[0]?.run.run).toBe('a');
  });

  it('is explained by the choice that goes along with good results, not by one that does not', () => {
    const runs = [0.9, 0.8, 0.3, 0.2].map((score, i) =>
      run(`r${i}`, { opt: i < 2 ? 'adam' : 'sgd', layers: i % 2, seed: 1 }, score),
    );
    const [first, ...rest] = reasonsOf(rank(runs, AIM), 'max');
    expect(first).toMatchObject({ kind: 'value', param: 'opt', value: 'adam', runs: 2, otherRuns: 2 });
    expect(first?.kind === 'value' && [first.mean, first.otherMean]).toEqual([expect.closeTo(0.85), 0.25]);
    expect(rest.map(({ param }) => param)).toEqual(['layers']);
  });

  it('is explained by the trend of a number with many values', () => {
    const runs = [1, 2, 3, 4, 5, 6].map((lr) => run(`r${lr}`, { lr, noise: (lr * 7) % 5 }, 1 - lr / 10));
    expect(reasonsOf(rank(runs, AIM), 'max')[0]).toMatchObject({
      kind: 'trend',
      param: 'lr',
      value: 1,
      better: 'lower',
      strength: expect.closeTo(1),
    });
  });

  it('needs three runs to be explained', () => {
    expect(reasonsOf(rank([run('a', { x: 1 }, 1), run('b', { x: 2 }, 0)], AIM), 'max')).toEqual([]);
  });
});
