import { type Filter, type MetricValue, type Order, SqlValues } from '@runledger/filter';
import type { DataSource } from 'typeorm';
import { readCatalog } from './catalog-reads';
import { CATALOG_TABLES } from './catalog-tables';
import type { LoggedModelRecord } from './logged-model.repository';
import { findPlaces, type SearchPlace, type SearchTable, sortedText } from './search-sql';

/** A dataset on which a metric was measured; without a digest, any of that name. */
export type MeasuredOn = Readonly<{ name: string; digest?: string | undefined }>;
/** `datasets`: metrics that were measured on one of these only count for it; none: all count. */
export type MeasuredOrder = Order & Readonly<{ datasets: readonly MeasuredOn[] }>;
export type LoggedModelSearch = Readonly<{
  workspace: string;
  experiments: readonly string[];
  filter: Filter;
  datasets: readonly MeasuredOn[];
  order: readonly MeasuredOrder[];
  after?: SearchPlace | undefined;
  limit: number;
}>;

const millis = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;
const ATTRIBUTES: Readonly<Record<string, string>> = {
  name: 'l.name',
  model_id: 'l.logged_model',
  experiment_id: 'l.experiment',
  source_run_id: 'l.run',
  model_type: 'l.model_type',
  status: 'upper(l.status)',
  artifact_location: `('mlflow-artifacts:/' || l.experiment || '/models/' || l.logged_model || '/artifacts')`,
  creation_timestamp_ms: millis('l.created_at'),
  last_updated_timestamp_ms: millis('l.changed_at'),
};

/** NaN is the least of values where the latest is looked for, and no extreme. */
const VALUES: Readonly<Record<MetricValue, string>> = {
  latest: `select m.value from %s order by m.step desc, m.time desc, nullif(m.value, 'NaN') desc nulls last limit 1`,
  last: 'select m.value from %s order by m.from_off desc, m.from_ord desc, m.step desc limit 1',
  min: `select coalesce(min(nullif(m.value, 'NaN')), 'NaN') as value from %s having count(*) > 0`,
  max: `select coalesce(max(nullif(m.value, 'NaN')), 'NaN') as value from %s having count(*) > 0`,
};

type Measured = Readonly<{ key: string; value: MetricValue; datasets: readonly MeasuredOn[] }>;

/** SQL of one value of a model's metric, as a relation with at most one row. */
function metricSql({ key, value, datasets }: Measured, values: SqlValues): string {
  const on = datasets.map(({ name, digest }) => {
    const named = `m.dataset_name = ${values.add(name, 'text')}`;
    return digest === undefined ? named : `(${named} and m.dataset_digest = ${values.add(digest, 'text')})`;
  });
  const from = `read.model_metric m where m.workspace = l.workspace and m.logged_model = l.logged_model
    and m.key = ${values.add(key, 'text')} ${on.length === 0 ? '' : `and (${on.join(' or ')})`}`;
  return VALUES[value].replace('%s', () => from);
}

const pairsIn =
  (column: string): NonNullable<SearchTable['target']['tag']> =>
  (key, condition, values) =>
    `exists (select 1 from jsonb_to_recordset(${column}) as t(key text, value text)
    where t.key = ${values.add(key, 'text')} and ${condition.of('t.value')})`;

const valueIn = (column: string, key: string, values: SqlValues): string =>
  `(select t.value from jsonb_to_recordset(${column}) as t(key text, value text) where t.key = ${values.add(key, 'text')})`;

function tableOf({ datasets, order }: Pick<LoggedModelSearch, 'datasets' | 'order'>): SearchTable {
  return {
    entity: 'logged-model',
    from: 'read.logged_model l',
    target: {
      attributes: ATTRIBUTES,
      tag: pairsIn('l.tags'),
      param: pairsIn('l.params'),
      metric: ({ key, value }, condition, values) =>
        `exists (select 1 from (${metricSql({ key, value, datasets }, values)}) m where ${condition.of('m.value')})`,
    },
    sortKey(field, at, values) {
      switch (field.part) {
        case 'metric': {
          const measured = { key: field.key, value: field.value, datasets: order[at]?.datasets ?? [] };
          const join = `left join lateral (${metricSql(measured, values)}) s${at} on true`;
          return { sql: `s${at}.value`, type: 'float8', nullable: true, join };
        }
        case 'tag':
        case 'param':
          return { sql: sortedText(valueIn(`l.${field.part}s`, field.key, values)), type: 'text', nullable: true };
        case 'attribute':
        case 'dataset':
        case 'link': {
          const sql = ATTRIBUTES[field.key] ?? 'null';
          const isNumber = field.key.endsWith('_ms');
          return { sql: isNumber ? sql : sortedText(sql), type: isNumber ? 'float8' : 'text', nullable: true };
        }
        default:
          return field satisfies never;
      }
    },
    tieBreaks: [
      { sql: 'l.created_seq', type: 'int8', descending: true, nullable: false },
      { sql: 'l.logged_model', type: 'text', descending: false, nullable: false },
    ],
  };
}

/** Finds logged models by what was said of them and by what runs have measured. Shows what holds now. */
export const createLoggedModelSearch = (source: DataSource) => ({
  /** A page; without an order the newest comes first. `next` is the place to go on after, or null on the last page. */
  async find(search: LoggedModelSearch): Promise<{ models: LoggedModelRecord[]; next: SearchPlace | null }> {
    const { workspace, experiments, filter, order, after, limit } = search;
    const values = new SqlValues();
    const scope = `l.workspace = ${values.add(workspace, 'text')} and l.to_off is null and l.lifecycle = 'active'
      and l.experiment = any (${values.add(experiments, 'text[]')})`;
    const question = { table: tableOf(search), values, scope, filter, order, after, limit };
    const { places, hasMore } = await findPlaces(source, question);
    const ids = places.map((place) => place.at(-1) ?? '');
    const rows = await readCatalog(source, CATALOG_TABLES.loggedModel, workspace, {
      where: 't.logged_model = any ($2::text[])',
      params: [ids],
      order: 't.logged_model',
      limit: ids.length,
    });
    const byId = new Map(rows.map((row) => [row.id, row]));
    return { models: ids.flatMap((id) => byId.get(id) ?? []), next: hasMore ? (places.at(-1) ?? null) : null };
  },
});
export type LoggedModelSearches = ReturnType<typeof createLoggedModelSearch>;
