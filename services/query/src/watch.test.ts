import type { Signal } from '@runledger/live';
import { Watch } from './watch';

const place = { group: 'series', topic: 'runledger.metrics.v1', partition: 2 };
const NAME = 'series/runledger.metrics.v1/2';
const projected = (fromOffset: number, nextOffset: number, partition = 2): Signal => ({
  kind: 'projected',
  ...place,
  partition,
  fromOffset,
  nextOffset,
});
const series = (run: string, workspace = 'w'): Signal => ({ kind: 'series', workspace, run });
const open = (runs: string[] | null = null): Watch =>
  new Watch({ workspace: 'w', runs: runs === null ? null : new Set(runs), places: [place] }, new Map([[NAME, 5]]));

it('gathers what moves of a run into one entry', () => {
  const watch = open(['a', 'b']);
  for (const signal of [series('a'), series('a'), series('c'), series('b', 'other')]) watch.hear(signal);
  watch.hear({ kind: 'facts', workspace: 'w', run: 'a' });
  expect(watch.moved).toBe(true);
  expect([...watch.take().moves]).toEqual([['a', { series: true, facts: true, console: false }]]);
  expect(watch.moved).toBe(false);
});

it('goes over to "anything" instead of growing', () => {
  const watch = open();
  for (let i = 0; i < 5_000; i++) watch.hear(series(`run-${i}`));
  const { all, moves } = watch.take();
  expect(all).toBe(true);
  expect(moves.size).toBeLessThanOrEqual(1_000);
});

it('sees from the offsets that a signal was lost', () => {
  const watch = open();
  watch.hear(projected(5, 7));
  watch.hear(projected(3, 6)); // known already
  watch.hear(projected(90, 99, 3)); // of a partition that nobody watches
  expect([watch.hasGap, watch.take().heardTo.get(NAME)]).toEqual([false, 7]);
  watch.hear(projected(8, 9));
  expect(watch.hasGap).toBe(true);
  watch.closeGap(new Map([[NAME, 8]]));
  expect([watch.hasGap, watch.take().heardTo.get(NAME)]).toEqual([false, 9]);
});

it('takes for lost only what the stores had at the look before', () => {
  const watch = open();
  watch.lookAt(new Map([[NAME, 6]]));
  expect(watch.hasGap).toBe(false);
  watch.hear(projected(5, 6));
  watch.lookAt(new Map([[NAME, 7]]));
  expect(watch.hasGap).toBe(false);
  watch.lookAt(new Map([[NAME, 7]]));
  expect(watch.hasGap).toBe(true);
});
