import type { AliasRow, ModelRow, VersionRow } from '@runledger/contracts';
import type { DataSource } from 'typeorm';
import type { AsOf } from './as-of';
import { type CatalogRecord, readCatalog } from './catalog-reads';
import { CATALOG_TABLES } from './catalog-tables';

/** `id` stays with a model, whatever its name is. */
export type ModelRecord = CatalogRecord<ModelRow>;
/** `id` is the model's, `name` the number. */
export type VersionRecord = CatalogRecord<VersionRow>;
/** `id` is the model's, `name` the alias. */
export type AliasRecord = CatalogRecord<AliasRow>;

/** One version of a row of a model, of one of its versions or of an alias. */
export type ModelHistoryRecord = Readonly<{ seq: number }> &
  (
    | Readonly<{ kind: 'model' } & ModelRecord>
    | Readonly<{ kind: 'version' } & VersionRecord>
    | Readonly<{ kind: 'alias' } & AliasRecord>
  );

const { model: MODEL, version: VERSION, alias: ALIAS } = CATALOG_TABLES;

/** So many, and those that the last decision among them made as well. */
function wholeDecisions(rows: readonly ModelHistoryRecord[], limit: number): ModelHistoryRecord[] {
  const last = rows[limit - 1]?.seq;
  return rows.filter((row, i) => i < limit || row.seq === last);
}

/** Registered models by their names, and what is in them. */
export const createModelReads = (source: DataSource) => ({
  async findModel(workspace: string, name: string, asOf?: AsOf): Promise<ModelRecord | null> {
    const where = `t.name = $2 and t.lifecycle = 'active'`;
    const rows = await readCatalog(source, MODEL, workspace, {
      where,
      params: [name],
      order: 't.created_seq',
      limit: 1,
      asOf,
    });
    return rows[0] ?? null;
  },

  /** Models by id, deleted ones left out. */
  modelsByIds: (workspace: string, ids: readonly string[]): Promise<ModelRecord[]> =>
    readCatalog(source, MODEL, workspace, {
      where: `t.model = any($2::text[]) and t.lifecycle = 'active'`,
      params: [ids],
      order: 't.model',
      limit: Math.max(1, ids.length),
    }),

  /** By name; `after` is the last name of the page before. */
  listModels: (
    workspace: string,
    { after, limit, asOf }: { after?: string | undefined; limit: number; asOf?: AsOf | undefined },
  ): Promise<ModelRecord[]> =>
    readCatalog(source, MODEL, workspace, {
      where: `t.lifecycle = 'active' and t.name > $2`,
      params: [after ?? ''],
      order: 't.name',
      limit,
      asOf,
    }),

  async getModelVersion(workspace: string, model: string, number: number, asOf?: AsOf): Promise<VersionRecord | null> {
    const where = 't.model = $2 and t.number = $3';
    const rows = await readCatalog(source, VERSION, workspace, {
      where,
      params: [model, number],
      order: 't.number',
      limit: 1,
      asOf,
    });
    return rows[0] ?? null;
  },

  /** Newest first; `after` is the last number of the page before. */
  listModelVersions: (
    workspace: string,
    model: string,
    { after, limit, asOf }: { after?: number | undefined; limit: number; asOf?: AsOf | undefined },
  ): Promise<VersionRecord[]> =>
    readCatalog(source, VERSION, workspace, {
      where: 't.model = $2 and ($3::int is null or t.number < $3)',
      params: [model, after ?? null],
      order: 't.number desc',
      limit,
      asOf,
    }),

  /** The newest version of each model in each stage. */
  listLatestVersions: (workspace: string, models: readonly string[]): Promise<VersionRecord[]> =>
    readCatalog(source, VERSION, workspace, {
      where: `t.model = any($2::text[]) and (t.model, t.number) in (
        select v.model, max(v.number) from read.model_version v
        where v.workspace = $1 and v.model = any($2::text[]) and v.to_off is null group by v.model, v.stage)`,
      params: [models],
      order: 't.model, t.number',
      limit: 4 * models.length,
    }),

  /** Of these models, by name. */
  listModelAliases: (workspace: string, models: readonly string[], asOf?: AsOf): Promise<AliasRecord[]> =>
    readCatalog(source, ALIAS, workspace, {
      where: 't.model = any($2::text[])',
      params: [models],
      order: 't.model, t.alias',
      limit: 100_000,
      asOf,
    }),

  /**
   * Every state of a model, of its versions and of its aliases, in the order in which they were decided; `after` is the
   * last `seq` of the page before. What one decision made is never cut apart.
   */
  async modelHistory(
    workspace: string,
    model: string,
    { after = 0, limit, asOf }: { after?: number | undefined; limit: number; asOf?: AsOf | undefined },
  ): Promise<ModelHistoryRecord[]> {
    const where = 't.model = $2 and t.seq > $3';
    const asked = { where, params: [model, after], order: 't.seq', limit: limit + 1, history: true, asOf };
    const [models, versions, aliases] = await Promise.all([
      readCatalog(source, MODEL, workspace, asked),
      readCatalog(source, VERSION, workspace, asked),
      readCatalog(source, ALIAS, workspace, asked),
    ]);
    const rows: ModelHistoryRecord[] = [
      ...models.map((row) => ({ kind: 'model' as const, seq: row.value.seq, ...row })),
      ...versions.map((row) => ({ kind: 'version' as const, seq: row.value.seq, ...row })),
      ...aliases.map((row) => ({ kind: 'alias' as const, seq: row.value.seq, ...row })),
    ];
    return wholeDecisions(
      rows.sort((a, b) => a.seq - b.seq),
      limit,
    );
  },
});
