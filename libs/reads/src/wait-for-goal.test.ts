import { TOPICS } from '@runledger/contracts';
import { createLogger } from '@runledger/kernel';
import { openInProcessLive, type Signal } from '@runledger/live';
import { createGoals } from './freshness';
import { createGoalWaiter } from './wait-for-goal';

const place = { group: 'series', topic: TOPICS.metrics.name, partition: 2 };
const END = 5;

it('says what it waits for, and returns when that is projected', async () => {
  let nextOffset = END - 1;
  const goals = createGoals(
    { incarnation: 'i', ends: async () => [{ topic: place.topic, partition: place.partition, offset: END }] },
    {
      offsets: async () => [{ ...place, nextOffset }],
      journal: async () => ({ decided: 0, relayed: 0, applied: 0 }),
    },
  );
  const live = openInProcessLive(createLogger('test', 'silent'));
  const wanted = new Promise<Signal>((hear) => live.subscribe((signal) => signal.kind === 'wanted' && hear(signal)));
  const waiting = createGoalWaiter(goals, live).waitFor(
    { offsets: [{ ...place, offset: END - 1 }], journal: null },
    5_000,
  );
  expect(await wanted).toEqual({ kind: 'wanted', ...place, offset: END - 1 });
  nextOffset = END;
  live.publish([{ kind: 'projected', ...place, fromOffset: END - 1, nextOffset }]);
  await waiting;
});
