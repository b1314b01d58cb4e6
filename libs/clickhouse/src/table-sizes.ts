import type { ClickHouse } from './engine';

/** Tables of the engine as they lie on its disks, merged or not; the largest first. */
export async function tableSizes(engine: ClickHouse): Promise<Array<{ name: string; bytes: number; rows: number }>> {
  const found = await engine.rows<{ name: string; bytes: string; rows: string }>(
    `select table as name, sum(bytes_on_disk) as bytes, sum(rows) as rows from system.parts
     where active and database = 'runledger' group by table order by bytes desc, name`,
  );
  return found.map(({ name, bytes, rows }) => ({ name, bytes: Number(bytes), rows: Number(rows) }));
}
