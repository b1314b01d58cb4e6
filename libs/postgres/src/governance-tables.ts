import type { ApprovalRow, GateRow, InventoryRow, ObjectiveRow } from '@runledger/contracts';
import { pgTime } from './columns';
import { decidedColumns, readDecided } from './decided-columns';
import { column, defineHistoryTable } from './history-table';

export const objective = defineHistoryTable<ObjectiveRow>({
  table: 'read.objective',
  id: 'objective',
  name: null,
  columns: [
    column('number', 'int8', (r) => r.number),
    column('scope_kind', 'text', (r) => r.scope.kind),
    column('scope_id', 'text', (r) => r.scope.id),
    column('name', 'text', (r) => r.definition.name),
    column('definition', 'jsonb', (r) => JSON.stringify(r.definition)),
    column('defined_at', 'timestamptz', (r) => pgTime(r.definedAt)),
    ...decidedColumns<ObjectiveRow>(),
  ],
  read: (raw) => ({
    number: Number(raw['number']),
    scope: { kind: raw['scope_kind'], id: raw['scope_id'] } as ObjectiveRow['scope'],
    definition: raw['definition'] as ObjectiveRow['definition'],
    definedAt: Number(raw['defined_at']),
    ...readDecided(raw),
  }),
});

export const gate = defineHistoryTable<GateRow>({
  table: 'read.gate',
  id: 'holder',
  name: 'target',
  columns: [
    column('place', 'jsonb', (r) => JSON.stringify(r.target)),
    column('objectives', 'jsonb', (r) => JSON.stringify(r.objectives)),
    column('approvals', 'jsonb', (r) => JSON.stringify(r.approvals)),
    column('before', 'bool', (r) => r.before),
    ...decidedColumns<GateRow>(),
  ],
  read: (raw) => ({
    target: raw['place'] as GateRow['target'],
    objectives: raw['objectives'] as GateRow['objectives'],
    approvals: raw['approvals'] as GateRow['approvals'],
    before: raw['before'] as boolean,
    ...readDecided(raw),
  }),
});

export const approval = defineHistoryTable<ApprovalRow>({
  table: 'read.approval',
  id: 'model',
  name: 'approval',
  columns: [
    column('version', 'int8', (r) => r.version),
    column('meaning', 'text', (r) => r.meaning),
    column('printed_name', 'text', (r) => r.printedName),
    column('person', 'text', (r) => r.person),
    column('actor', 'text', (r) => r.actor),
    column('evidence', 'jsonb', (r) => JSON.stringify(r.evidence)),
    column('withdrawn', 'jsonb', (r) => (r.withdrawn === null ? null : JSON.stringify(r.withdrawn))),
    ...decidedColumns<ApprovalRow>(),
  ],
  read: (raw) => ({
    version: Number(raw['version']),
    meaning: raw['meaning'] as string,
    printedName: raw['printed_name'] as string,
    person: raw['person'] as string,
    actor: raw['actor'] as string,
    evidence: raw['evidence'] as ApprovalRow['evidence'],
    withdrawn: raw['withdrawn'] as ApprovalRow['withdrawn'],
    ...readDecided(raw),
  }),
});

export const inventory = defineHistoryTable<InventoryRow>({
  table: 'read.inventory',
  id: 'model',
  name: null,
  columns: [
    column('owner', 'text', (r) => r.owner),
    column('tier', 'text', (r) => r.tier),
    column('validator', 'text', (r) => r.validator),
    column('purpose', 'text', (r) => r.purpose),
    column('review_by', 'text', (r) => r.reviewBy),
    ...decidedColumns<InventoryRow>(),
  ],
  read: (raw) => ({
    owner: raw['owner'] as string,
    tier: raw['tier'] as string,
    validator: raw['validator'] as string,
    purpose: raw['purpose'] as string,
    reviewBy: raw['review_by'] as string | null,
    ...readDecided(raw),
  }),
});
