import { setTimeout as sleep } from 'node:timers/promises';
import { TOPICS } from '@runledger/contracts';
import {
  gapsAnswer,
  positionsAnswer,
  receiptsAnswer,
  runHistoryAnswer,
  storageAnswer,
} from '@runledger/contracts/http';
import { followStream, type Told } from '../test/event-stream';
import { openScene, read, type Scene } from '../test/query-scene';
import {
  type Environment,
  environmentText,
  LOG_RUNS,
  type PlainReads,
  type Receipt,
  readPlainly,
  recordRandomLog,
} from '../test/random-log';

// What moved is held against a plain evaluation over all that was recorded, of readers who come and go meanwhile.
let scene: Scene;
let plain: PlainReads;
const KEYS = ['loss', 'val/acc'];
const followed = LOG_RUNS.filter((_, i) => i % 2 === 1);
const QUERY = `?${followed.map((run) => `run=${run}`).join('&')}&${KEYS.map((key) => `key=${encodeURIComponent(key)}`).join('&')}`;

type Moved = {
  run: string;
  facts: boolean;
  series: { step: number; metrics: Array<{ key: string; step: number }> } | null;
};
const movesOf = ({ data }: Told): Moved[] => (data['runs'] as Moved[] | undefined) ?? [];

/** Reads on as a browser does whose connection breaks each time it has heard a few events. */
async function readWithBreaks(heard: Told[], isOver: () => boolean): Promise<number> {
  let breaks = 0;
  while (!isOver()) {
    const stream = await followStream(scene, QUERY, heard.at(-1)?.id);
    while (stream.told.length < 2 && !isOver()) await sleep(10); // not until the next event: none may come
    await stream.stop();
    heard.push(...stream.told);
    breaks++;
  }
  return breaks;
}

const steady: Told[] = [];
const broken: Told[] = [];
let breaks = 0;
beforeAll(async () => {
  scene = await openScene();
  const stream = await followStream(scene, QUERY);
  await stream.until(({ event }) => event === 'watching');
  let isOver = false;
  const reading = readWithBreaks(broken, () => isOver);
  plain = readPlainly(await recordRandomLog(scene, 23, 260));
  // The last thing that moves: whoever has heard of it has heard of all before it.
  for (const run of followed)
    await scene.record.stored({ run, key: 'loss', points: [{ step: 1_000, value: 1, time: 1 }] });
  const isLast = (event: Told): boolean => movesOf(event).some(({ series }) => series?.step === 1_000);
  const runsAtEnd = (told: readonly Told[]) =>
    new Set(
      told
        .filter(isLast)
        .flatMap((event) => movesOf(event).flatMap(({ run, series }) => (series?.step === 1_000 ? [run] : []))),
    );
  await stream.until(() => runsAtEnd(stream.told).size === followed.length, 30_000);
  await stream.stop();
  steady.push(...stream.told);
  isOver = true;
  breaks = await reading;
  if (runsAtEnd(broken).size === followed.length) return;
  const last = await followStream(scene, QUERY, broken.at(-1)?.id);
  await last.until(() => runsAtEnd([...broken, ...last.told]).size === followed.length, 30_000);
  await last.stop();
  broken.push(...last.told);
}, 240_000);
afterAll(() => scene.close());

describe('what a reader was told of runs that move', () => {
  const heardOf = (told: readonly Told[], run: string): Moved[] =>
    told.flatMap(movesOf).filter((moved) => moved.run === run);
  const lastStepOf = (run: string, key: string): number =>
    Math.max(...plain.points(run, key).map(({ step }) => step), ...(key === 'loss' ? [1_000] : []));

  it.each([
    ['without a break', steady],
    ['with breaks', broken],
  ])('%s ends at what the log says, and never goes back', (_how, told) => {
    expect(breaks).toBeGreaterThan(3);
    expect(new Set(told.flatMap(movesOf).map(({ run }) => run))).toEqual(new Set(followed));
    for (const run of followed) {
      const heard = heardOf(told, run);
      const reached = heard.flatMap(({ series }) => (series === null ? [] : [series]));
      const steps = reached.map(({ step }) => step);
      expect([run, steps]).toEqual([run, [...steps].sort((a, b) => a - b)]);
      const keys = KEYS.filter((key) => key === 'loss' || plain.points(run, key).length > 0);
      expect([run, reached.at(-1)?.metrics.map(({ key, step }) => [key, step])]).toEqual([
        run,
        keys.map((key) => [key, lastStepOf(run, key)]),
      ]);
      // Whoever goes on after a break may be told of more than has moved, and never of less.
      if (plain.isKnown(run)) expect([run, heard.some(({ facts }) => facts)]).toEqual([run, true]);
    }
  });
});

