import type { Reach } from '@runledger/contracts';
import type { DataSource } from 'typeorm';
import { type AsOf, cutOfRun, heldSql, isHeld } from './as-of';
import { readNumber, selectTime } from './columns';
import { writerNames } from './numbers';
import { reachedAmong } from './reach-sql';
import { type Ancestor, listAncestors, listRunWriters, type NamedSpan } from './run-writer';

/** A run that is known, by its facts or by its metrics. */
export type SeriesRun = Readonly<{
  run: string;
  /** The number of its series; null where it has no metrics. */
  series: number | null;
  /** Whether facts about it are known. */
  hasFacts: boolean;
  /** ms since 1970; null while it is not announced. */
  startedAt: number | null;
}>;
export type KeyNumber = Readonly<{ key: string; number: number }>;

/** One metric of one run. */
export type KnownCurve = Readonly<{
  series: number;
  key: number;
  /** Its least and its greatest step. */
  from: bigint;
  to: bigint;
  /** Stored rows: at least as many as there are points. */
  points: number;
  /** The offset behind its last point, in the partition of its run. */
  endOffset: number;
}>;

/** What groups runs into one curve: a param, a tag, or the experiment. */
export type GroupedBy = Readonly<{ param: string }> | Readonly<{ tag: string }> | 'experiment';

/** Names of charts, as numbers of series. Text becomes numbers here and nowhere else. */
export const createCurveNames = (source: DataSource) => ({
  /**
   * Those of the runs that are known and reached, in the order of their names: by their facts as of the moment, or by a series that has a number
   * now. One that nobody announced lies in no project.
   */
  async knownRuns(reach: Reach, runs: readonly string[], asOf?: AsOf): Promise<SeriesRun[]> {
    const params: unknown[] = [reach.workspace, runs, ...(asOf === undefined ? [] : [asOf.runs])];
    const held = heldSql('r', asOf === undefined ? null : '($3::int8[])[r.lp + 1]');
    const rows: Array<{ run: string; number: string | null; has_facts: boolean; started_at: string | null }> =
      await source.query(
        `select n.run, s.number, r.run is not null as has_facts, ${selectTime('r.started_at', 'started_at')}
         from unnest($2::text[]) as n(run)
         left join custody.series s on s.workspace = $1 and s.run = n.run
         left join read.run r on r.workspace = $1 and r.run = n.run and ${held}
         where (s.number is not null or r.run is not null) and ${reachedAmong('r.project', reach, params)}
         order by n.run collate "C"`,
        params,
      );
    return rows.map((row) => ({
      run: row.run,
      series: readNumber(row.number),
      hasFacts: row.has_facts,
      startedAt: readNumber(row.started_at),
    }));
  },

  /** Those of the names that the workspace knows as metrics. */
  async keyNumbersOf(workspace: string, names: readonly string[]): Promise<KeyNumber[]> {
    const rows: Array<{ key: string; number: string }> = await source.query(
      `select key, number from custody.metric_key where workspace = $1 and key = any($2) order by key collate "C"`,
      [workspace, names],
    );
    return rows.map((row) => ({ key: row.key, number: Number(row.number) }));
  },

  /** Every metric that one of the series has, by name; at most `limit`. */
  async metricsOf(series: readonly number[], limit: number): Promise<KeyNumber[]> {
    const rows: Array<{ key: string; number: string }> = await source.query(
      `select k.key, k.number from custody.metric_key k
       where k.number in (select m.key from read.run_metric m where m.series = any($1::bigint[]))
       order by k.key collate "C" limit $2`,
      [series, limit],
    );
    return rows.map((row) => ({ key: row.key, number: Number(row.number) }));
  },

  /** Which of the series has which of the metrics, and what is known of each without its points; at most `limit`. */
  async curves(series: readonly number[], keys: readonly number[], limit: number): Promise<KnownCurve[]> {
    const rows: Array<Record<'series' | 'key' | 'first_step' | 'step' | 'points' | 'end_offset', string>> =
      await source.query(
        `select series, key, first_step, step, points, (last_origin >> 20) + 1 as end_offset from read.run_metric
         where series = any($1::bigint[]) and key = any($2::bigint[]) limit $3`,
        [series, keys, limit],
      );
    return rows.map((row) => ({
      series: Number(row.series),
      key: Number(row.key),
      from: BigInt(row.first_step),
      to: BigInt(row.step),
      points: Number(row.points),
      endOffset: Number(row.end_offset),
    }));
  },

  /** How far the writers of each series have come. */
  writers: (series: readonly number[]): Promise<NamedSpan[]> => listRunWriters(source, series),

  /** From whom the runs were forked. */
  ancestors: (workspace: string, runs: readonly string[], asOf?: AsOf): Promise<Ancestor[]> =>
    listAncestors(source, workspace, runs, asOf),

  /** Those of the series to which points have come from an offset of their partition on. */
  async movedSince(series: ReadonlyArray<Readonly<{ series: number; offset: number }>>): Promise<Set<number>> {
    const rows: Array<{ number: string }> = await source.query(
      `select n.number from unnest($1::int8[], $2::int8[]) as n(number, off)
       where exists (select 1 from read.run_metric m where m.series = n.number and m.last_origin >= n.off << 20)`,
      [series.map((one) => one.series), series.map((one) => one.offset)],
    );
    return new Set(rows.map(({ number }) => Number(number)));
  },

  /** Names of writers by their numbers. */
  writerNames: (numbers: readonly number[]): Promise<Map<number, string>> => writerNames(source, numbers),

  /** The value that groups each of the runs; runs without one are not among them. */
  async groupValues(
    workspace: string,
    runs: readonly string[],
    by: GroupedBy,
    asOf?: AsOf,
  ): Promise<Map<string, string>> {
    const current = asOf === undefined ? 'to_off is null' : 'true';
    const [sql, name] =
      by === 'experiment'
        ? [`experiment as value, to_off from read.run where ${current} and experiment is not null`, null]
        : 'param' in by
          ? ['value, null as to_off from read.run_param where key = $3', by.param]
          : [`value, to_off from read.run_tag where ${current} and key = $3`, by.tag];
    const rows: Array<{ run: string; value: string; from_off: string; to_off: string | null }> = await source.query(
      `select run, from_off, ${sql} and workspace = $1 and run = any($2)`,
      name === null ? [workspace, runs] : [workspace, runs, name],
    );
    const held = rows.filter(({ run, from_off, to_off }) =>
      isHeld({ offset: Number(from_off), endOffset: readNumber(to_off) }, cutOfRun(asOf, workspace, run)),
    );
    return new Map(held.map((row) => [row.run, row.value]));
  },

  /** The offset up to which the rollups of each partition hold. A partition that was never rolled is not among them. */
  async watermarks(): Promise<Map<number, number>> {
    const rows: Array<{ partition: number; next_offset: string }> = await source.query(
      'select partition, next_offset from read.rollup_watermark',
    );
    return new Map(rows.map((row) => [row.partition, Number(row.next_offset)]));
  },
});
export type CurveNames = ReturnType<typeof createCurveNames>;
