import { curvesAnswer, writersAnswer } from '@runledger/contracts/http';
import fc from 'fast-check';
import { openScene, post, read, type Scene } from '../test/query-scene';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.close());

type Logged = Readonly<{ run: string; writer: string; step: number; time: number; value: number }>;
type Fork = Readonly<{ run: string; step: number }>;

async function record(run: string, logged: readonly Logged[], fork?: Fork): Promise<void> {
  await scene.record.facts(run, [{ type: 'run.started', data: { experiment: 'e', ...(fork && { fork }) } }]);
  await scene.record.projectMetadata();
  const writers = [...new Set(logged.map(({ writer }) => writer))];
  for (const writer of writers) {
    const points = logged.filter((one) => one.writer === writer);
    await scene.record.stored({ run, key: 'loss', points, writer });
    if (points.length > 1) await scene.record.stored({ run, key: 'loss', points: points.slice(0, 1), writer });
  }
}

async function pointsOf(run: string, more: object = {}) {
  const { status, body, text } = await post(scene, 'curves', { runs: [run], keys: ['loss'], buckets: 5_000, ...more });
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
  return curvesAnswer.parse(body).curves.map((curve) => {
    if (curve.kind !== 'points') throw new Error('expected points');
    return { writer: curve.writer, points: curve.steps.map((step, i) => [Number(step), curve.values[i]]) };
  });
}

/** The definition: a writer that began after another one had ended, at a step which that one had reached, takes its place from there. */
function effective(logged: readonly Logged[]): Logged[] {
  const of = (writer: string) => logged.filter((one) => one.writer === writer);
  const min = (numbers: number[]) => Math.min(...numbers);
  const max = (numbers: number[]) => Math.max(...numbers);
  return logged.filter(({ writer, step }) => {
    const own = of(writer);
    const restarts = [...new Set(logged.map((one) => one.writer))].map(of).filter((other) => {
      const isLater = min(other.map((o) => o.time)) > max(own.map((o) => o.time));
      return isLater && min(other.map((o) => o.step)) <= max(own.map((o) => o.step));
    });
    return restarts.every((other) => step < min(other.map((o) => o.step)));
  });
}

const inOrder = (logged: readonly Logged[]) =>
  [...new Map(logged.map((one) => [`${one.writer}/${one.step}/${one.time}/${one.value}`, one])).values()]
    .sort((a, b) => a.step - b.step || a.time - b.time || a.value - b.value)
    .map(({ step, value }) => [step, value]);
const sorted = (points: Array<Array<unknown>>) => points.map((p) => JSON.stringify(p)).sort();

const number = fc.integer({ min: 0, max: 40 });
const logged = (run: string, offset: number) =>
  fc.array(
    fc.record({
      run: fc.constant(run),
      writer: fc.constantFrom('w0', 'w1', 'w2'),
      step: number,
      time: fc.integer({ min: 0, max: 30 }),
      value: fc.integer({ min: 0, max: 5 }).map((n) => n + offset),
    }),
    { minLength: 1, maxLength: 12 },
  );
/** Times of a writer lie behind those of the one before it more often than chance would have it. */
const apart = (all: readonly Logged[]): Logged[] =>
  all.map((one) => ({ ...one, time: one.time + Number(one.writer.slice(1)) * 25 }));

it('are the effective points of a run and of those that it was forked from, as their definition says', async () => {
  let round = 0;
  await fc.assert(
    fc.asyncProperty(
      logged('root', 0),
      logged('child', 100),
      logged('leaf', 200),
      fc.tuple(number, number),
      async (root, child, leaf, [childStep, leafStep]) => {
        round++;
        const [a, b, c] = [`root-${round}`, `child-${round}`, `leaf-${round}`];
        const all = { root: apart(root), child: apart(child), leaf: apart(leaf) };
        await record(a, all.root);
        await record(b, all.child, { run: a, step: childStep });
        await record(c, all.leaf, { run: b, step: leafStep });
        const [grown] = await pointsOf(c);
        const upTo = (points: Logged[], step: number) => points.filter((one) => one.step <= step);
        const expected = [
          ...effective(all.leaf),
          ...upTo(effective(all.child), leafStep),
          ...upTo(effective(all.root), Math.min(leafStep, childStep)),
        ];
        expect(sorted(grown?.points ?? [])).toEqual(sorted(inOrder(expected)));
        const [alone] = await pointsOf(c, { inherited: false });
        expect(sorted(alone?.points ?? [])).toEqual(sorted(inOrder(effective(all.leaf))));
        const [whole] = await pointsOf(c, { inherited: false, segments: 'all' });
        expect(sorted(whole?.points ?? [])).toEqual(sorted(inOrder(all.leaf)));
        const ranks = await pointsOf(c, { writers: 'each', segments: 'all' });
        for (const { writer, points } of ranks)
          expect(sorted(points)).toEqual(sorted(inOrder(all.leaf.filter((one) => one.writer === writer))));
        expect(ranks.map(({ writer }) => writer).sort()).toEqual([...new Set(leaf.map((one) => one.writer))].sort());
      },
    ),
    { numRuns: 6, endOnFailure: true },
  );
});

