import { setTimeout as sleep } from 'node:timers/promises';
import { createKeyStore } from '@runledger/access';
import { TOPICS } from '@runledger/contracts';
import { gapsAnswer, positionsAnswer, receiptsAnswer, seriesAnswer, storageAnswer } from '@runledger/contracts/http';
import { openScene, read, refusalOf, type Scene } from '../test/query-scene';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.close());

const tag = (key: string) => ({ type: 'tags.set', data: { tags: [{ key, value: '1' }] } }) as const;
const tagsOf = (body: unknown): string[] => (body as { tags: Array<{ key: string }> }).tags.map(({ key }) => key);
/** Resolves with the answer and how long it took. */
async function timed<T>(work: Promise<T>): Promise<{ answer: T; ms: number }> {
  const begun = performance.now();
  return { answer: await work, ms: performance.now() - begun };
}

describe('a read at a position', () => {
  it('does not wait for what is projected', async () => {
    const at = await scene.record.facts('fast', [tag('one')]);
    await scene.record.projectMetadata();
    const { answer, ms } = await timed(read(scene, `runs/fast/tags?at-least=${scene.token({ log: [at] })}&wait=5000`));
    expect([answer.status, tagsOf(answer.body)]).toEqual([200, ['one']]);
    expect(ms).toBeLessThan(500);
  });

  it('answers as soon as a signal says that the projection has come', async () => {
    await scene.record.facts('woken', [tag('one')]);
    await scene.record.projectMetadata();
    const at = await scene.record.facts('woken', [tag('two')]);
    expect(tagsOf((await read(scene, 'runs/woken/tags')).body)).toEqual(['one']);
    const waiting = timed(read(scene, `runs/woken/tags?at-least=${scene.token({ log: [at] })}`));
    await sleep(150);
    const projectedAt = performance.now();
    await scene.record.projectMetadata();
    const { answer, ms } = await waiting;
    expect(tagsOf(answer.body)).toEqual(['one', 'two']);
    expect(ms).toBeGreaterThan(140);
    expect(performance.now() - projectedAt).toBeLessThan(700); // before the look that it takes every second
  });

  it('comes to it also when the signal is lost', async () => {
    const at = await scene.record.facts('lost', [tag('one')]);
    const waiting = read(scene, `runs/lost/tags?at-least=${scene.token({ log: [at] })}`);
    await sleep(50);
    await scene.source.query(
      `insert into custody.lease (group_name, topic, partition, next_offset) values ('metadata', $1, $2, $3)
       on conflict (group_name, topic, partition) do update set next_offset = excluded.next_offset`,
      [at.topic, at.partition, at.offset + 1],
    );
    expect(refusalOf(await waiting)).toEqual([404, 'QUERY_NO_RUN']);
  });

  it('says how far behind it is when the wait runs out', async () => {
    const at = await scene.record.metrics({ run: 'behind', key: 'k', points: [] });
    const path = `runs/behind/series?key=k&at-least=${scene.token({ log: [at] })}&wait=100`;
    const { answer, ms } = await timed(read(scene, path));
    expect(refusalOf(answer)).toEqual([503, 'READS_BEHIND']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.body).toMatchObject({
      error: {
        details: { lag: at.offset + 1, behind: [{ group: 'series', partition: at.partition, wanted: at.offset }] },
      },
    });
    expect(ms).toBeLessThan(1_000);
    expect((await read(scene, `runs/behind/tags?at-least=${scene.token({ log: [at] })}&wait=0`)).status).toBe(404);
  });

  it('waits for the run that it reads only', async () => {
    const at = await scene.record.metrics({ run: 'busy', key: 'k', points: [] });
    await scene.record.stored({ run: 'idle-of-another-partition', key: 'k', points: [{ step: 1, value: 1 }] });
    const partition = scene.record.partitionOf('metrics', 'default', 'idle-of-another-partition');
    expect(partition).not.toBe(at.partition);
    const path = `runs/idle-of-another-partition/series?key=k&at-least=${scene.token({ log: [at] })}&wait=0`;
    expect((await read(scene, path)).status).toBe(200);
  });

  it('refuses positions of another log, of no log, and beyond the end', async () => {
    const at = await scene.record.facts('end', [tag('one')]);
    const ahead = { ...at, offset: at.offset + 1 };
    const get = (token: string) => read(scene, `runs/end?at-least=${token}&wait=30000`).then(refusalOf);
    expect(await get(scene.token({ incarnation: 'other', log: [at] }))).toEqual([400, 'READS_FOREIGN_POSITION']);
    expect(await get(scene.token({ log: [ahead] }))).toEqual([400, 'READS_POSITION_AHEAD']);
    for (const text of ['', 'p1.', 'nonsense', 'p1.bm9uc2Vuc2U', `p2.${scene.token({}).slice(3)}`])
      expect(await get(text)).toEqual([400, 'CONTRACTS_BAD_POSITION']);
  });

  it('waits for decisions by their number in the journal', async () => {
    const data = { experiment: 'd1', name: 'Decided', project: 'default', tags: [] };
    const journalseq = await scene.record.decision('experiment/d1', 'experiment.created', data);
    const token = scene.token({ journal: [{ workspace: 'default', journalseq }] });
    expect(refusalOf(await read(scene, `experiments/d1?at-least=${token}&wait=50`))).toEqual([503, 'READS_BEHIND']);
    const waiting = timed(read(scene, `experiments/d1?at-least=${token}`));
    await sleep(50);
    await scene.record.projectMetadata();
    const { answer, ms } = await waiting;
    expect([answer.status, ms < 900]).toEqual([200, true]);
    const ahead = scene.token({ journal: [{ workspace: 'default', journalseq: journalseq + 1 }] });
    expect(refusalOf(await read(scene, `experiments?at-least=${ahead}`))).toEqual([400, 'READS_POSITION_AHEAD']);
  });
});

