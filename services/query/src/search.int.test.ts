import { encodePositionToken } from '@runledger/contracts';
import { facetsAnswer, searchAnswer } from '@runledger/contracts/http';
import { eventually } from '@runledger/testkit';
import { openScene, post, refusalOf, type Scene } from '../test/query-scene';

let scene: Scene;
const RUNS = 12;
beforeAll(async () => {
  scene = await openScene();
  const { record } = scene;
  for (let i = 0; i < RUNS; i++) {
    await record.facts(`r${i}`, [
      {
        type: 'run.started',
        data: {
          experiment: i % 2 === 0 ? 'even' : 'odd',
          name: `run ${i}`,
          startedAt: new Date(i * 1_000).toISOString(),
        },
      },
      {
        type: 'params.logged',
        data: {
          params: [
            { key: 'lr', value: i / 100 },
            { key: 'opt', value: i < 6 ? 'adam' : 'sgd' },
          ],
        },
      },
      { type: 'tags.set', data: { tags: [{ key: 'team', value: i % 3 === 0 ? 'vision' : 'text' }] } },
    ]);
    if (i === 0) continue; // one run without the metric
    const points = [
      { step: 0, value: i },
      { step: 1, value: i === 5 ? Number.NaN : -i },
    ];
    await record.stored({ run: `r${i}`, key: 'loss', points });
  }
  await record.projectMetadata();
});
afterAll(() => scene.close());

const find = async (body: object, query = '') => {
  const answer = await post(scene, `search${query}`, body);
  return searchAnswer.parse(answer.body);
};
const runsOf = async (body: object) => (await find(body)).runs.map(({ run }) => run);

describe('POST /api/v1/search', () => {
  it('finds runs by metric, param and tag, ordered by a metric', async () => {
    const filter = "metrics.loss < -1 AND params.opt = 'adam' AND NOT tags.team = 'vision'";
    expect(await runsOf({ filter, orderBy: ['metrics.loss'] })).toEqual(['r4', 'r2']);
    expect(await runsOf({ filter: 'metrics.loss.max >= 10', orderBy: ['metrics.loss.min DESC'] })).toEqual([
      'r10',
      'r11',
    ]);
    expect(await runsOf({ filter: "run_id IN ('r3', 'r0', 'r5')", orderBy: ['metrics.loss DESC'] })).toEqual([
      'r3',
      'r5',
      'r0',
    ]);
  });

  it('gives the newest first, page by page, counted, and in its experiments only', async () => {
    const seen: string[] = [];
    let pageToken: string | undefined;
    do {
      const page = await find({ experiments: ['even'], limit: 4, count: true, ...(pageToken && { pageToken }) });
      expect(page.count).toBe(RUNS / 2);
      seen.push(...page.runs.map(({ run }) => run));
      pageToken = page.nextPageToken ?? undefined;
    } while (pageToken !== undefined);
    expect(seen).toEqual(['r10', 'r8', 'r6', 'r4', 'r2', 'r0']);
    expect((await find({ experiments: [] })).runs).toEqual([]);
  });

  it('answers the columns asked for, and no others', async () => {
    const filter = "run_id = 'r5'";
    const [bare] = (await find({ filter })).runs;
    expect(bare).toMatchObject({ run: 'r5', name: 'run 5', params: [], tags: [], metrics: [], inputs: [] });
    const [full] = (await find({ filter, columns: { params: 'all', tags: ['team'], metrics: 'all', inputs: true } }))
      .runs;
    expect(full).toMatchObject({
      params: [
        { key: 'lr', value: 0.05 },
        { key: 'opt', value: 'adam' },
      ],
      tags: [{ key: 'team', value: 'text' }],
      metrics: [{ key: 'loss', value: 'NaN', step: 1, last: 'NaN', min: 5, max: 5 }],
    });
  });

  it('refuses a filter with the place where it goes wrong, and a page of another list', async () => {
    const bad = await post(scene, 'search', { filter: "params.lr = 'x' AND metrics.loss" });
    expect(refusalOf(bad)).toEqual([400, 'FILTER_BAD_COMPARISON']);
    expect(bad.text).toContain('at offset 32');
    expect(refusalOf(await post(scene, 'search', { filter: '('.repeat(10_000) }))).toEqual([400, 'FILTER_TOO_LARGE']);
    expect(refusalOf(await post(scene, 'search', { filter: "tags.team RLIKE '(a+)+\\1'" }))[1]).toBe(
      'FILTER_BAD_REGEX',
    );
    expect((await post(scene, 'search', { filter: 'x'.repeat(1_000_001) })).status).toBe(413);
    expect(refusalOf(await post(scene, 'search', { orderBy: ['metrics.loss', 'metrics.loss DESC'] }))[1]).toBe(
      'FILTER_BAD_ORDER',
    );
    const { nextPageToken: pageToken } = await find({ limit: 1 });
    expect(refusalOf(await post(scene, 'search', { filter: "run_id = 'r5'", pageToken }))).toEqual([
      400,
      'READS_BAD_PAGE_TOKEN',
    ]);
  });

  it('shows another workspace nothing', async () => {
    const foreign = await post(scene, 'search', {}, scene.keys.other);
    expect(foreign.body).toEqual({ runs: [], count: null, nextPageToken: null });
  });

  it('waits for metrics only where the search looks at some', async () => {
    const at = await scene.record.metrics({ run: 'r1', key: 'loss', points: [] });
    const token = encodePositionToken({ incarnation: scene.log.incarnation, log: [at], journal: [] });
    const query = `?at-least=${token}&wait=50`;
    expect((await find({ filter: "params.opt = 'adam'", limit: 1 }, query)).runs).toHaveLength(1);
    expect(refusalOf(await post(scene, `search${query}`, { filter: 'metrics.loss < 0' }))).toEqual([
      503,
      'READS_BEHIND',
    ]);
    await scene.record.projectMetrics(at, { run: 'r1', key: 'loss', points: [{ step: 5, value: -99 }] });
    const found = await find({ filter: 'metrics.loss < -50', orderBy: ['metrics.loss'] }, query);
    expect(found.runs.map(({ run }) => run)).toEqual(['r1']);
  });
});

