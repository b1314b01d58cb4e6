import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { openVisitor, type Visitor } from './browser';
import { postTo } from './post-to';

const SCALE = Number(process.env['LONG_SCALE'] ?? 0.05);
const RUNS = 100_000 * SCALE;
const STEPS = 2_000 * SCALE;
const A_BATCH = 500;
/** Nobody takes a page for fluid whose frames take longer; both in ms. */
const [P99_MS, WORST_MS] = [100, 250];
/** The server has the same two cores: what happens to be slow once is not the table's doing. */
const TRIES = 3;
const WITHIN_MS = 20 * 60_000;

type Frames = Readonly<{ p99: number; worst: number }>;

/** In the page: frame times while nothing happens, and while the table is scrolled to its end, by so much a step. */
const framesOf = (label: string, steps: number, runs: number): string => `(async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const summed = (times) => {
    const sorted = times.slice().sort((a, b) => a - b);
    return { p99: sorted[Math.floor(sorted.length * 0.99)], worst: sorted.at(-1) };
  };
  const idle = [];
  let before = await frame();
  for (let i = 0; i < 200; i++) {
    const now = await frame();
    idle.push(now - before);
    before = now;
  }
  const box = document.querySelector('[aria-label="${label}, scrollable"]');
  const aStep = (${runs} * 34) / ${steps};
  const times = [];
  let steps = 0;
  before = await frame();
  while (steps < ${steps}) {
    const room = box.scrollHeight - box.clientHeight - box.scrollTop;
    const wanted = (steps + 1) * aStep - box.scrollTop;
    if (room > 0) box.scrollTop += Math.min(room, wanted);
    if (wanted <= room || steps === ${steps} - 1) steps++;
    const now = await frame();
    times.push(now - before);
    before = now;
  }
  return { idle: summed(idle), scrolled: summed(times), frames: times.length };
})()`;

describe(`a table of ${RUNS} runs`, () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  let visitor: Visitor;

  beforeAll(async () => {
    folder = temporaryFolder('scroll');
    server = await startAllInOne(`${folder.path}/data`);
    visitor = await openVisitor(`${folder.path}/profile`);
    const post = postTo(server);
    await post('commands/create-experiment', { name: 'many', experiment: 'many' });
    for (let from = 0; from < RUNS; from += A_BATCH) {
      const events = Array.from({ length: A_BATCH }, (_, i) => {
        const at = from + i;
        const subject = `run/r${at}`;
        const startedAt = new Date(1_700_000_000_000 + at * 1_000).toISOString();
        const params = Array.from({ length: 10 }, (_, k) => ({ key: `p${k}`, value: (at * 7 + k) % 13 }));
        return [
          { type: 'run.started', subject, data: { experiment: 'many', name: `run ${at}`, startedAt } },
          { type: 'params.logged', subject, data: { params } },
        ];
      }).flat();
      const { position } = await post('events', { events });
      if ((from / A_BATCH) % 10 === 9) await post(`search?at-least=${position}&wait=30000`, { limit: 1 });
    }
  }, WITHIN_MS);
  afterAll(async () => {
    await visitor.close();
    await server.process.stop();
    folder.remove();
  });

  it(
    'stays fluid while it is scrolled to its end',
    async () => {
      const { page } = visitor;
      const tries: Frames[] = [];
      const isFluid = ({ p99, worst }: Frames): boolean => p99 <= P99_MS && worst <= WORST_MS;
      while (tries.length < TRIES && !tries.some(isFluid)) {
        await page.goto('about:blank');
        await page.goto(`${server.url}/experiments/many#key=${encodeURIComponent(server.key)}`);
        await page.getByRole('link', { name: `run ${RUNS - 1}`, exact: true }).waitFor();
        const found = await page.evaluate<{ idle: Frames; scrolled: Frames; frames: number }>(
          framesOf('Runs of many', STEPS, RUNS),
        );
        process.stderr.write(`frames in ms: ${JSON.stringify(found)}\n`);
        await page.getByRole('link', { name: 'run 0', exact: true }).waitFor();
        tries.push(found.scrolled);
      }
      expect([tries, tries.some(isFluid)]).toEqual([tries, true]);
      expect(visitor.complaints).toEqual([]);
    },
    WITHIN_MS,
  );
});
