import type { Reach } from '@runledger/contracts';
import { type Filter, type Order, SqlValues } from '@runledger/filter';
import type { DataSource } from 'typeorm';
import { type ExperimentRecord, experimentRecordOf } from './experiment.repository';
import { reachedSql } from './reach-sql';
import { experimentEntity } from './read-entities';
import { countMatches, findPlaces, type SearchPlace, type SearchTable, sortedText } from './search-sql';

export type ExperimentScope = Readonly<{
  reach: Reach;
  /** Default: active. */
  lifecycle?: 'active' | 'deleted' | 'all' | undefined;
}>;
export type ExperimentSearch = ExperimentScope &
  Readonly<{ filter: Filter; order: readonly Order[]; after?: SearchPlace | undefined; limit: number }>;

const millis = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;
const ATTRIBUTES: Readonly<Record<string, string>> = {
  name: 'e.name',
  experiment_id: 'e.experiment',
  creation_time: millis('e.created_at'),
  last_update_time: millis('e.from_time'),
};

/** Its tags lie in the row. */
const TABLE: SearchTable = {
  entity: 'experiment',
  from: 'read.experiment e',
  target: {
    attributes: ATTRIBUTES,
    tag: (key, condition, values) => `exists (select 1 from jsonb_to_recordset(e.tags) as t(key text, value text)
      where t.key = ${values.add(key, 'text')} and ${condition.of('t.value')})`,
  },
  sortKey: ({ key }) => {
    const sql = ATTRIBUTES[key] ?? 'null';
    const isNumber = key.endsWith('_time');
    return { sql: isNumber ? sql : sortedText(sql), type: isNumber ? 'float8' : 'text', nullable: true };
  },
  tieBreaks: [
    { sql: 'e.created_seq', type: 'int8', descending: true, nullable: false },
    { sql: 'e.experiment', type: 'text', descending: false, nullable: false },
  ],
};

function prepare({ reach, lifecycle = 'active' }: ExperimentScope) {
  const values = new SqlValues();
  const bounds = [
    reachedSql('e.project', reach, (names) => values.add(names, 'text[]')),
    `e.workspace = ${values.add(reach.workspace, 'text')} and e.to_off is null`,
  ];
  if (lifecycle !== 'all') bounds.push(`e.lifecycle = ${values.add(lifecycle, 'text')}`);
  return { table: TABLE, values, scope: bounds.join(' and ') };
}

/** Finds experiments by name, tags and times. Shows what holds now. */
export const createExperimentSearch = (source: DataSource) => ({
  /** A page; without an order the newest comes first. `next` is the place to go on after, or null on the last page. */
  async find(search: ExperimentSearch): Promise<{ experiments: ExperimentRecord[]; next: SearchPlace | null }> {
    const { workspace } = search.reach;
    const { filter, order, after, limit } = search;
    const { places, hasMore } = await findPlaces(source, { ...prepare(search), filter, order, after, limit });
    const ids = places.map((place) => place.at(-1) ?? '');
    const rows = await source
      .getRepository(experimentEntity)
      .createQueryBuilder('e')
      .where('e.workspace = :workspace and e.endOffset is null and e.experiment = any (:ids)', { workspace, ids })
      .getMany();
    const byId = new Map(rows.map((row) => [row.experiment, experimentRecordOf(row)]));
    const experiments = ids.flatMap((id) => byId.get(id) ?? []);
    return { experiments, next: hasMore ? (places.at(-1) ?? null) : null };
  },

  count: (search: ExperimentScope & Readonly<{ filter: Filter }>): Promise<number> =>
    countMatches(source, { ...prepare(search), filter: search.filter }),
});
export type ExperimentSearches = ReturnType<typeof createExperimentSearch>;
