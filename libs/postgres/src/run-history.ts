import type { DataSource } from 'typeorm';
import { selectTime } from './columns';

/** What of a run has a history. Params have none: the first value stands. */
export type ChangedKind = 'run' | 'tag' | 'artifact' | 'code' | 'environment';
type Members = Readonly<Record<string, unknown>>;
export type RunChange = Readonly<{
  kind: ChangedKind;
  /** Of the tag, or of the artifact; empty for the others. */
  name: string;
  /** The record that brought it, and the place of the event in it. */
  offset: number;
  ordinal: number;
  /** When the log took it, ms since 1970. */
  time: number;
  actor: string;
  /** Null: it was not there, or is not there any more. */
  before: Members | null;
  after: Members | null;
}>;
/** A place in the list, which goes from the newest to the oldest. */
export type ChangePlace = Readonly<Pick<RunChange, 'offset' | 'ordinal' | 'kind' | 'name'>>;

/** As answers say it. */
const rfc3339 = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

type Table = Readonly<{ name: string; members: Readonly<Record<string, string>> }>;
const TABLES: Readonly<Record<ChangedKind, Table>> = {
  run: {
    name: `''`,
    members: {
      name: 'name',
      description: 'description',
      status: 'status',
      lifecycle: 'lifecycle',
      experiment: 'experiment',
      project: 'project',
      parent: 'parent',
      message: 'message',
      startedAt: rfc3339('started_at'),
      finishedAt: rfc3339('finished_at'),
    },
  },
  tag: { name: 'key', members: { value: 'value' } },
  artifact: { name: 'path', members: { digest: 'digest', size: 'size', mediaType: 'media_type' } },
  code: {
    name: `''`,
    members: {
      repository: 'repository',
      commit: '"commit"',
      branch: 'branch',
      dirty: 'dirty',
      diffDigest: 'diff_digest',
      entrypoint: 'entrypoint',
    },
  },
  environment: {
    name: `''`,
    members: {
      host: 'host',
      os: 'os',
      runtime: 'runtime',
      command: 'command',
      cpus: 'cpus',
      memoryBytes: 'memory_bytes',
      accelerators: 'accelerators',
      packages: 'packages',
    },
  },
};

const versionsOf = ([kind, { name, members }]: [string, Table]): string => `
  select '${kind}' as kind, ${name} collate "C" as name, from_off, from_ord, from_time, from_actor, to_off, to_ord, to_time, to_actor,
    jsonb_build_object(${Object.entries(members)
      .flatMap(([member, column]) => [`'${member}'`, column])
      .join(', ')}) as value
  from read.run${kind === 'run' ? '' : `_${kind}`} where workspace = $1 and run = $2`;

/**
 * A version that begins where one of the same thing ends has changed it; one that ends where none begins was taken away. A cut is
 * looked at last: what came behind it tells only how the version before it ended.
 */
const CHANGES = `
  with version as (${Object.entries(TABLES).map(versionsOf).join(' union all ')}),
  beside as (
    select *,
      lag(value) over w as last_value, (lag(to_off) over w, lag(to_ord) over w) = (from_off, from_ord) as follows,
      (lead(from_off) over w, lead(from_ord) over w) = (to_off, to_ord) as is_followed
    from version window w as (partition by kind, name order by from_off, from_ord)
  ),
  change as (
    select kind, name, from_off as off, from_ord as ord, from_time as at, from_actor as actor,
      case when follows then last_value end as before, value as after
    from beside
    union all
    select kind, name, to_off, to_ord, to_time, to_actor, value, null from beside
    where to_off is not null and is_followed is not true
  )`;

/** What was said of a run, one thing after another. */
export const createRunHistoryReads = (source: DataSource) => ({
  /** Newest first. `cut`: the first offset of the run's partition that is not seen; null: all of them are. */
  async listRunChanges(
    workspace: string,
    { run, cut }: Readonly<{ run: string; cut: number | null }>,
    { after, limit }: Readonly<{ after?: ChangePlace | undefined; limit: number }>,
  ): Promise<RunChange[]> {
    const rows: Array<Record<string, unknown>> = await source.query(
      `${CHANGES}
       select kind, name, off, ord, ${selectTime('at', 'at')}, actor, before, after from change
       where ($3::int8 is null or off < $3)
         and ($4::int8 is null or (off, ord, kind, name) < ($4, $5::int4, $6::text, $7::text collate "C"))
       order by off desc, ord desc, kind desc, name desc limit $8`,
      [workspace, run, cut, after?.offset ?? null, after?.ordinal ?? 0, after?.kind ?? '', after?.name ?? '', limit],
    );
    return rows.map((raw) => ({
      kind: raw['kind'] as ChangedKind,
      name: raw['name'] as string,
      offset: Number(raw['off']),
      ordinal: Number(raw['ord']),
      time: Number(raw['at']),
      actor: raw['actor'] as string,
      before: raw['before'] as Members | null,
      after: raw['after'] as Members | null,
    }));
  },
});
