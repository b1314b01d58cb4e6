import { setTimeout as sleep } from 'node:timers/promises';
import { type ClickHouse, METRIC_POINT, openHttpClickHouse } from '@runledger/clickhouse';
import type { CheckResult } from '@runledger/contracts/http';
import { AcknowledgedStream, checkAcknowledged, spawnProgram, WORKSPACE } from '@runledger/testkit';
import { openScaledShape, type ScaledShape, urlOf } from './scaled-shape';

const RUNS = 3;
const STEPS = 150;

describe('the scaled shape', () => {
  let shape: ScaledShape;
  let clickhouse: ClickHouse;
  let upkeepUrl: string;
  beforeAll(async () => {
    shape = await openScaledShape('scaled');
    clickhouse = await openHttpClickHouse({ url: shape.clickhouseUrl });
  }, 120_000);
  afterAll(async () => {
    await clickhouse.close();
    await shape.stop();
  }, 60_000);

  /** The last line of what upkeep tells. */
  async function upkeep(route: 'check' | 'rebuild', asked: Readonly<Record<string, unknown>>): Promise<unknown> {
    const answer = await fetch(`${upkeepUrl}/api/v1/${route}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${shape.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(asked),
    });
    return JSON.parse((await answer.text()).trim().split('\n').at(-1) ?? 'null');
  }

  it('carries the demo and a stream through the death of a projector, and shows every point once', async () => {
    const ingestUrl = await urlOf(shape.start('ingest'));
    const projectors = [shape.start('projector'), shape.start('projector')];
    const queryUrl = await urlOf(shape.start('query'));
    [, upkeepUrl = ''] = await Promise.all(projectors.map(urlOf));

    const url = (): string => ingestUrl;
    const file = `${shape.folder}/acknowledged`;
    const stream = { url, key: shape.key, file, writers: 6, pauseMs: 20, prefix: 'streamed' };
    const streaming = new AcknowledgedStream(stream);
    streaming.start();
    const demo = spawnProgram(
      process.execPath,
      [
        `${WORKSPACE}/infra/demo/dist/main.js`,
        '--runs',
        String(RUNS),
        '--steps',
        String(STEPS),
        '--read-url',
        queryUrl,
      ],
      { cwd: shape.folder, env: { RUNLEDGER_URL: ingestUrl, RUNLEDGER_API_KEY: shape.key } },
    );
    await sleep(4_000);
    projectors[0]?.kill('SIGKILL');
    expect(await demo.ended).toBe(0); // it fails when anything that it sent is missing
    expect(demo.output()).toMatch(/missing batches 0/);

    const end = await streaming.stop();
    expect(end.refused).toEqual([]);
    expect(end.acknowledged).toBeGreaterThan(200);
    const found = await checkAcknowledged({ ...stream, url: () => queryUrl });
    expect(found).toEqual({ points: found.points, lost: [], duplicates: [], torn: [] });

    const count = async (final: string) =>
      Number((await clickhouse.rows<{ n: string }>(`select count() as n from ${METRIC_POINT} ${final}`))[0]?.n);
    expect(await count('')).toBe(await count('final'));
  }, 240_000);

  it('is compared with its log, mended and filled anew, on an engine behind HTTP', async () => {
    const rows = async () => clickhouse.rows(`select * from ${METRIC_POINT} final order by all`);
    const before = await rows();
    const asItWas = { kind: 'result', differences: 0 };
    expect(await upkeep('check', {})).toMatchObject(asItWas);

    await clickhouse.command(`alter table ${METRIC_POINT} delete where step % 7 = 3 settings mutations_sync = 2`);
    const mended = (await upkeep('check', { repair: true })) as CheckResult;
    expect(mended.differences).toBeGreaterThanOrEqual(RUNS);
    expect(mended.repaired).toBe(mended.differences);
    expect(await rows()).toEqual(before);
    expect(await upkeep('check', {})).toMatchObject(asItWas);

    expect(await upkeep('rebuild', { projection: 'series' })).toMatchObject({ kind: 'progress', stage: 'done' });
    expect(await rows()).toEqual(before);
    expect(await upkeep('check', {})).toMatchObject(asItWas);
  }, 240_000);
});
