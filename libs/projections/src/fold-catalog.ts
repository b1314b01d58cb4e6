import type {
  CatalogChanges,
  CatalogHistories,
  CatalogKeys,
  CatalogName,
  CatalogProjection,
  HistoryChange,
  PlacedDecision,
  RowKey,
  Version,
} from '@runledger/contracts';
import { boardFolder } from './board-folder';
import type { CatalogFolder } from './catalog-folder';
import { commentFolder } from './comment-folder';
import { experimentFolder } from './experiment-folder';
import { approvalFolder, gateFolder, inventoryFolder, objectiveFolder } from './governance-folders';
import { createHistory, rowId } from './history';
import { loggedModelFileFolder, loggedModelFolder } from './logged-model-folder';
import { aliasFolder, modelFolder, versionFolder } from './model-folders';
import { noteFolder } from './note-folder';
import { projectFolder } from './project-folder';
import { viewFolder } from './view-folder';
import { webhookFolder } from './webhook-folder';

type Folders = { readonly [H in CatalogName]: CatalogFolder<CatalogHistories[H]> };

/** Who makes the rows of each kind. Raise the projection's version when a row's meaning changes. */
export const FOLDERS: Folders = {
  project: projectFolder,
  experiment: experimentFolder,
  model: modelFolder,
  version: versionFolder,
  alias: aliasFolder,
  loggedModel: loggedModelFolder,
  loggedModelFile: loggedModelFileFolder,
  note: noteFolder,
  view: viewFolder,
  board: boardFolder,
  comment: commentFolder,
  webhook: webhookFolder,
  objective: objectiveFolder,
  gate: gateFolder,
  approval: approvalFolder,
  inventory: inventoryFolder,
};

function keysOf<V>(folder: CatalogFolder<V>, decisions: readonly PlacedDecision[]): RowKey[] {
  const keys = decisions.flatMap((decision) => folder.keys(decision));
  return [...new Map(keys.map((key) => [rowId(key), key])).values()];
}

function foldRows<V>(
  folder: CatalogFolder<V>,
  decisions: readonly PlacedDecision[],
  rows: ReadonlyArray<Version<V>>,
): HistoryChange<V> {
  const history = createHistory(rows);
  for (const decision of decisions)
    for (const key of folder.keys(decision)) {
      const row = folder.evolve(history.get(key), decision, key);
      if (row === null) history.drop(key, decision.at);
      else history.put(key, row, decision.at);
    }
  return history.change();
}

const NAMES = Object.keys(FOLDERS) as CatalogName[];

/** What decisions come to. Each kind of rows is folded by itself. */
export const foldCatalog: CatalogProjection = {
  touches: (decisions) => {
    const keys = <H extends CatalogName>(name: H) => [name, keysOf<CatalogHistories[H]>(FOLDERS[name], decisions)];
    return Object.fromEntries(NAMES.map(keys)) as CatalogKeys;
  },
  fold: (decisions, rows) => {
    const change = <H extends CatalogName>(name: H) => [
      name,
      foldRows<CatalogHistories[H]>(FOLDERS[name], decisions, rows[name]),
    ];
    return Object.fromEntries(NAMES.map(change)) as CatalogChanges;
  },
};