it('sends those away who wait when the server stops', async () => {
  const other = { ...scene, server: await scene.serve() };
  const at = await scene.record.metrics({ run: 'closing', key: 'k', points: [] });
  const waiting = read(other, `runs/closing/series?key=k&at-least=${scene.token({ log: [at] })}&wait=30000`);
  await sleep(100);
  const { ms } = await timed(other.server.close());
  expect(refusalOf(await waiting)).toEqual([503, 'READS_CLOSING']);
  expect(ms).toBeLessThan(5_000);
});

describe('a strong read', () => {
  it('answers with everything that was acknowledged before it', async () => {
    const curve = { run: 'strong', key: 'k', points: [{ step: 1, value: 1 }] };
    const at = await scene.record.metrics(curve);
    expect((await read(scene, 'runs/strong/series?key=k&strong=true&wait=0')).status).toBe(503);
    const waiting = read(scene, 'runs/strong/series?key=k&strong=true');
    await sleep(50);
    await scene.record.projectMetrics(at, curve);
    expect(seriesAnswer.parse((await waiting).body).series[0]?.values).toEqual([1]);
  });

  it('sees a decision that is not relayed yet', async () => {
    await scene.record.projectMetadata();
    expect((await read(scene, 'experiments?strong=true&wait=0')).status).toBe(200);
    await scene.source.query(`update custody.journal_head set journalseq = journalseq + 1 where workspace = 'default'`);
    expect((await read(scene, 'experiments?strong=true&wait=0')).status).toBe(503);
    expect((await read(scene, 'experiments?strong=true&wait=0', scene.keys.other)).status).toBe(200);
    await scene.source.query(`update custody.journal_head set journalseq = journalseq - 1 where workspace = 'default'`);
  });
});

describe('positions', () => {
  it('tell of every group and partition how far it is behind', async () => {
    await scene.record.projectMetadata();
    await scene.record.facts('lagging', [tag('one')]);
    const before = positionsAnswer.parse((await read(scene, 'positions')).body);
    expect(before.positions).toHaveLength(
      TOPICS.runs.partitions + TOPICS.catalog.partitions + TOPICS.metrics.partitions + TOPICS.console.partitions,
    );
    expect(before.positions.filter(({ group }) => group === 'metadata').reduce((sum, p) => sum + p.lag, 0)).toBe(1);
    expect(before.positions.every(({ nextOffset, end, lag }) => lag === end - nextOffset)).toBe(true);
    expect(before).toMatchObject({
      incarnation: scene.log.incarnation,
      lag: before.positions.reduce((s, p) => s + p.lag, 0),
    });
    await sleep(300); // as long as a measurement is kept for the header
    expect((await read(scene, 'runs?limit=1')).headers.get('runledger-lag')).toBe('1');
    await scene.record.projectMetadata();
    await sleep(300);
    expect((await read(scene, 'runs?limit=1')).headers.get('runledger-lag')).toBe('0');
  });
});

