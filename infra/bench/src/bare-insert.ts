import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { METRIC_POINT, migrateClickHouse, openEmbeddedClickHouse } from '@runledger/clickhouse';
import { randomNumbers } from './curves';

const ROWS = 500_000;
const COLUMNS = 'series, key, step, time, value, writer, lp, ver';
const TYPES = 'series UInt32, key UInt32, step Int64, time Int64, value Float64, writer UInt32, lp UInt16, ver UInt64';
const ROW_BYTES = 46;

/** A file of 500,000 rows as a training job would leave them: all keys of a step, then the next step. */
function rowBinary(series: number): Buffer {
  const keys = 20;
  const random = randomNumbers(series);
  const out = Buffer.allocUnsafe(ROWS * ROW_BYTES);
  for (let i = 0, at = 0; i < ROWS; i++) {
    const step = Math.floor(i / keys);
    at = out.writeUInt32LE(series, at);
    at = out.writeUInt32LE(1 + (i % keys), at);
    at = out.writeBigInt64LE(BigInt(step), at);
    at = out.writeBigInt64LE(BigInt(1_790_000_000_000 + step * 40), at);
    at = out.writeDoubleLE(Math.fround(2 * Math.exp(-step / 2_000) + random() * 0.01), at);
    at = out.writeUInt32LE(1, at);
    at = out.writeUInt16LE(0, at);
    at = out.writeBigUInt64LE((1n << 64n) - 1n - ((BigInt(Math.floor(i / 10_000)) << 20n) | BigInt(i % 10_000)), at);
  }
  return out;
}

/** Rows a second that the engine takes from RowBinary files on tmpfs: the yardstick of the end-to-end budget. */
export async function bareInsert(files: number): Promise<number> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'runledger-bare-'));
  const folder = await mkdtemp('/dev/shm/runledger-bare-');
  const clickhouse = await openEmbeddedClickHouse({ dataDir });
  try {
    await migrateClickHouse(clickhouse, { fsync: true });
    for (let i = 0; i <= files; i++) await writeFile(path.join(folder, `${i}.bin`), rowBinary(i + 1));
    const insert = (i: number) =>
      clickhouse.command(
        `insert into ${METRIC_POINT} (${COLUMNS}) select ${COLUMNS} from file('${path.join(folder, `${i}.bin`)}', 'RowBinary', '${TYPES}')
         settings async_insert = 0, max_block_size = 4000000, min_insert_block_size_rows = 4000000, min_insert_block_size_bytes = 4000000000`,
      );
    await insert(files); // warm
    const from = performance.now();
    for (let i = 0; i < files; i++) await insert(i);
    const seconds = (performance.now() - from) / 1000;
    const rows = await clickhouse.rows<{ n: string }>(`select count() as n from ${METRIC_POINT}`);
    if (Number(rows[0]?.n) !== (files + 1) * ROWS) throw new Error(`the bare insert stored ${rows[0]?.n} rows`);
    return (files * ROWS) / seconds;
  } finally {
    await clickhouse.close();
    await rm(dataDir, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  }
}
