import { setTimeout as sleep } from 'node:timers/promises';
import { METRIC_POINT, openHttpClickHouse } from '@runledger/clickhouse';
import { AcknowledgedStream, checkAcknowledged, spawnProgram, WORKSPACE } from '@runledger/testkit';
import { openScaledShape, type ScaledShape, urlOf } from './scaled-shape';

const RUNS = 3;
const STEPS = 150;

describe('the scaled shape', () => {
  let shape: ScaledShape;
  beforeAll(async () => {
    shape = await openScaledShape('scaled');
  }, 120_000);
  afterAll(() => shape.stop(), 60_000);

  it('carries the demo and a stream through the death of a projector, and shows every point once', async () => {
    const ingestUrl = await urlOf(shape.start('ingest'));
    const projectors = [shape.start('projector'), shape.start('projector')];
    const queryUrl = await urlOf(shape.start('query'));
    await Promise.all(projectors.map((projector) => projector.line(/ready/)));

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

    const clickhouse = await openHttpClickHouse({ url: shape.clickhouseUrl });
    const count = async (final: string) =>
      Number((await clickhouse.rows<{ n: string }>(`select count() as n from ${METRIC_POINT} ${final}`))[0]?.n);
    expect(await count('')).toBe(await count('final'));
    await clickhouse.close();
  }, 240_000);
});
