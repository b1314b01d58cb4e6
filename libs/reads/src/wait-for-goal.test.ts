import { TOPICS } from '@runledger/contracts';
import { createLogger } from '@runledger/kernel';
import { openInProcessLive, type Signal } from '@runledger/live';
import { createGoals } from './freshness';
import { type Place, placesOf } from './places';
import { createGoalWaiter } from './wait-for-goal';

const nothingDecided = async () => ({ decided: 0, relayed: 0, applied: 0 });
const place = { group: 'series', topic: TOPICS.metrics.name, partition: 2 };
const END = 5;

it('says what it waits for, and returns when that is projected', async () => {
  let nextOffset = END - 1;
  const goals = createGoals(
    { incarnation: 'i', ends: async () => [{ topic: place.topic, partition: place.partition, offset: END }] },
    {
      offsets: async () => [{ ...place, nextOffset }],
      journal: nothingDecided,
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

describe('what was acknowledged before a call', () => {
  const scope = { workspace: 'default', run: 'r', uses: ['series', 'catalog'] } as const;
  const [own] = placesOf({ ...scope, uses: ['series'] }) as [Place];
  const standing = (nextOffset: number, decided: number, applied: number) =>
    createGoals(
      { incarnation: 'i', ends: async () => [{ topic: own.topic, partition: own.partition, offset: END }] },
      { offsets: async () => [{ ...own, nextOffset }], journal: async () => ({ decided, relayed: 0, applied }) },
    ).now(scope);

  it('is a goal of the log and of the journal, and is there when both are passed', async () => {
    const goal = { offsets: [{ ...own, offset: END - 1 }], journal: { workspace: 'default', journalseq: 7 } };
    expect(await standing(END, 7, 7)).toEqual({ goal, missing: { offsets: [], journal: null } });
    expect(await standing(END + 3, 7, 7)).toEqual({ goal, missing: { offsets: [], journal: null } });
  });

  it('says what of it is missing', async () => {
    const { missing } = await standing(END - 1, 7, 6);
    expect(missing.offsets).toEqual([{ ...own, offset: END - 1, nextOffset: END - 1 }]);
    expect(missing.journal).toMatchObject({ journalseq: 7, applied: 6 });
  });

  it('asks the log, the projections and the journal once each', async () => {
    const asked: string[] = [];
    const note =
      <T>(what: string, answer: T) =>
      async (): Promise<T> => {
        asked.push(what);
        return answer;
      };
    const goals = createGoals(
      { incarnation: 'i', ends: note('ends', []) },
      { offsets: note('offsets', []), journal: note('journal', await nothingDecided()) },
    );
    await goals.now(scope);
    expect(asked.sort()).toEqual(['ends', 'journal', 'offsets']);
  });
});