const steps = (run: string, writer: string, [from, to]: [number, number], time: number): Logged[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ({ run, writer, step: from + i, time: time + i, value: from + i }));

it('keep both segments of a run that restarts at an earlier step, and tell where they lie', async () => {
  await record('restarted', [
    ...steps('restarted', 'w0', [0, 9], 0),
    ...steps('restarted', 'w1', [6, 12], 100).map((one) => ({ ...one, value: -one.value })),
  ]);
  const [curve] = await pointsOf('restarted');
  expect(curve?.points.map(([, value]) => value)).toEqual([0, 1, 2, 3, 4, 5, -6, -7, -8, -9, -10, -11, -12]);
  expect((await pointsOf('restarted', { segments: 'all' }))[0]?.points).toHaveLength(17);
  const each = await pointsOf('restarted', { segments: 'all', writers: 'each' });
  expect(each.map(({ writer, points }) => [writer, points.length])).toEqual([
    ['w0', 10],
    ['w1', 7],
  ]);
  const { writers, forks } = writersAnswer.parse((await read(scene, 'runs/restarted/writers')).body);
  expect(forks).toEqual([]);
  expect(writers).toMatchObject([
    { writer: 'w0', firstStep: 0, lastStep: 9, supersededFrom: 6, supersededBy: ['w1'], stepsBehind: null },
    { writer: 'w1', firstStep: 6, lastStep: 12, supersededFrom: null, supersededBy: [], stepsBehind: 0 },
  ]);
});

it('keep the points of a run whole that was evaluated afterwards, from step 0 on', async () => {
  await record('evaluated', steps('evaluated', 'training', [0, 9], 0));
  const points = [{ step: 0, time: 100, value: 0.9 }];
  await scene.record.stored({ run: 'evaluated', key: 'test/accuracy', points, writer: 'evaluation' });
  expect((await pointsOf('evaluated'))[0]?.points).toHaveLength(10);
  const { writers } = writersAnswer.parse((await read(scene, 'runs/evaluated/writers')).body);
  expect(writers.map(({ writer, supersededFrom }) => [writer, supersededFrom])).toEqual([
    ['training', null],
    ['evaluation', null],
  ]);
});

it('show the spread across ranks, and who lags', async () => {
  await record('ranks', [
    ...steps('ranks', 'rank-0', [0, 9], 0),
    ...steps('ranks', 'rank-1', [0, 7], 0).map((one) => ({ ...one, value: one.value * 3 })),
  ]);
  const asked = { runs: ['ranks'], keys: ['loss'], writers: 'each', groupBy: 'run' };
  const { groups } = curvesAnswer.parse((await post(scene, 'curves', asked)).body);
  expect(groups).toMatchObject([{ value: 'ranks', runs: ['ranks'] }]);
  const [spread] = groups;
  expect([spread?.count[5], spread?.mean[5], spread?.min[5], spread?.max[5], spread?.std[5]]).toEqual([
    2,
    10,
    5,
    15,
    Math.sqrt(50),
  ]);
  const { writers } = writersAnswer.parse((await read(scene, 'runs/ranks/writers')).body);
  expect(writers.map(({ writer, stepsBehind, msBehind }) => [writer, stepsBehind, msBehind])).toEqual([
    ['rank-0', 0, 0],
    ['rank-1', 2, 2],
  ]);
});

it('are whole where a run was forked and has logged nothing itself, and where it was forked in a circle', async () => {
  await record('base', steps('base', 'w', [0, 9], 0));
  await record('fresh', [], { run: 'base', step: 4 });
  expect((await pointsOf('fresh'))[0]?.points).toHaveLength(5);
  await record('one', steps('one', 'w', [0, 1], 0), { run: 'other', step: 9 });
  await record('other', steps('other', 'w', [2, 3], 0), { run: 'one', step: 9 });
  expect((await pointsOf('one'))[0]?.points.map(([step]) => step)).toEqual([0, 1, 2, 3]);
  expect(writersAnswer.parse((await read(scene, 'runs/fresh/writers')).body).forks).toEqual([{ run: 'base', step: 4 }]);
});
