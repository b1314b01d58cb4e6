import { drawing, type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { openArchiveScene, type Scene } from '../test/archive-scene';
import { checkPoint, type ProvenPoint } from '../test/check-point';

// Every point that was ever sent is proven to be what was sent, and no other: points that come late, twice, in other batches,
// with other values, under a number that was there, not finite, by several writers, from runs that fork, over restarts, while some of
// the log is in the archive, and nothing is merged.
const SEED = 23;
const RUNS = ['r0', 'r1', 'r2'];
const KEYS = ['loss', 'val/acc'];
const VALUES = [Number.NaN, Infinity, -Infinity, -0, 0.1, 0.3];
const STEPS = [-(2n ** 63n), -1n, 0n, 1n, 2n, 3n, 4n, 2n ** 53n, 2n ** 63n - 1n];

type Sent = Readonly<{ key: string; step: bigint; time: number; value: number }>;
type Batch = Readonly<{ id: string; run: string; writer: string; sequence?: number; points: readonly Sent[] }>;

let folder: TemporaryFolder;
let scene: Scene;
const batches: Batch[] = [];
beforeAll(async () => {
  folder = temporaryFolder('plain-proofs');
  const archive = { RUNLEDGER_ARCHIVE: folder.path, RUNLEDGER_S3_REGION: undefined, RUNLEDGER_S3_ENDPOINT: undefined };
  scene = await openArchiveScene({ log: { kind: 'postgres', brokers: undefined }, archive }, { merges: false });
}, 120_000);
afterAll(async () => {
  await scene.close();
  folder.remove();
});

/** As JSON that has integers of 64 bits. */
const textOf = (numbers: readonly bigint[]): string[] => numbers.map(String);
const inJson = (value: number): number | string => (Number.isFinite(value) ? value : String(value));

async function send(batch: Batch): Promise<void> {
  const { points, writer, ...rest } = batch;
  const series = KEYS.flatMap((key) => {
    const own = points.filter((one) => one.key === key);
    const columns = { steps: textOf(own.map(({ step }) => step)), times: own.map(({ time }) => time) };
    return own.length === 0 ? [] : [{ key, ...columns, values: own.map(({ value }) => inJson(value)) }];
  });
  batches.push(batch);
  await scene.post('api/v1/metrics', { ...rest, ...(writer === '' ? {} : { writer }), series });
}

async function recordAtRandom(rounds: number): Promise<void> {
  const draw = drawing(SEED);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T;
  const sequences = new Map<string, number>();
  const drawn = (): Sent => {
    return { key: pick(KEYS), step: pick(STEPS), time: 1_790_000_000_000 + pick([0, 0, 1, 2]), value: pick(VALUES) };
  };
  const fresh = (id: string, points: Batch['points']): Batch => {
    const [run, writer] = [pick(RUNS), pick(['', 'w0', 'w1'])];
    const sequence = sequences.get(`${run} ${writer}`) ?? 0;
    sequences.set(`${run} ${writer}`, sequence + 1 + Math.floor(draw() * 2));
    return { id, run, writer, points, ...(writer === '' ? {} : { sequence }) };
  };
  const next = (round: number): Batch => {
    const [again, chance] = [pick(batches), draw()];
    const points = Array.from({ length: 1 + Math.floor(draw() * 5) }, drawn);
    if (again === undefined || chance > 0.4) return fresh(`batch-${round}`, points);
    if (chance < 0.15) return again;
    // Of the same writer, and with its number if it has one: other points, and those that were there among others.
    if (chance < 0.25) return { ...again, id: `other-${round}`, points };
    const unnumbered = { id: `more-${round}`, run: again.run, writer: again.writer };
    return { ...unnumbered, points: [...points, ...again.points] };
  };
  for (const [i, run] of RUNS.entries()) {
    const fork = i === 0 ? {} : { fork: { run: RUNS[i - 1], step: 2 } };
    const data = { experiment: '0', ...fork };
    await scene.post('api/v1/events', { events: [{ subject: `run/${run}`, type: 'run.started', data }] });
  }
  for (let round = 0; round < rounds; round++) {
    await send(next(round));
    if (round % 20 === 9) await scene.restart();
    if (round !== Math.floor(rounds / 2)) continue;
    await scene.settled();
    const archived = (await scene.lines('api/v1/archive')).filter(({ kind }) => kind === 'archived');
    expect(archived.length).toBeGreaterThan(0);
  }
  await scene.settled();
}

/** Of a writer's number the first batch counts, whatever is sent under it again. */
const isFirst = ({ run, writer, sequence }: Batch, at: number): boolean =>
  sequence === undefined ||
  batches.findIndex((one) => one.run === run && one.writer === writer && one.sequence === sequence) === at;

it(`is given of every point that was sent, and of no other, of seed ${SEED}`, async () => {
  await recordAtRandom(80);
  const counts: number[] = [];
  for (const run of RUNS)
    for (const key of KEYS)
      for (const step of [...STEPS, 7n]) {
        const named = batches.filter(isFirst).flatMap((batch) =>
          batch.run !== run
            ? []
            : batch.points
                .filter((one) => one.key === key && one.step === step)
                .map((one) => {
                  return { name: `${batch.writer} ${one.time} ${inJson(one.value)}`, batch: batch.id };
                }),
        );
        const expected = [...new Set(named.map(({ name }) => name))].sort();
        counts.push(expected.length);
        const answer = await scene.get(`api/v1/proofs/point?run=${run}&key=${encodeURIComponent(key)}&step=${step}`);
        expect([run, key, step, answer.status]).toEqual([run, key, step, expected.length === 0 ? 404 : 200]);
        if (expected.length === 0) continue;
        const { verifierKey, points } = (await answer.json()) as { verifierKey: string; points: ProvenPoint[] };
        const proven = points.map((point) => {
          const { writer, id, time, value = 0, ...of } = checkPoint(point, verifierKey);
          expect(of).toEqual({ run, key, step });
          expect([point.time, point.value]).toEqual([String(time), inJson(value)]);
          // The message is one that was sent with this point.
          const name = `${writer} ${time} ${inJson(value)}`;
          expect(named).toContainEqual({ name, batch: id });
          return name;
        });
        expect([run, key, step, proven.sort()]).toEqual([run, key, step, expected.slice(0, 20)]);
      }
  expect(counts).toContain(0);
  expect([Math.max(...counts) <= 20, counts.filter((many) => many > 1).length > 20]).toEqual([true, true]);
}, 300_000);
