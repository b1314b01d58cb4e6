import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A metric's rows lie together, so that a search by it reads its own pages and not everybody's. */
const PARTITIONS = 16;
/** Room for new versions of a row on its own page, which then touch no index. */
const FILLFACTOR = 70;

/**
 * What is known of each metric of each run without reading a point: it answers searches, lists and latest values. Names are
 * numbers of `custody`, as in the series tables. It takes the place of the list of a run's metrics.
 */
export class CreateRunMetric1790000100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('drop table read.series_key');
    await runner.query(TABLE);
    for (let i = 0; i < PARTITIONS; i++)
      await runner.query(
        `create table read.run_metric_${i} partition of read.run_metric
         for values with (modulus ${PARTITIONS}, remainder ${i}) with (fillfactor = ${FILLFACTOR})`,
      );
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

const TABLE = `
  create table read.run_metric (
    series bigint not null, -- the run: custody.series
    key bigint not null, -- custody.metric_key
    -- The point at the greatest (step, time, value); NaN is the least of values.
    step bigint not null,
    time bigint not null,
    value double precision not null,
    -- The point at the least (step, time).
    first_step bigint not null,
    first_time bigint not null,
    -- Of all values but NaN: null when there is no other. has_nan: whether there is one.
    min double precision,
    max double precision,
    has_nan boolean not null,
    -- The last point in the order of the log, each point where it arrived first. last_origin = offset * 2^20 + ordinal.
    last_origin bigint not null,
    last_step bigint not null,
    last double precision not null,
    -- Stored rows. Not the number of points where some may have come twice: when a point did not come behind all before it.
    points bigint not null,
    unordered boolean not null,
    primary key (series, key)
  ) partition by hash (key);
  create index run_metric_by_key on read.run_metric (key, series);`;
