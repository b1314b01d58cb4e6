import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clickhouseContract } from './clickhouse.contract';
import { curveReadsContract } from './curve-reads.contract';
import { openEmbeddedClickHouse } from './embedded-engine';
import { METRIC_POINT, pointBlock } from './metric-point';
import { migrateClickHouse } from './migrate';
import { pouringContract } from './pouring.contract';

const FILES_A_PART = 10;
const REMOVED_MS = 15_000; // the engine's own first look comes after 30 s

const newFolder = () => mkdtemp(path.join(tmpdir(), 'runledger-clickhouse-'));

const open = async () => {
  const dataDir = await newFolder();
  const clickhouse = await openEmbeddedClickHouse({ dataDir });
  return {
    clickhouse,
    close: async () => {
      await clickhouse.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};

clickhouseContract('the embedded engine', open);
pouringContract('the embedded engine', open);
curveReadsContract('the embedded engine', open);

describe('parts of the embedded engine', () => {
  it('are of few files, and gone within seconds once they are merged', async () => {
    const dataDir = await newFolder();
    const first = await openEmbeddedClickHouse({ dataDir });
    await migrateClickHouse(first, { fsync: true });
    await first.close(); // a table's first look is planned when it is opened, before the migration has changed when
    const clickhouse = await openEmbeddedClickHouse({ dataDir });
    const partsOf = (active: 0 | 1) =>
      clickhouse.rows<{ path: string }>(
        `select path from system.parts where active = ${active} and database = 'runledger' and table = 'metric_point_v1'`,
      );
    await clickhouse.command(`system stop merges ${METRIC_POINT}`);
    for (let series = 1; series <= 20; series++)
      await clickhouse.insertPart(
        METRIC_POINT,
        pointBlock({
          rows: 1,
          series: Uint32Array.of(series),
          key: Uint32Array.of(1),
          step: Int32Array.of(series, 0),
          time: Int32Array.of(0, 0),
          value: Float64Array.of(series),
          writer: Uint32Array.of(1),
          lp: Uint16Array.of(0),
          ver: Int32Array.of(series, 0),
        }),
        { queryId: `part-${series}`, unless: 'select 1 where 0' },
      );
    const newest = (await partsOf(1)).at(-1);
    expect(await readdir(newest?.path ?? '')).toHaveLength(FILES_A_PART);
    await clickhouse.command(`system start merges ${METRIC_POINT}`);
    await clickhouse.command(`optimize table ${METRIC_POINT} final`);
    expect(await partsOf(1)).toHaveLength(1);
    let merged = await partsOf(0);
    for (const end = Date.now() + REMOVED_MS; merged.length > 0 && Date.now() < end; merged = await partsOf(0))
      await sleep(100);
    expect(merged).toEqual([]);
    await clickhouse.close();
    await rm(dataDir, { recursive: true });
  });
});