describe('receipts', () => {
  /** Page by page, of one each. */
  const gapsOf = async () => {
    const found = [];
    for (let token: string | null = ''; token !== null; ) {
      const path = `receipts/gaps?limit=1${token === '' ? '' : `&page_token=${token}`}`;
      const page = gapsAnswer.parse((await read(scene, path)).body);
      found.push(...page.receipts);
      token = page.nextPageToken;
    }
    return found;
  };
  const receiptsOf = async (query = '') => receiptsAnswer.parse((await read(scene, `runs/r${query}`)).body);

  it('tell what a writer sent, what is stored, and what is missing', async () => {
    const { record } = scene;
    const batch = (sequence: number) =>
      record.stored({
        run: 'r',
        key: 'k',
        writer: 'w',
        sequence,
        points: [
          { step: sequence, value: 1 },
          { step: sequence + 100, value: 2 },
        ],
      });
    for (const sequence of [0, 1, 4]) await batch(sequence);
    await record.facts('r', [tag('a')], { writer: 'w', sequence: 0 });
    await record.projectMetadata();
    const open = await receiptsOf('/receipts');
    expect(open.receipts).toEqual([
      {
        topic: 'metrics',
        writer: 'w',
        sent: null,
        sentPoints: null,
        stored: 3,
        points: 6,
        missing: 2,
        gaps: [{ first: 2, last: 3 }],
      },
      { topic: 'runs', writer: 'w', sent: null, sentPoints: null, stored: 1, points: 0, missing: 0, gaps: [] },
    ]);
    await record.facts('r', [
      { type: 'writer.closed', data: { writer: 'w', topic: 'metrics', batches: 6, points: 12 } },
      { type: 'writer.closed', data: { writer: 'silent', topic: 'metrics', batches: 0 } },
    ]);
    // What came beyond what was said to be sent is stored, and nothing between is known to be missing.
    for (const sequence of [0, 2])
      await record.stored({ run: 'beyond', key: 'k', writer: 'v', sequence, points: [{ step: sequence, value: 1 }] });
    await record.facts('beyond', [
      { type: 'writer.closed', data: { writer: 'v', topic: 'metrics', batches: 1, points: 1 } },
    ]);
    await record.facts('unsent', [
      { type: 'run.started', data: { experiment: 'e', name: 'never came' } },
      { type: 'writer.closed', data: { writer: 'v', topic: 'metrics', batches: 2, points: 9 } },
    ]);
    await record.projectMetadata();
    expect((await receiptsOf('/receipts')).receipts.slice(0, 2)).toEqual([
      { topic: 'metrics', writer: 'silent', sent: 0, sentPoints: 0, stored: 0, points: 0, missing: 0, gaps: [] },
      {
        topic: 'metrics',
        writer: 'w',
        sent: 6,
        sentPoints: 12,
        stored: 3,
        points: 6,
        missing: 3,
        gaps: [
          { first: 2, last: 3 },
          { first: 5, last: 5 },
        ],
      },
    ]);
    const before = await gapsOf();
    expect(before.map(({ run, name, topic, writer, missing }) => [run, name, topic, writer, missing])).toEqual([
      ['r', null, 'metrics', 'w', 3],
      ['unsent', 'never came', 'metrics', 'v', 2],
    ]);
    for (const sequence of [2, 3, 5]) await batch(sequence);
    expect((await gapsOf()).map(({ run }) => run)).toEqual(['unsent']);
    expect((await receiptsOf('/receipts')).receipts[1]).toMatchObject({
      sent: 6,
      stored: 6,
      points: 12,
      missing: 0,
      gaps: [],
    });
  });

  it('are paged', async () => {
    const first = await receiptsOf('/receipts?limit=2');
    const next = await receiptsOf(`/receipts?limit=2&page_token=${first.nextPageToken}`);
    expect([...first.receipts, ...next.receipts].map(({ topic }) => topic)).toEqual(['metrics', 'metrics', 'runs']);
    expect(next.nextPageToken).toBeNull();
  });
});

describe('storage', () => {
  const storageOf = async (key: string) => storageAnswer.parse((await read(scene, 'storage', key)).body);

  it('is told to admins, by table to those who operate the service', async () => {
    const { workspace, stores } = await storageOf(scene.keys.admin);
    expect(workspace.runs).toBeGreaterThan(1);
    expect(workspace.points).toBeGreaterThanOrEqual(12);
    expect(stores?.map(({ store }) => store)).toEqual(['postgres', 'clickhouse']);
    for (const { bytes, tables } of stores ?? []) {
      expect(bytes).toBe(tables.reduce((sum, table) => sum + table.bytes, 0));
      expect(bytes).toBeGreaterThan(0);
    }
    const named = (stores ?? []).flatMap(({ tables }) => tables.map(({ name }) => name));
    expect(named).toEqual(expect.arrayContaining(['custody.log_record', 'read.run', 'metric_point_v1']));
    expect(refusalOf(await read(scene, 'storage'))).toEqual([403, expect.any(String)]);
  });

  it('of another workspace is its own alone', async () => {
    const permissions = ['admin'] as const;
    const { key } = await createKeyStore(scene.source).create({ workspace: 'other', label: 'admin', permissions });
    expect(await storageOf(key)).toEqual({
      workspace: { runs: 0, points: 0, artifacts: { files: 0, bytes: 0 } },
      stores: null,
    });
  });
});
