import { METRIC_POINT } from '@runledger/clickhouse';
import type { Scene } from './upkeep-scene';

const tablesOfRead = async (scene: Scene): Promise<string[]> => {
  const rows: Array<{ table: string }> = await scene.source.query(
    `select relname as table from pg_class where relnamespace = 'read'::regnamespace and relkind in ('r', 'p') and not relispartition
       and relname <> 'rollup_watermark' order by 1`,
  );
  return rows.map(({ table }) => table);
};
/** Every row that is read, as text. */
export async function allRows(scene: Scene): Promise<Record<string, string[]>> {
  const dump: Record<string, string[]> = {};
  for (const table of await tablesOfRead(scene)) {
    const rows: Array<{ t: string }> = await scene.source.query(`select t::text as t from read.${table} t order by 1`);
    dump[table] = rows.map(({ t }) => t);
  }
  const receipts: Array<{ t: string }> = await scene.source.query(
    'select t::text as t from custody.writer_receipt t order by 1',
  );
  dump['receipts'] = receipts.map(({ t }) => t);
  const points = await scene.clickhouse.rows<object>(
    `select series, key, step, time, value, writer, lp, ver from ${METRIC_POINT} final order by all`,
  );
  dump['points'] = points.map((point) => JSON.stringify(point));
  return dump;
}
