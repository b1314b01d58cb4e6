import {
  APPROVAL_DECISIONS,
  type ApprovalRow,
  type DecisionOf,
  GATE_DECISIONS,
  type GateRow,
  INVENTORY_DECISIONS,
  type InventoryRow,
  MODEL_DECISIONS,
  OBJECTIVE_DECISIONS,
  type ObjectiveRow,
} from '@runledger/contracts';
import { holderName, targetName } from '@runledger/domain';
import { defineFolder, savedBy } from './catalog-folder';

export const objectiveFolder = defineFolder<DecisionOf<typeof OBJECTIVE_DECISIONS>, ObjectiveRow>({
  types: OBJECTIVE_DECISIONS,
  keys: ({ workspace, event }) => [{ workspace, id: event.data.objective, name: '' }],
  evolve(row, decision) {
    const { event } = decision;
    if (event.type === 'objective.retired') return null;
    const { objective: _, number, scope, ...definition } = event.data;
    return { number, scope, definition, definedAt: Date.parse(event.time), ...savedBy(row, decision) };
  },
});

export const gateFolder = defineFolder<DecisionOf<typeof GATE_DECISIONS>, GateRow>({
  types: GATE_DECISIONS,
  keys: ({ workspace, event: { data } }) => [{ workspace, id: holderName(data.of), name: targetName(data.target) }],
  evolve(row, decision) {
    const { event } = decision;
    if (event.type === 'gate.lifted') return null;
    const { of: _, ...gate } = event.data;
    return { ...gate, ...savedBy(row, decision) };
  },
});

export const approvalFolder = defineFolder<DecisionOf<typeof APPROVAL_DECISIONS>, ApprovalRow>({
  types: APPROVAL_DECISIONS,
  keys: ({ workspace, event }) => [{ workspace, id: event.data.model, name: event.data.approval }],
  evolve(row, decision) {
    const { event, at } = decision;
    if (event.type === 'approval.withdrawn') {
      const withdrawn = { actor: at.actor, at: Date.parse(event.time), reason: event.data.reason };
      return row === undefined ? null : { ...row, withdrawn, ...savedBy(row, decision) };
    }
    const { version, meaning, printedName, person, evidence } = event.data;
    return {
      version,
      meaning,
      printedName,
      person,
      evidence,
      actor: at.actor,
      withdrawn: null,
      ...savedBy(row, decision),
    };
  },
});

type Entering = DecisionOf<typeof INVENTORY_DECISIONS> | DecisionOf<Pick<typeof MODEL_DECISIONS, 'model.deleted'>>;

export const inventoryFolder = defineFolder<Entering, InventoryRow>({
  types: { ...INVENTORY_DECISIONS, 'model.deleted': MODEL_DECISIONS['model.deleted'] },
  keys: ({ workspace, event }) => [{ workspace, id: event.data.model, name: '' }],
  evolve(row, decision) {
    const { event } = decision;
    if (event.type === 'model.deleted') return null;
    const { model: _, ...entry } = event.data;
    return { ...entry, ...savedBy(row, decision) };
  },
});