it('a search is ended in Postgres within a second once nobody waits for it', async () => {
  const running = async (): Promise<number> => {
    const [row]: Array<{ n: string }> = await scene.source.query(
      `select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return Number(row?.n);
  };
  const other = scene.source.createQueryRunner();
  await other.startTransaction();
  await other.query('lock table read.run in access exclusive mode');
  const client = new AbortController();
  const asked = fetch(`${scene.server.url}/api/v1/search`, {
    method: 'POST',
    headers: { authorization: `Bearer ${scene.keys.reader}`, 'content-type': 'application/json' },
    body: JSON.stringify({ filter: "tags.nobody = 'has it'" }),
    signal: client.signal,
  });
  await eventually(async () => ((await running()) > 0 ? true : undefined));
  client.abort();
  const begun = performance.now();
  await expect(asked).rejects.toThrow();
  while ((await running()) > 0) expect(performance.now() - begun).toBeLessThan(1_000);
  await other.rollbackTransaction();
  await other.release();
  expect((await post(scene, 'search', { filter: "tags.nobody = 'has it'" })).body).toMatchObject({ runs: [] });
});

describe('POST /api/v1/search/facets', () => {
  const facets = async (body: object) => facetsAnswer.parse((await post(scene, 'search/facets', body)).body);

  it('tells what the matching runs have, and how it varies', async () => {
    const found = await facets({ filter: "params.opt = 'adam'" });
    expect(found).toMatchObject({
      runs: 6,
      complete: true,
      experiments: [
        { value: 'even', runs: 3 },
        { value: 'odd', runs: 3 },
      ],
      statuses: [{ value: 'running', runs: 6 }],
      metrics: [{ key: 'loss', runs: 5, nans: 1, min: -99, max: -2 }],
    });
    expect(found.params).toEqual([
      expect.objectContaining({ key: 'lr', runs: 6, distinct: 6, varies: true, min: 0, max: 0.05 }),
      { key: 'opt', runs: 6, distinct: 1, varies: false, min: null, max: null, values: [{ value: 'adam', runs: 6 }] },
    ]);
    expect(found.tags[0]?.values).toEqual([
      { value: 'text', runs: 4 },
      { value: 'vision', runs: 2 },
    ]);
  });

  it('tells of no runs that there is nothing', async () => {
    expect(await facets({ experiments: ['none'] })).toMatchObject({ runs: 0, complete: true, params: [], metrics: [] });
    expect(refusalOf(await post(scene, 'search/facets', { filter: 'x' }))).toEqual([400, 'FILTER_UNKNOWN_FIELD']);
  });
});

it('goes on page by page while runs are recorded: those that stood still come once each', async () => {
  const { record } = scene;
  const all = Array.from({ length: RUNS }, (_, i) => `r${i}`).sort();
  const orders = [[], ['metrics.loss DESC'], ['params.lr', 'tags.team', 'attributes.run_id DESC']];
  for (const [which, orderBy] of orders.entries()) {
    const seen: string[] = [];
    for (let pageToken: string | null | undefined; pageToken !== null; ) {
      const page = await find({
        orderBy,
        limit: 4,
        lifecycle: 'all',
        ...(pageToken === undefined ? {} : { pageToken }),
      });
      seen.push(...page.runs.map(({ run }) => run));
      pageToken = page.nextPageToken;
      const run = `new-${which}-${seen.length}`;
      await record.facts(run, [
        { type: 'run.started', data: { experiment: 'even' } },
        { type: 'params.logged', data: { params: [{ key: 'lr', value: (seen.length % 5) / 100 }] } },
      ]);
      await record.stored({ run, key: 'loss', points: [{ step: 1, value: (seen.length * 7) % RUNS }] });
      await record.projectMetadata();
    }
    expect(seen).toEqual([...new Set(seen)]);
    expect(seen.filter((run) => !run.startsWith('new-')).sort()).toEqual(all);
  }
});
