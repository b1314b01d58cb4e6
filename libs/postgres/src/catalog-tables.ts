import type { CatalogHistories, ExperimentRow, ProjectRow } from '@runledger/contracts';
import { board, comment } from './board-tables';
import { decidedColumns, readDecided } from './decided-columns';
import { approval, gate, inventory, objective } from './governance-tables';
import { column, defineHistoryTable, type HistoryTable } from './history-table';
import { alias, loggedModel, loggedModelFile, model, version } from './model-tables';
import { note, view } from './note-tables';
import { webhook } from './webhook-table';

const project = defineHistoryTable<ProjectRow>({
  table: 'read.project',
  id: 'project',
  name: null,
  columns: [
    column('name', 'text', (r) => r.name),
    column('description', 'text', (r) => r.description),
    ...decidedColumns<ProjectRow>(),
  ],
  read: (raw) => ({
    name: raw['name'] as string,
    description: raw['description'] as string,
    ...readDecided(raw),
  }),
});

const experiment = defineHistoryTable<ExperimentRow>({
  table: 'read.experiment',
  id: 'experiment',
  name: null,
  columns: [
    column('project', 'text', (r) => r.project),
    column('name', 'text', (r) => r.name),
    column('lifecycle', 'text', (r) => r.lifecycle),
    column('tags', 'jsonb', (r) => JSON.stringify(r.tags)),
    ...decidedColumns<ExperimentRow>(),
  ],
  read: (raw) => ({
    project: raw['project'] as string,
    name: raw['name'] as string,
    lifecycle: raw['lifecycle'] as ExperimentRow['lifecycle'],
    tags: raw['tags'] as ExperimentRow['tags'],
    ...readDecided(raw),
  }),
});

/** The tables of what commands decide, by their name in the projections. */
export const CATALOG_TABLES: Readonly<{ [H in keyof CatalogHistories]: HistoryTable<CatalogHistories[H]> }> = {
  project,
  experiment,
  model,
  version,
  alias,
  loggedModel,
  loggedModelFile,
  note,
  view,
  board,
  comment,
  webhook,
  objective,
  gate,
  approval,
  inventory,
};
