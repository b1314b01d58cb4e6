import { workFor } from '@runledger/kernel';
import { Pace } from './pace';

/** A loop and a clock that stand still until they are moved. */
function openScene() {
  const loop = { active: 0, idle: 0 };
  let now = 0;
  let late = 0;
  const pace = new Pace({ loop: () => ({ ...loop }), now: () => now, timers: () => late });
  const work = (ms: number): void => {
    loop.active += ms;
    now += ms;
  };
  const rest = (ms: number): void => {
    loop.idle += ms;
    now += ms;
  };
  /** Of so many requests, how many have begun after a moment. */
  const begin = (tenant: string, requests: number, stays = false) => {
    const begun = { count: 0 };
    for (let i = 0; i < requests; i++) {
      const ticket = { tenant, weight: 1, begunAt: Number.NaN };
      const hasBegun = (): void => {
        begun.count++;
        if (!stays) pace.leave(ticket);
      };
      const entering = pace.enter(ticket);
      if (entering === undefined) hasBegun();
      else void entering.then(hasBegun);
    }
    return begun;
  };
  return { pace, work, rest, begin, delay: (ms: number) => void (late += ms), wait: (ms: number) => void (now += ms) };
}
const aMoment = () => new Promise((done) => setTimeout(done, 20));

it('lets whoever is alone do as much as he likes', () => {
  const { begin, work } = openScene();
  work(10);
  expect(begin('loud', 5_000).count).toBe(5_000);
});

it('lets everybody in where nobody asks for more than all others', () => {
  const { begin, work } = openScene();
  begin('one', 100);
  begin('two', 100);
  begin('three', 100);
  work(50);
  for (const tenant of ['one', 'two', 'three']) expect(begin(tenant, 20).count).toBe(20);
});

it('lets whoever asks for more than all others begin a few at a time, each time that the loop has idled as long as it worked', async () => {
  const { pace, begin, work, rest } = openScene();
  begin('quiet', 2);
  pace.charge('loud', 10);
  work(10);
  const loud = begin('loud', 100);
  const before = loud.count;
  await aMoment();
  expect(loud.count).toBe(before);
  expect(begin('quiet', 3).count).toBe(3);
  rest(9);
  await aMoment();
  expect(loud.count).toBe(before);
  rest(1);
  await aMoment();
  expect(loud.count).toBe(before + 2);
  work(10);
  rest(10);
  await aMoment();
  expect(loud.count).toBe(before + 4);
});

it('keeps nobody waiting longer than a tenth of a second for a turn', async () => {
  const { pace, begin, work } = openScene();
  begin('quiet', 2);
  pace.charge('loud', 10);
  work(10);
  const loud = begin('loud', 100);
  const before = loud.count;
  work(80);
  await aMoment();
  expect(loud.count).toBe(before);
  work(20);
  await aMoment();
  expect(loud.count).toBe(before + 2);
});

it('lets a turn begin once few of the ones before are under way', async () => {
  const { pace, begin, work, rest } = openScene();
  begin('quiet', 100);
  pace.charge('loud', 1_000);
  work(10);
  const loud = begin('loud', 100, true);
  rest(10);
  await aMoment();
  expect(loud.count).toBe(2);
  rest(50);
  await aMoment();
  expect(loud.count).toBe(2);
  rest(50);
  await aMoment();
  expect(loud.count).toBe(4);
});

it('counts nothing as under way that takes longer than a second', async () => {
  const { pace, begin, work, rest } = openScene();
  const goOn = (): void => {
    begin('quiet', 100);
    pace.charge('loud', 1_000);
  };
  goOn();
  work(10);
  const feeds = begin('loud', 2, true);
  rest(10);
  await aMoment();
  expect(feeds.count).toBe(2);
  for (let i = 0; i < 6; i++) {
    goOn();
    rest(200);
  }
  goOn();
  expect(begin('loud', 2).count).toBe(2);
  work(10);
  const loud = begin('loud', 2);
  expect(loud.count).toBe(0);
  rest(10);
  await aMoment();
  expect(loud.count).toBe(2);
});

it('slows down at once who begins with a crowd of requests while others are about', async () => {
  const { pace, begin, work, rest } = openScene();
  expect(begin('first', 20, true).count).toBe(20); // alone
  pace.charge('first', 200);
  work(10);
  const page = begin('reader', 6, true);
  const crowd = begin('loud', 16, true);
  expect([page.count, crowd.count]).toEqual([6, 6]);
  expect(begin('quiet', 3).count).toBe(3);
  rest(100);
  await aMoment();
  expect(crowd.count).toBe(8);
});

it('keeps back longer where looks come late, as where there are too few processors', async () => {
  const { pace, begin, work, rest, delay } = openScene();
  begin('quiet', 2);
  pace.charge('loud', 10);
  work(10);
  const loud = begin('loud', 100);
  const before = loud.count;
  delay(7); // the look was due in 2
  await aMoment();
  rest(29);
  await aMoment();
  expect(loud.count).toBe(before);
  rest(1);
  await aMoment();
  expect(loud.count).toBe(before + 2);
  work(10);
  rest(10);
  await aMoment();
  expect(loud.count).toBe(before + 4);
});

it('weighs what is known afterwards', () => {
  const { pace, begin, work } = openScene();
  begin('quiet', 20);
  pace.charge('loud', 40);
  begin('loud', 4);
  work(10);
  expect(begin('loud', 8).count).toBeLessThan(8);
});

it('lets all go on once the others have gone', async () => {
  const { pace, begin, work, wait } = openScene();
  begin('quiet', 2);
  pace.charge('loud', 10);
  work(10);
  const loud = begin('loud', 50);
  expect(loud.count).toBeLessThan(50);
  wait(2_000);
  await aMoment();
  expect(loud.count).toBe(50);
});

it('spends no turn on whoever has gone away, and puts off what is too much', async () => {
  const { pace, begin, work, rest } = openScene();
  begin('quiet', 2);
  pace.charge('loud', 10);
  work(10);
  const away = new AbortController();
  const gone = workFor(
    () => away.signal,
    () => begin('loud', 500),
  );
  const loud = begin('loud', 500);
  expect(gone.count).toBeLessThan(3);
  expect(() => begin('loud', 500)).toThrow(expect.objectContaining({ code: 'HTTP_BUSY' }));
  away.abort();
  rest(10);
  await aMoment();
  expect([gone.count, loud.count]).toEqual([500, 2]);
  expect(begin('quiet', 1).count).toBe(1);
});

it('answers refusals late where others are about, and at once where nobody is', async () => {
  const { pace, begin } = openScene();
  begin('loud', 10);
  const late = async (): Promise<boolean> => {
    let answered = false;
    void pace.refuse('loud').then(() => {
      answered = true;
    });
    await aMoment();
    return !answered;
  };
  expect(await late()).toBe(false);
  begin('quiet', 1);
  expect(await late()).toBe(true);
});