describe('the history of a run', () => {
  type Change = readonly [kind: string, name: string, before: unknown, after: unknown];
  const seen = async (run: string): Promise<Change[]> => {
    const changes: Change[] = [];
    for (let token: string | null = ''; token !== null; ) {
      const page = token === '' ? '' : `&page_token=${token}`;
      const found = runHistoryAnswer.parse((await read(scene, `runs/${run}/history?limit=3${page}`)).body);
      for (const { kind, name, before, after } of found.changes) {
        const shown = (members: Readonly<Record<string, unknown>> | null): unknown => {
          if (members === null) return null;
          if (kind === 'environment') return environmentText(members as Environment);
          if (kind === 'code') return `${String(members['commit'])} ${String(members['branch'])}`;
          return members[kind === 'tag' ? 'value' : 'digest'];
        };
        if (kind !== 'run') changes.push([kind, name, shown(before), shown(after)]);
      }
      token = found.nextPageToken;
    }
    return changes;
  };

  it('tells each change that the log brought, newest first, and nothing that was only said again', async () => {
    let told = 0;
    for (const run of LOG_RUNS.filter(plain.isKnown)) {
      const expected = plain.changes(run).reverse();
      expect([run, await seen(run)]).toEqual([run, expected]);
      told += expected.length;
    }
    expect(told).toBeGreaterThan(30);
  });
});

describe('what has come', () => {
  type Told = Omit<Receipt, 'missing'> & { missing: number; gaps: ReadonlyArray<{ first: number; last: number }> };
  /** Gaps as the numbers that lie in them. */
  const shown = ({ gaps, missing, ...one }: Told): Receipt => {
    const lacking = gaps.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
    expect(missing).toBe(lacking.length);
    return { ...one, missing: lacking };
  };
  async function paged<Page extends { nextPageToken: string | null }>(
    path: string,
    read: (token: string) => Promise<Page>,
  ) {
    const pages: Page[] = [];
    for (let token: string | null = ''; token !== null; token = pages.at(-1)?.nextPageToken ?? null)
      pages.push(await read(`${path}?limit=2${token === '' ? '' : `&page_token=${token}`}`));
    return pages;
  }
  const body = async (path: string, key?: string): Promise<unknown> => (await read(scene, path, key)).body;

  it('of each writer, and what of it is missing, is what the log has by its numbers', async () => {
    const lacking: unknown[] = [];
    for (const run of LOG_RUNS) {
      const expected = plain.receipts(run);
      for (const one of expected) if (one.missing.length > 0) lacking.push({ run, ...one });
      if (!plain.isKnown(run)) continue;
      const pages = await paged(`runs/${run}/receipts`, async (path) => receiptsAnswer.parse(await body(path)));
      expect([run, pages.flatMap(({ receipts }) => receipts.map(shown))]).toEqual([run, expected]);
    }
    const pages = await paged('receipts/gaps', async (path) => gapsAnswer.parse(await body(path)));
    const gaps = pages.flatMap(({ receipts }) => receipts.map(({ run, name: _, ...one }) => ({ run, ...shown(one) })));
    expect(lacking.length).toBeGreaterThan(10);
    expect(gaps).toEqual(lacking);
  });

  it('is counted once, whatever became of it since', async () => {
    const { workspace } = storageAnswer.parse(await body('storage', scene.keys.admin));
    const digests = LOG_RUNS.flatMap((run) => [...plain.artifacts(run).values()]);
    const files = new Set(digests).size;
    expect(workspace).toEqual({
      runs: LOG_RUNS.filter(plain.isKnown).length,
      points: plain.rows() + followed.length,
      artifacts: { files, bytes: files },
    });
  });

  it('and where it ends is told of each partition', async () => {
    const { positions, lag, journal } = positionsAnswer.parse(await body('positions'));
    const of = { metadata: [TOPICS.runs, TOPICS.catalog], series: [TOPICS.metrics], console: [TOPICS.console] };
    const places = Object.entries(of).flatMap(([group, topics]) =>
      topics.flatMap(({ name: topic, partitions }) =>
        Array.from({ length: partitions }, (_, partition) => ({ group, topic, partition })),
      ),
    );
    expect(new Set(positions.map(({ group, topic, partition }) => `${group} ${topic} ${partition}`))).toEqual(
      new Set(places.map(({ group, topic, partition }) => `${group} ${topic} ${partition}`)),
    );
    for (const { topic, partition, end, nextOffset } of positions) {
      let records = 0;
      for await (const batch of scene.log.read(topic, partition, 0, end + 1)) records += batch.length;
      expect([topic, partition, end, nextOffset]).toEqual([topic, partition, records, records]);
    }
    expect([lag, journal]).toEqual([0, { decided: 0, relayed: 0, applied: 0 }]);
  });
});
