import { type Filter, type FilterTarget, type Order, SqlValues } from '@runledger/filter';
import type { DataSource } from 'typeorm';
import { readCatalog } from './catalog-reads';
import { CATALOG_TABLES } from './catalog-tables';
import type { ModelRecord, VersionRecord } from './model.repository';
import { findPlaces, type SearchPlace, type SearchTable, sortedText } from './search-sql';

export type ModelSearch = Readonly<{
  workspace: string;
  filter: Filter;
  order: readonly Order[];
  after?: SearchPlace | undefined;
  limit: number;
}>;
export type FoundVersion = Readonly<{ model: ModelRecord; version: VersionRecord }>;

const millis = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

/** Tags that lie in the row. */
const tagsIn =
  (column: string): NonNullable<FilterTarget['tag']> =>
  (key, condition, values) =>
    `exists (select 1 from jsonb_to_recordset(${column}) as t(key text, value text)
    where t.key = ${values.add(key, 'text')} and ${condition.of('t.value')})`;

/** Links that lie in the row. */
const linksIn =
  (column: string): NonNullable<FilterTarget['link']> =>
  (key, condition) =>
    `exists (select 1 from jsonb_to_recordset(${column}) as k(kind text, uri text, "externalId" text, version text)
    where ${condition.of(key === 'external_id' ? 'k."externalId"' : `k.${key}`)})`;

const sortKeyOf =
  (attributes: Readonly<Record<string, string>>): SearchTable['sortKey'] =>
  ({ key }) => {
    const sql = attributes[key] ?? 'null';
    const isNumber = key.endsWith('_timestamp') || key === 'version_number';
    return { sql: isNumber ? sql : sortedText(sql), type: isNumber ? 'float8' : 'text', nullable: true };
  };

const MODEL_ATTRIBUTES = {
  name: 'm.name',
  creation_timestamp: millis('m.created_at'),
  last_updated_timestamp: millis('m.changed_at'),
};
const MODELS: SearchTable = {
  entity: 'registered-model',
  from: 'read.model m',
  target: { attributes: MODEL_ATTRIBUTES, tag: tagsIn('m.tags') },
  sortKey: sortKeyOf(MODEL_ATTRIBUTES),
  tieBreaks: [
    { sql: 'm.name', type: 'text', descending: false, nullable: false },
    { sql: 'm.model', type: 'text', descending: false, nullable: false },
  ],
};

const VERSION_ATTRIBUTES = {
  name: 'm.name',
  version_number: 'v.number::float8',
  run_id: 'v.run',
  source_path: 'v.source',
  creation_timestamp: millis('v.created_at'),
  last_updated_timestamp: millis('v.changed_at'),
};
const VERSIONS: SearchTable = {
  entity: 'model-version',
  from: `read.model_version v join read.model m
    on m.workspace = v.workspace and m.model = v.model and m.to_off is null and m.lifecycle = 'active'`,
  target: { attributes: VERSION_ATTRIBUTES, tag: tagsIn('v.tags'), link: linksIn('v.links') },
  sortKey: sortKeyOf(VERSION_ATTRIBUTES),
  tieBreaks: [
    { sql: 'm.name', type: 'text', descending: false, nullable: false },
    { sql: 'v.number', type: 'int8', descending: true, nullable: false },
    // Ids hold no slash.
    { sql: `v.model || '/' || v.version`, type: 'text', descending: false, nullable: false },
  ],
};

const idsOf = (places: readonly SearchPlace[]): string[] => places.map((place) => place.at(-1) ?? '');

/** Finds registered models and their versions by names, tags, sources and runs. Shows what holds now. */
export const createModelSearch = (source: DataSource) => {
  const modelsOf = async (workspace: string, ids: readonly string[]): Promise<Map<string, ModelRecord>> => {
    const asked = { where: 't.model = any ($2::text[])', params: [ids], order: 't.model', limit: ids.length };
    const rows = await readCatalog(source, CATALOG_TABLES.model, workspace, asked);
    return new Map(rows.map((row) => [row.id, row]));
  };
  return {
    /** A page; without an order by name. `next` is the place to go on after, or null on the last page. */
    async findModels({
      workspace,
      ...search
    }: ModelSearch): Promise<{ models: ModelRecord[]; next: SearchPlace | null }> {
      const values = new SqlValues();
      const scope = `m.workspace = ${values.add(workspace, 'text')} and m.to_off is null and m.lifecycle = 'active'`;
      const { places, hasMore } = await findPlaces(source, { table: MODELS, values, scope, ...search });
      const ids = idsOf(places);
      const byId = await modelsOf(workspace, ids);
      return { models: ids.flatMap((id) => byId.get(id) ?? []), next: hasMore ? (places.at(-1) ?? null) : null };
    },

    /** A page; without an order by name, of each the newest first. */
    async findVersions({
      workspace,
      ...search
    }: ModelSearch): Promise<{ versions: FoundVersion[]; next: SearchPlace | null }> {
      const values = new SqlValues();
      const scope = `v.workspace = ${values.add(workspace, 'text')} and v.to_off is null`;
      const { places, hasMore } = await findPlaces(source, { table: VERSIONS, values, scope, ...search });
      const ids = idsOf(places).map((id) => id.split('/') as [model: string, version: string]);
      const rows = await readCatalog(source, CATALOG_TABLES.version, workspace, {
        where: '(t.model, t.version) in (select * from unnest($2::text[], $3::text[]))',
        params: [ids.map(([model]) => model), ids.map(([, version]) => version)],
        order: 't.model',
        limit: ids.length,
      });
      const byId = new Map(rows.map((row) => [`${row.id}/${row.name}`, row]));
      const models = await modelsOf(workspace, [...new Set(ids.map(([model]) => model))]);
      const versions = ids.flatMap(([id, number]): FoundVersion[] => {
        const [model, version] = [models.get(id), byId.get(`${id}/${number}`)];
        return model === undefined || version === undefined ? [] : [{ model, version }];
      });
      return { versions, next: hasMore ? (places.at(-1) ?? null) : null };
    },
  };
};
export type ModelSearches = ReturnType<typeof createModelSearch>;
