import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { METRIC_POINT, migrateClickHouse, openEmbeddedClickHouse } from '@runledger/clickhouse';

/** Bytes of a folder's files, as their lengths. */
export function folderBytes(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) bytes += folderBytes(file);
    else if (entry.isFile()) bytes += statSync(file).size;
  }
  return bytes;
}

export type DiskUse = Readonly<{
  points: number;
  bytesPerPoint: number;
  rollupBytesPerPoint: number;
  byColumn: Record<string, number>;
}>;

/** Bytes a point of a stopped server's series tables, after merging. */
export async function measureDisk(dataDir: string): Promise<DiskUse> {
  const clickhouse = await openEmbeddedClickHouse({ dataDir: path.join(dataDir, 'clickhouse') });
  try {
    await migrateClickHouse(clickhouse, { fsync: true });
    for (const table of ['metric_point_v1', 'metric_rollup_v1'])
      await clickhouse.command(`optimize table runledger.${table} final`);
    const count = await clickhouse.rows<{ n: string }>(`select count() as n from ${METRIC_POINT}`);
    const points = Number(count[0]?.n);
    const parts = await clickhouse.rows<{ table: string; bytes: string }>(
      `select table, sum(bytes_on_disk) as bytes from system.parts where active and database = 'runledger' group by table`,
    );
    const bytes = (table: string): number => Number(parts.find((p) => p.table === table)?.bytes ?? 0);
    const columns = await clickhouse.rows<{ column: string; bytes: string }>(
      `select column, sum(column_data_compressed_bytes) as bytes from system.parts_columns
       where active and table = 'metric_point_v1' group by column order by column`,
    );
    const each = (n: number): number => Math.round((n / points) * 1000) / 1000;
    return {
      points,
      bytesPerPoint: each(bytes('metric_point_v1') + bytes('metric_rollup_v1')),
      rollupBytesPerPoint: each(bytes('metric_rollup_v1')),
      byColumn: Object.fromEntries(columns.map((c) => [c.column, each(Number(c.bytes))])),
    };
  } finally {
    await clickhouse.close();
  }
}
