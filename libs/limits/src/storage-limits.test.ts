import { Fault } from '@runledger/kernel';
import { createStorageLimits, type Kept } from './storage-limits';

type Piece = Readonly<{ project: string; digest: string; size: number }>;

/** A store and what is known of it, which comes later. */
function openScene(limits: Readonly<{ workspace?: number; project?: number }>) {
  const stored: Piece[] = [];
  let known: Piece[] = [];
  let now = 0;
  let reads = 0;
  const sum = (pieces: readonly Piece[]): number =>
    [...new Map(pieces.map(({ digest, size }) => [digest, size])).values()].reduce((all, size) => all + size, 0);
  const readKept = async (_workspace: string, digests: readonly string[]): Promise<Kept> => {
    reads++;
    const names = new Set(known.map(({ project }) => project));
    return {
      workspace: sum(known),
      projects: new Map([...names].map((name) => [name, sum(known.filter(({ project }) => project === name))])),
      counted: new Set(digests.filter((digest) => known.some((piece) => piece.digest === digest))),
    };
  };
  const { workspace, project } = limits;
  const storage = createStorageLimits({ workspace, project, readKept, now: () => now });
  const placeIn = (name: string) => ({ workspace: 'w', project: async () => name });
  /** Without `announced` the length is not known before. */
  const upload = (
    digest: string,
    size: number,
    { project: name = 'p', announced = true, until = Promise.resolve() } = {},
  ) =>
    storage.within(placeIn(name), { length: announced ? size : undefined, maxBytes: 1_000 }, async (maxBytes) => {
      await until;
      if (size > maxBytes) throw new Fault('too-large', 'ARTIFACTS_TOO_LARGE', 'too large');
      stored.push({ project: name, digest, size });
      return { digest, size };
    });
  return {
    storage,
    upload,
    placeIn,
    stored,
    project: () => {
      known = [...stored];
    },
    wait: (ms: number) => void (now += ms),
    reads: () => reads,
  };
}
const FULL = { kind: 'full', code: 'LIMITS_STORAGE_FULL' };

it('takes what fits, and refuses the rest before its first byte', async () => {
  const { upload, stored } = openScene({ workspace: 100 });
  await upload('a', 60);
  await expect(upload('b', 41)).rejects.toMatchObject(FULL);
  await upload('c', 40);
  await expect(upload('d', 1)).rejects.toMatchObject(FULL);
  expect(stored.map(({ digest }) => digest)).toEqual(['a', 'c']);
});

it('ends an upload whose length nobody said where the room ends', async () => {
  const { upload, stored } = openScene({ workspace: 100 });
  await upload('a', 60, { announced: false });
  await expect(upload('b', 41, { announced: false })).rejects.toMatchObject(FULL);
  await upload('c', 40, { announced: false });
  expect(stored).toHaveLength(2);
});

it('counts uploads that are under way, and gives room back that they did not use', async () => {
  const { upload } = openScene({ workspace: 100 });
  let fail: (why: Error) => void = () => undefined;
  const cut = upload('a', 90, { until: new Promise((_, failed) => (fail = failed)) });
  await new Promise(setImmediate);
  await expect(upload('b', 20)).rejects.toMatchObject(FULL);
  fail(new Error('cut'));
  await expect(cut).rejects.toThrow('cut');
  await upload('b', 20);
});

it('does not let two of unknown length have the same room', async () => {
  const { upload } = openScene({ workspace: 100 });
  const both = await Promise.allSettled([upload('a', 60, { announced: false }), upload('b', 60, { announced: false })]);
  expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
});

it('counts everything once: before it is projected, and afterwards', async () => {
  const { upload, storage, project, wait, reads } = openScene({ workspace: 100, project: 90 });
  await upload('a', 60);
  await upload('b', 20);
  const used = async () => (await storage.standings('w')).map((one) => [one.scope, one.project, one.used]);
  const expected = [
    ['workspace', null, 80],
    ['project', 'p', 80],
  ];
  expect(await used()).toEqual(expected);
  expect(reads()).toBe(1);
  wait(2_000);
  expect(await used()).toEqual(expected);
  project();
  wait(2_000);
  expect(await used()).toEqual(expected);
  expect(reads()).toBe(3);
});

it('counts the same content once, however often it is kept', async () => {
  const { upload, project, wait, storage } = openScene({ workspace: 100 });
  await upload('a', 40);
  await upload('a', 40);
  project();
  wait(2_000);
  expect((await storage.standings('w'))[0]).toMatchObject({ used: 40, limit: 100 });
});

it('takes again what is kept already, where nothing of it is announced', async () => {
  const { upload, project, wait, placeIn, storage } = openScene({ workspace: 100 });
  await upload('a', 100);
  project();
  wait(2_000);
  const again = (digest: string) =>
    storage.within(placeIn('p'), { length: 0, maxBytes: 1_000 }, async () => ({ digest, size: 100 }));
  await again('a');
  await expect(again('b')).rejects.toMatchObject(FULL);
});

it('limits projects each by itself', async () => {
  const { upload, storage, placeIn } = openScene({ workspace: 1_000, project: 100 });
  await upload('a', 100);
  await expect(upload('b', 1)).rejects.toMatchObject({
    ...FULL,
    context: { details: { scope: 'project', project: 'p' } },
  });
  await upload('b', 1, { project: 'q' });
  await expect(storage.check(placeIn('p'))).rejects.toMatchObject(FULL);
  await storage.check(placeIn('q'));
});

it('forgets in the end what no fact ever named', async () => {
  const { upload, storage, wait } = openScene({ workspace: 100 });
  await upload('a', 100);
  wait(700_000);
  expect((await storage.standings('w'))[0]).toMatchObject({ used: 0 });
});

it('leaves the limit of one upload as it is', async () => {
  const { upload } = openScene({ workspace: 10_000 });
  await expect(upload('a', 1_001, { announced: false })).rejects.toMatchObject({ code: 'ARTIFACTS_TOO_LARGE' });
});

it('asks nobody where nothing is limited', async () => {
  const { upload, storage, reads } = openScene({});
  await upload('a', 1_000);
  expect([await storage.standings('w'), reads()]).toEqual([[], 0]);
});
