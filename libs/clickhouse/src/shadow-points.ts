import { Fault } from '@runledger/kernel';
import type { ClickHouse, Params } from './engine';
import { METRIC_POINT } from './metric-point';
import { createRemovePoints, type RemovePoints } from './remove-points';
import { METRIC_ROLLUP } from './rollup';

/** A table beside the live one, by the name of whose it is. */
const shadowTable = (name: string): string => `runledger.metric_point_${name}`;

/** The engine, with the shadow's points in the place of the live ones. It reads and stores ranges, and does nothing else. */
export function shadowClickHouse(clickhouse: ClickHouse, name: string): ClickHouse {
  const table = shadowTable(name);
  const of = (sql: string): string => sql.replaceAll(METRIC_POINT, table);
  const past = (): never => {
    throw new Fault('bug', 'CLICKHOUSE_PAST_SHADOW', 'this does not know of shadow tables');
  };
  return {
    rows: (sql, params, settings) => clickhouse.rows(of(sql), params, settings),
    bytes: (sql, format, params, settings) => clickhouse.bytes(of(sql), format, params, settings),
    insertPart: (to, block, insert) => clickhouse.insertPart(of(to), block, { ...insert, unless: of(insert.unless) }),
    settle: (queryId) => clickhouse.settle(queryId),
    command: past,
    pour: past,
    close: past,
  };
}

/** Points of whole series are compared at a time. */
const PAGE = 5_000;
/** Points that are shown of a series that differs. */
const SHOWN = 3;

/** By partition of the log: points that were recorded before this offset count. */
export type Cuts = readonly number[];
export type SeriesDigest = Readonly<{ series: number; points: number; digest: string }>;

const seen = 'ver > bitNot(bitShiftLeft(toUInt64({cuts:Array(UInt64)}[lp + 1]), 20))';
const WHOLE_POINT = 'key, step, time, reinterpretAsUInt64(value), writer, lp, ver';

export type ShadowPoints = Readonly<{
  /** An empty table like the live one. What was there of the same name is dropped. */
  create(): Promise<void>;
  drop(): Promise<void>;
  isThere(): Promise<boolean>;
  /** Takes away what the log still tells and nobody keeps any more. */
  forget: RemovePoints;
  /** Puts the shadow in the place of the live table, and takes what was rolled of it away. */
  swap(): Promise<void>;
  dropRolled(): Promise<void>;
  /** Digests of the series of one side, by number. `secret`: nobody who forged rows can have known it. */
  digests(side: 'live' | 'shadow', cuts: Cuts, secret: bigint): AsyncGenerator<SeriesDigest>;
  /** A few points that one side has and the other has not. */
  only(side: 'live' | 'shadow', series: number, cuts: Cuts): Promise<string[]>;
  /** Points that claim a place in the log at these offsets or behind them, by series. */
  beyond(cuts: Cuts): Promise<ReadonlyArray<Readonly<{ series: number; partition: number; offset: number }>>>;
  /** Makes the live points of a series what the shadow's are. Done again, it does nothing more. */
  mend(series: number, cuts: Cuts): Promise<void>;
}>;

export function createShadowPoints(clickhouse: ClickHouse, name: string): ShadowPoints {
  const shadow = shadowTable(name);
  const tableOf = (side: 'live' | 'shadow'): string => (side === 'live' ? METRIC_POINT : shadow);
  const other = (side: 'live' | 'shadow') => tableOf(side === 'live' ? 'shadow' : 'live');
  const drop = (): Promise<void> => clickhouse.command(`drop table if exists ${shadow} sync`);
  const dropRolled = (): Promise<void> => clickhouse.command(`truncate table ${METRIC_ROLLUP}`);
  const points = (table: string): string =>
    `select ${WHOLE_POINT} from ${table} final where series = {series:UInt32} and ${seen}`;
  const bySeries = (series: number, cuts: Cuts): Params => ({ series, cuts });

  return {
    drop,
    forget: createRemovePoints(clickhouse, [shadow]),
    async create() {
      await drop();
      await clickhouse.command(`create table ${shadow} as ${METRIC_POINT}`);
    },
    async isThere() {
      const rows = await clickhouse.rows<{ found: number }>(`exists table ${shadow}`).catch(() => []);
      return Number(Object.values(rows[0] ?? {})[0] ?? 0) === 1;
    },
    dropRolled,
    async swap() {
      await clickhouse.command(`exchange tables ${METRIC_POINT} and ${shadow}`);
      await dropRolled();
    },
    async *digests(side, cuts, secret) {
      const keys = [secret & 0xffff_ffff_ffff_ffffn, secret >> 64n];
      for (let after = -1; ; ) {
        const rows = await clickhouse.rows<{ series: number; points: string; digest: string }>(
          `select series, count() as points,
             toString(sum(sipHash64Keyed(({k0:UInt64}, {k1:UInt64}), ${WHOLE_POINT}))) as digest
           from ${tableOf(side)} final where series > {after:Int64} and series in (
             select distinct series from ${tableOf(side)} where series > {after:Int64} order by series limit ${PAGE})
             and ${seen}
           group by series order by series`,
          { after, cuts, k0: keys[0] as bigint, k1: keys[1] as bigint },
        );
        for (const row of rows) yield { series: row.series, points: Number(row.points), digest: row.digest };
        const [next] = await clickhouse.rows<{ last: number | null }>(
          `select max(series) as last from (
             select distinct series from ${tableOf(side)} where series > {after:Int64} order by series limit ${PAGE})
           having count() > 0`,
          { after },
        );
        if (next === undefined) return;
        after = Number(next.last);
      }
    },
    async only(side, series, cuts) {
      const rows = await clickhouse.rows<{ point: string }>(
        `select toString(tuple(*)) as point from (
           select key, step, time, toString(value) as shown, writer, lp, off, ord from ${tableOf(side)} final
           where series = {series:UInt32} and ${seen} and (${WHOLE_POINT}) not in (${points(other(side))})
           order by key, step, time limit ${SHOWN})`,
        bySeries(series, cuts),
      );
      return rows.map(({ point }) => point);
    },
    async beyond(cuts) {
      const rows = await clickhouse.rows<{ series: number; lp: number; off: string }>(
        `select series, lp, max(off) as off from ${METRIC_POINT} where not (${seen}) group by series, lp`,
        { cuts },
      );
      return rows.map((row) => ({ series: row.series, partition: row.lp, offset: Number(row.off) }));
    },
    async mend(series, cuts) {
      const columns = 'series, key, step, time, value, writer, lp, ver';
      await clickhouse.command(
        `insert into ${METRIC_POINT} (${columns}) select ${columns} from ${shadow} final
         where series = {series:UInt32} and ${seen} and (${WHOLE_POINT}) not in (${points(METRIC_POINT)})`,
        bySeries(series, cuts),
      );
      await clickhouse.command(
        `alter table ${METRIC_POINT} delete where series = {series:UInt32} and ${seen}
           and (${WHOLE_POINT}) not in (${points(shadow)})
         settings mutations_sync = 2`,
        bySeries(series, cuts),
      );
      await clickhouse.command(
        `alter table ${METRIC_ROLLUP} delete where series = {series:UInt32} settings mutations_sync = 2`,
        { series },
      );
    },
  };
}
