import type {
  CatalogChanges,
  CatalogHistories,
  CatalogKeys,
  CatalogMessage,
  CatalogName,
  CatalogProjection,
  CatalogRows,
  FactChanges,
  FactKeys,
  FactMessage,
  FactProjection,
  FactRows,
  PlacedDecision,
  RefusedEvent,
} from '@runledger/contracts';
import { Fault, failpoint } from '@runledger/kernel';
import type { DataSource, EntityManager } from 'typeorm';
import { CATALOG_TABLES } from './catalog-tables';
import { insertDeadLetters } from './dead-letters';
import { insertConflicts, insertInputs, insertLinks, insertParams, loadParams, writeClosedWriters } from './fact-rows';
import { loadCurrent, writeHistory } from './history-rows';
import { RUN_TABLES } from './history-tables';
import { loadIngredients } from './ingredients';
import { type Lease, moveOffset } from './lease';
import { insertMeasurements, insertModelInputs, insertOutputs } from './model-fact-rows';
import { FACTS_MEMORY, rememberFacts, takeNewMessages } from './new-facts';

/** A batch of one partition, read: its messages in the order of the log, what was refused, and the offset behind it. */
export type ReadBatch<M> = Readonly<{ messages: readonly M[]; refused: readonly RefusedEvent[]; nextOffset: number }>;

async function loadRows(tx: EntityManager, keys: FactKeys): Promise<FactRows> {
  return {
    run: await loadCurrent(tx, RUN_TABLES.run, keys.run),
    tag: await loadCurrent(tx, RUN_TABLES.tag, keys.tag),
    artifact: await loadCurrent(tx, RUN_TABLES.artifact, keys.artifact),
    code: await loadCurrent(tx, RUN_TABLES.code, keys.code),
    environment: await loadCurrent(tx, RUN_TABLES.environment, keys.environment),
    fingerprint: await loadCurrent(tx, RUN_TABLES.fingerprint, keys.fingerprint),
    param: await loadParams(tx, keys.param),
    ingredients: await loadIngredients(tx, keys.fingerprint),
  };
}

async function writeChanges(tx: EntityManager, changes: FactChanges): Promise<void> {
  const { run, tag, artifact, code, environment, fingerprint } = changes.histories;
  await writeHistory(tx, RUN_TABLES.run, run);
  await writeHistory(tx, RUN_TABLES.tag, tag);
  await writeHistory(tx, RUN_TABLES.artifact, artifact);
  await writeHistory(tx, RUN_TABLES.code, code);
  await writeHistory(tx, RUN_TABLES.environment, environment);
  await writeHistory(tx, RUN_TABLES.fingerprint, fingerprint);
  await insertParams(tx, changes.params);
  await insertInputs(tx, changes.inputs);
  await insertLinks(tx, changes.links);
  await insertOutputs(tx, changes.outputs);
  await insertModelInputs(tx, changes.modelInputs);
  await insertMeasurements(tx, changes.measurements);
  await insertConflicts(tx, changes.conflicts);
  await writeClosedWriters(tx, changes.closedWriters);
}

const CATALOG_NAMES = Object.keys(CATALOG_TABLES) as CatalogName[];

async function loadCatalog(tx: EntityManager, keys: CatalogKeys): Promise<CatalogRows> {
  const load = <H extends CatalogName>(name: H) =>
    loadCurrent<CatalogHistories[H]>(tx, CATALOG_TABLES[name], keys[name]);
  const rows: Array<[CatalogName, readonly unknown[]]> = [];
  for (const name of CATALOG_NAMES) rows.push([name, await load(name)]);
  return Object.fromEntries(rows) as CatalogRows;
}

async function writeCatalog(tx: EntityManager, changes: CatalogChanges): Promise<void> {
  const write = <H extends CatalogName>(name: H): Promise<void> =>
    writeHistory<CatalogHistories[H]>(tx, CATALOG_TABLES[name], changes[name]);
  for (const name of CATALOG_NAMES) await write(name);
}

/** Decisions that are not applied yet, in the order of their workspaces' journals. @throws Fault bug on a gap */
async function takeNewDecisions(tx: EntityManager, messages: readonly CatalogMessage[]): Promise<PlacedDecision[]> {
  const workspaces = [...new Set(messages.map((m) => m.workspace))];
  const rows: Array<{ workspace: string; journalseq: string }> = await tx.query(
    'select workspace, journalseq from read.catalog_progress where workspace = any($1::text[])',
    [workspaces],
  );
  const progress = new Map(rows.map((row) => [row.workspace, Number(row.journalseq)]));
  const decisions: PlacedDecision[] = [];
  for (const message of messages) {
    const last = progress.get(message.workspace) ?? 0;
    if (message.journalseq <= last) continue; // the relay publishes at least once
    if (message.journalseq !== last + 1)
      throw new Fault('bug', 'POSTGRES_CATALOG_GAP', `number ${last + 1} of this journal is missing in the log`, {
        context: { workspace: message.workspace, last, came: message.journalseq },
      });
    progress.set(message.workspace, message.journalseq);
    decisions.push(...message.decisions);
  }
  const moved = [...progress];
  await tx.query(
    `insert into read.catalog_progress (workspace, journalseq) select * from unnest($1::text[], $2::int8[])
     on conflict (workspace) do update set journalseq = excluded.journalseq`,
    [moved.map(([workspace]) => workspace), moved.map(([, journalseq]) => journalseq)],
  );
  return decisions;
}

/**
 * Applies batches of the log to the read schema. Rows, the memory of what was applied, and the offset move together or
 * not at all. The offset moves first: its row stays locked until the end, so that nobody else changes a row of this
 * partition meanwhile.
 */
export interface MetadataStore {
  /** @throws Fault conflict POSTGRES_LOST_LEASE */
  applyFacts(lease: Lease, batch: ReadBatch<FactMessage>, projection: FactProjection): Promise<Lease>;
  /** @throws Fault conflict POSTGRES_LOST_LEASE, bug POSTGRES_CATALOG_GAP */
  applyCatalog(lease: Lease, batch: ReadBatch<CatalogMessage>, projection: CatalogProjection): Promise<Lease>;
}

export const createMetadataStore = (source: DataSource): MetadataStore => ({
  applyFacts: (lease, { messages, refused, nextOffset }, projection) =>
    source.transaction(async (tx) => {
      const moved = await moveOffset(tx, lease, nextOffset);
      await insertDeadLetters(tx, lease.group, refused);
      const { fresh, conflicts } = await takeNewMessages(tx, FACTS_MEMORY, messages);
      await rememberFacts(tx, fresh);
      const facts = fresh.map(({ fact }) => fact);
      const rows = await loadRows(tx, projection.touches(facts));
      await writeChanges(tx, projection.fold(facts, rows));
      await insertConflicts(tx, conflicts);
      failpoint('facts.before-commit');
      return moved;
    }),

  applyCatalog: (lease, { messages, refused, nextOffset }, projection) =>
    source.transaction(async (tx) => {
      const moved = await moveOffset(tx, lease, nextOffset);
      await insertDeadLetters(tx, lease.group, refused);
      const decisions = await takeNewDecisions(tx, messages);
      const rows = await loadCatalog(tx, projection.touches(decisions));
      await writeCatalog(tx, projection.fold(decisions, rows));
      return moved;
    }),
});
