import type { DataSource, EntityManager } from 'typeorm';
import { type AsOf, heldSql } from './as-of';

type Queryable = Pick<DataSource | EntityManager, 'query'>;

/** What a writer has logged of a run: least and greatest step and time (ms since 1970) of all its points, and how many rows they are. */
export type WriterSpan = Readonly<{
  series: number;
  /** 0 stands for points without a writer. */
  writer: number;
  firstStep: bigint;
  lastStep: bigint;
  firstTime: bigint;
  lastTime: bigint;
  points: number;
}>;
export type NamedSpan = WriterSpan & Readonly<{ name: string }>;

const COLUMNS = ['series', 'writer', 'first_step', 'last_step', 'first_time', 'last_time', 'points'];

/** Adds what a range brings. One span a writer of a run; in the transaction that moves the offset past the range. */
export async function mergeRunWriters(tx: Queryable, spans: readonly WriterSpan[]): Promise<void> {
  if (spans.length === 0) return;
  await tx.query(
    `insert into read.run_writer as w (${COLUMNS.join(', ')})
     select * from unnest(${COLUMNS.map((_, i) => `$${i + 1}::bigint[]`).join(', ')})
     on conflict (series, writer) do update set
       first_step = least(w.first_step, excluded.first_step), last_step = greatest(w.last_step, excluded.last_step),
       first_time = least(w.first_time, excluded.first_time), last_time = greatest(w.last_time, excluded.last_time),
       points = w.points + excluded.points`,
    [
      spans.map((s) => s.series),
      spans.map((s) => s.writer),
      spans.map((s) => s.firstStep),
      spans.map((s) => s.lastStep),
      spans.map((s) => s.firstTime),
      spans.map((s) => s.lastTime),
      spans.map((s) => s.points),
    ],
  );
}

/** The writers of the runs, by their first time. */
export async function listRunWriters(source: Queryable, series: readonly number[]): Promise<NamedSpan[]> {
  const rows: Array<Record<string, string>> = await source.query(
    `select w.*, coalesce(r.writer, '') as name from read.run_writer w
     left join custody.writer_receipt r on r.number = w.writer
     where w.series = any ($1::bigint[]) order by w.series, w.first_time, w.first_step, w.writer`,
    [series],
  );
  return rows.map((row) => ({
    series: Number(row['series']),
    writer: Number(row['writer']),
    name: row['name'] ?? '',
    firstStep: BigInt(row['first_step'] ?? 0),
    lastStep: BigInt(row['last_step'] ?? 0),
    firstTime: BigInt(row['first_time'] ?? 0),
    lastTime: BigInt(row['last_time'] ?? 0),
    points: Number(row['points']),
  }));
}

/** A run that another one goes on from, and up to which of its steps. */
export type Ancestor = Readonly<{ run: string; ancestor: string; step: bigint }>;

/** Generations of forks that are followed. */
const MOST_GENERATIONS = 64;

/**
 * From whom the runs were forked, and they in turn, the nearest first. A step is the least of those on the way: what came behind
 * it was never inherited.
 */
export async function listAncestors(
  source: Queryable,
  workspace: string,
  runs: readonly string[],
  asOf?: AsOf,
): Promise<Ancestor[]> {
  const held = heldSql('r', asOf === undefined ? null : '($3::int8[])[r.lp + 1]');
  const rows: Array<{ run: string; ancestor: string; step: string }> = await source.query(
    `with recursive line(run, ancestor, step, depth, seen) as (
       select r.run, r.fork_run, r.fork_step, 1, array[r.run] from read.run r
       where r.workspace = $1 and r.run = any ($2) and ${held} and r.fork_run is not null and r.fork_run <> r.run
       union all
       select l.run, r.fork_run, least(l.step, r.fork_step), l.depth + 1, l.seen || l.ancestor from line l
       join read.run r on r.workspace = $1 and r.run = l.ancestor and ${held}
       where r.fork_run is not null and r.fork_run <> all (l.seen || l.ancestor) and l.depth < ${MOST_GENERATIONS})
     select run, ancestor, step from line order by run collate "C", depth`,
    asOf === undefined ? [workspace, runs] : [workspace, runs, asOf.runs],
  );
  return rows.map((row) => ({ ...row, step: BigInt(row.step) }));
}
