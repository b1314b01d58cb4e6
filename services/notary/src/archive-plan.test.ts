import { type ArchivedRange, TOPICS } from '@runledger/contracts';
import { holdOf, isDue, isFull, rangesBefore } from './archive-plan';

const { name: RUNS } = TOPICS.runs;
const place = { topic: RUNS, partition: 1 };
const lease = (group: string, nextOffset: number, partition = 1) => ({ group, topic: RUNS, partition, nextOffset });
const followed = (...leases: ReturnType<typeof lease>[]) => ({ leases, sequenced: new Map<string, number>() });

it.each([
  [
    'the slowest of those that have to be past',
    [lease('metadata', 9), lease('notary', 7)],
    { offset: 7, by: 'notary' },
  ],
  [
    'anybody else who follows',
    [lease('metadata', 9), lease('notary', 9), lease('courier', 2)],
    { offset: 2, by: 'courier' },
  ],
  ['a projection that never was there', [lease('notary', 7), lease('courier', 7)], { offset: 0, by: 'metadata' }],
  ['a ledger that never was there', [lease('metadata', 7)], { offset: 0, by: 'notary' }],
  [
    'nobody of another partition',
    [lease('metadata', 9), lease('notary', 9), lease('courier', 2, 0)],
    { offset: 9, by: 'metadata' },
  ],
])('messages are held by %s', (_, leases, hold) => expect(holdOf(place, followed(...leases))).toEqual(hold));

it('messages that nobody follows stay', () => {
  const dead = { topic: TOPICS.dead.name, partition: 0 };
  expect(holdOf(dead, followed(lease('metadata', 9)))).toEqual({ offset: 0, by: null });
});

it('ranges go as a whole, and none before another', () => {
  const ranges = [0, 10, 30].map((first) => ({
    first,
    next: first === 0 ? 10 : first === 10 ? 30 : 31,
  })) as ArchivedRange[];
  const firsts = (before: number) => rangesBefore(ranges, before).map(({ first }) => first);
  expect([0, 9, 10, 29, 30, 31, 99].map(firsts)).toEqual([[], [], [0], [0], [0, 10], [0, 10, 30], [0, 10, 30]]);
});

it.each([
  [0, 0, false],
  [19_999, 8_388_607, false],
  [20_000, 0, true],
  [1, 8_388_608, true],
])('%d records of %d bytes: a range is full %s', (records, bytes, full) => expect(isFull(records, bytes)).toBe(full));

it('what is no full range waits for a day', () => {
  const first = { ...place, offset: 0, appended: 1_000, key: '', headers: {}, value: new Uint8Array(0) };
  expect([86_400_999, 86_401_000].map((olderThan) => isDue(first, olderThan))).toEqual([false, true]);
});
