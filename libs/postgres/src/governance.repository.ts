import type { ApprovalRow, GateRow, InventoryRow, ObjectiveRow, ObjectiveScope } from '@runledger/contracts';
import { type CatalogRecord, type CatalogSource, readCatalog } from './catalog-reads';
import { CATALOG_TABLES } from './catalog-tables';

export type ObjectiveRecord = CatalogRecord<ObjectiveRow>;
/** `id` is the holder, `name` the target. */
export type GateRecord = CatalogRecord<GateRow>;
/** `id` is the model, `name` the approval. */
export type ApprovalRecord = CatalogRecord<ApprovalRow>;
/** `id` is the model. */
export type InventoryRecord = CatalogRecord<InventoryRow>;
type Page<After> = Readonly<{ after?: After | undefined; limit: number }>;

const { objective, gate, approval, inventory } = CATALOG_TABLES;
const MOST_OF_SCOPE = 1_000;
const MOST_GATES = 10_000;

/** Active objectives of these projects and experiments. */
export const objectivesOf = (
  source: CatalogSource,
  workspace: string,
  scopes: readonly ObjectiveScope[],
): Promise<ObjectiveRecord[]> =>
  readCatalog(source, objective, workspace, {
    where: '(t.scope_kind, t.scope_id) in (select * from unnest($2::text[], $3::text[]))',
    params: [scopes.map(({ kind }) => kind), scopes.map(({ id }) => id)],
    order: 't.objective',
    limit: MOST_OF_SCOPE,
  });

export const createGovernanceReads = (source: CatalogSource) => ({
  /** Active ones by id, of one project or experiment or of all; `after` is the last id of the page before. */
  listObjectives: (
    workspace: string,
    { scope, after, limit }: Page<string> & Readonly<{ scope?: ObjectiveScope | undefined }>,
  ): Promise<ObjectiveRecord[]> =>
    readCatalog(source, objective, workspace, {
      where: 't.objective > $2 and ($3::text is null or t.scope_kind = $3) and ($4::text is null or t.scope_id = $4)',
      params: [after ?? '', scope?.kind ?? null, scope?.id ?? null],
      order: 't.objective',
      limit,
    }),

  /** Every definition that it had, newest first, also of one that is retired; `after` is the last `seq` of the page before. */
  objectiveHistory: (workspace: string, id: string, { after, limit }: Page<number>): Promise<ObjectiveRecord[]> =>
    readCatalog(source, objective, workspace, {
      where: 't.objective = $2 and ($3::int8 is null or t.seq < $3)',
      params: [id, after ?? null],
      order: 't.seq desc',
      limit,
      history: true,
    }),

  objectivesByIds: (workspace: string, ids: readonly string[]): Promise<ObjectiveRecord[]> =>
    readCatalog(source, objective, workspace, {
      where: 't.objective = any($2::text[])',
      params: [ids],
      order: 't.objective',
      limit: Math.max(1, ids.length),
    }),

  /** Of these holders: `model/<id>`, `project/<id>`. */
  gatesOf: (workspace: string, holders: readonly string[]): Promise<GateRecord[]> =>
    readCatalog(source, gate, workspace, {
      where: 't.holder = any($2::text[])',
      params: [holders],
      order: 't.holder, t.target',
      limit: MOST_GATES,
    }),

  /** Oldest first, those that were withdrawn among them. */
  approvalsOf: (workspace: string, model: string, version: number): Promise<ApprovalRecord[]> =>
    readCatalog(source, approval, workspace, {
      where: 't.model = $2 and t.version = $3',
      params: [model, version],
      order: 't.created_seq',
      limit: 1_000,
    }),

  async inventoryOf(workspace: string, model: string): Promise<InventoryRecord | null> {
    const asked = { where: 't.model = $2', params: [model], order: 't.model', limit: 1 };
    return (await readCatalog(source, inventory, workspace, asked))[0] ?? null;
  },

  /** By model; `before`: only those whose review was due before this date. `after` is the last model of the page before. */
  listInventory: (
    workspace: string,
    { after, limit, before }: Page<string> & Readonly<{ before?: string | undefined }>,
  ): Promise<InventoryRecord[]> =>
    readCatalog(source, inventory, workspace, {
      where: 't.model > $2 and ($3::text is null or t.review_by < $3)',
      params: [after ?? '', before ?? null],
      order: 't.model',
      limit,
    }),
});
