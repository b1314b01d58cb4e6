import { createHash } from 'node:crypto';
import path from 'node:path';
import { partitionOfRun, TOPICS } from '@runledger/contracts';
import { createLogger } from '@runledger/kernel';
import {
  migratePostgres,
  openDataSource,
  openEmbeddedPostgres,
  PROJECTIONS,
  registerProjection,
} from '@runledger/postgres';
import { PROJECTION_VERSIONS } from '@runledger/projector';
import type { DataSource } from 'typeorm';
import { fillNames } from './names';

const PARAMS = 30;
export const METRICS = 50;
const STEP = 10_000;

/** Tables that take millions of rows. Their indexes are made anew behind the rows, which takes a fraction of the time. */
const LARGE = ['read.run_param', 'read.run_tag', 'read.run_metric'];

async function withoutIndexes(source: DataSource, fill: () => Promise<void>): Promise<void> {
  const made: Array<{ make: string; drop: string }> = await source.query(
    `select format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as make,
       format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop
     from pg_constraint where conrelid = any ($1::regclass[]) and contype = 'p'
     union all
     select pg_get_indexdef(indexrelid), format('drop index %s', indexrelid::regclass)
     from pg_index where indrelid = any ($1::regclass[]) and not indisprimary`,
    [LARGE],
  );
  for (const { drop } of made) await source.query(drop);
  await fill();
  for (const { make } of made) await source.query(make);
}

/** Number, partition and offset of each run: its facts are one record, and so are its metrics. */
const RUNS = `unnest($1::int[], $2::int[], $3::int[]) as places(i, lp, off)`;
const runName = (i: number): string => createHash('md5').update(`run${i}`).digest('hex');
const TIME = 'to_timestamp(1790000000 + i)';
/** The same random number from 0 to 1,048,575 for the same run and thing, each time the bench is run. */
const random = (seed: string): string => `(hashint4(${seed}) & 1048575)`;
const SINCE = `off, 0, ${TIME}, 'u'`;

const statementsFor = (experiments: number): readonly string[] => [
  `insert into custody.log_record (topic, partition, off, appended, key, headers, value)
   select topic, lp, off, ${TIME}, 'bench', '{}', '' from ${RUNS}, unnest(array['${TOPICS.runs.name}', '${TOPICS.metrics.name}']) topic`,
  `insert into custody.series (workspace, run) select 'default', md5('run' || i) from ${RUNS}`,
  `insert into read.run (workspace, run, lp, project, experiment, name, status, lifecycle, started_at, first_off, first_ord, first_time,
     from_off, from_ord, from_time, from_actor)
   select 'default', md5('run' || i), lp, 'default', 'e' || i % ${experiments}, 'run ' || i,
     (array['finished', 'failed', 'running'])[1 + i % 3], 'active', ${TIME}, off, 0, ${TIME}, ${SINCE} from ${RUNS}`,
  `insert into read.run_param (workspace, run, key, kind, value, number, from_off, from_ord, from_time, from_actor)
   select 'default', md5('run' || i), 'p' || k, 'text', 'v' || ${random('i * 31 + k')} % (case k when 0 then 10 when 1 then 100 else 20 end),
     null, ${SINCE} from ${RUNS}, generate_series(0, ${PARAMS - 1}) k`,
  `insert into read.run_tag (workspace, run, key, value, from_off, from_ord, from_time, from_actor)
   select 'default', md5('run' || i), t.key, t.value, ${SINCE} from ${RUNS}, lateral (values
     ('team', 't' || ${random('i')} % 8), ('mlflow.user', 'user' || ${random('i + 7')} % 50), ('mlflow.runName', 'run ' || i)) t(key, value)`,
  // Uniform from 0 to 1; one in 128 is NaN.
  `insert into read.run_metric (series, key, step, time, value, first_step, first_time, min, max, has_nan, last_origin, last_step,
     last, points, unordered)
   select s.number, k.number, 1000, 1790000000000, v, 0, 1790000000000, least(v, 0), greatest(v, 1), false, off << 20, 1000,
     v, 1000, false
   from ${RUNS} join custody.series s on s.workspace = 'default' and s.run = md5('run' || i)
   cross join custody.metric_key k cross join lateral (
     select case when n & 127 = 0 then 'NaN'::float8 else n / 1048576.0 end as v
     from (select ${random('i * 53 + k.number::int')} as n) random) valued`,
];

/** Numbers, partitions and offsets of these runs; `ends` are the offsets that come next. */
function drawPlaces(from: number, to: number, ends: number[]): [number[], number[], number[]] {
  const numbers = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const partitions = numbers.map((i) => partitionOfRun('runs', 'default', runName(i)));
  const offsets = partitions.map((partition) => {
    const offset = ends[partition] ?? 0;
    ends[partition] = offset + 1;
    return offset;
  });
  return [numbers, partitions, offsets];
}

/** Moves the log's ends, and every group, behind what was made. */
async function pastAll(source: DataSource, ends: readonly number[]): Promise<void> {
  await source.query(
    `insert into custody.log_partition (topic, partition, next_offset)
     select topic, n - 1, e from unnest($1::bigint[]) with ordinality as ends(e, n), unnest($2::text[]) topic
     on conflict (topic, partition) do update set next_offset = excluded.next_offset`,
    [ends, [TOPICS.runs.name, TOPICS.metrics.name]],
  );
  await source.query(
    `insert into custody.lease (group_name, topic, partition, next_offset)
     select g.name, g.topic, p.partition, p.next_offset from custody.log_partition p
     join (values ('metadata', $1), ('series', $2), ('notary', $1), ('notary', $2)) g(name, topic) on g.topic = p.topic`,
    [TOPICS.runs.name, TOPICS.metrics.name],
  );
}

/**
 * Rows as the projector would have them, made by Postgres itself in the folder of an all-in-one: what is measured is the search. Their
 * records are empty: they have places and times, and everybody is past them.
 */
export async function fillRuns(
  dataDir: string,
  { runs, experiments }: Readonly<{ runs: number; experiments: number }>,
  say: (text: string) => void,
): Promise<void> {
  const statements = statementsFor(experiments);
  const postgres = await openEmbeddedPostgres({
    dataDir: path.join(dataDir, 'postgres'),
    log: createLogger('bench', 'warn'),
    settings: { fsync: 'off', synchronous_commit: 'off', maintenance_work_mem: '512MB', max_wal_size: '8GB' },
  });
  const source = await openDataSource(postgres.url);
  try {
    await migratePostgres(source);
    await source.query(
      `insert into custody.metric_key (workspace, key) select 'default', 'm' || k from generate_series(0, ${METRICS - 1}) k order by k`,
    );
    const ends = new Array<number>(TOPICS.runs.partitions).fill(0);
    await withoutIndexes(source, async () => {
      for (let from = 1; from <= runs; from += STEP) {
        const drawn = drawPlaces(from, Math.min(runs, from + STEP - 1), ends);
        for (const sql of statements) await source.query(sql, drawn);
        say(`  ${from + STEP - 1} of ${runs} runs`);
      }
    });
    for (const projection of PROJECTIONS) await registerProjection(source, projection, PROJECTION_VERSIONS[projection]);
    await pastAll(source, ends);
    await fillNames(source);
    await source.query('vacuum analyze');
  } finally {
    await source.destroy();
    await postgres.stop();
  }
}
