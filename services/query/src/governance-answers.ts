import {
  type Approval,
  countingApprovals,
  type Gate,
  type ModelVersion,
  missingAt,
  type Standing,
  targetName,
  touchedSince,
} from '@runledger/domain';
import type {
  AliasRecord,
  ApprovalRecord,
  GateRecord,
  InventoryRecord,
  ObjectiveRecord,
  VersionRecord,
} from '@runledger/postgres';
import { at, maybeAt } from './answers';

export const objectiveAnswerOf = ({ id, value: { number, scope, definition, definedAt }, actor }: ObjectiveRecord) => ({
  objective: id,
  number,
  scope,
  definition,
  definedAt: at(definedAt),
  definedBy: actor,
});
export const objectiveStateOf = (record: ObjectiveRecord) => ({
  ...objectiveAnswerOf(record),
  until: maybeAt(record.until),
});

/** A gate as the rules know it. */
export function gateOf({ id, value }: GateRecord): Gate {
  const slash = id.indexOf('/');
  const { target, objectives, approvals, before } = value;
  const of = { kind: id.slice(0, slash) as Gate['of']['kind'], id: id.slice(slash + 1) };
  return { of, target, objectives, approvals: [...approvals], before };
}
const gateMembers = ({ of, target, objectives, approvals, before }: Gate) => ({
  of,
  target,
  objectives: [...objectives],
  approvals: [...approvals],
  before,
});
export const gateAnswerOf = (record: GateRecord) => ({
  ...gateMembers(gateOf(record)),
  setAt: at(record.since),
  setBy: record.actor,
});

/** What is said of a version, as the rules know it. */
export const factsOf = ({ value }: VersionRecord): ModelVersion => value;

const approvalOf = ({ name, value }: ApprovalRecord): Approval => ({
  approval: name,
  version: value.version,
  meaning: value.meaning,
  person: value.person,
  evidence: value.evidence,
  isWithdrawn: value.withdrawn !== null,
});

function approvalAnswerOf(record: ApprovalRecord, standing: Standing) {
  const { name, value } = record;
  const { meaning, printedName, person, actor, evidence, withdrawn, createdAt } = value;
  return {
    approval: name,
    meaning,
    printedName,
    person,
    actor,
    approvedAt: maybeAt(createdAt),
    evidence,
    touched: touchedSince(evidence, standing.evidence),
    withdrawn: withdrawn === null ? null : { ...withdrawn, at: at(withdrawn.at) },
    counts: countingApprovals([approvalOf(record)], standing).length > 0,
  };
}

type Known = Readonly<{
  version: VersionRecord;
  aliases: readonly AliasRecord[];
  gates: readonly Gate[];
  approvals: readonly ApprovalRecord[];
  /** With the results of the objectives that gates ask for, and without. */
  atGates: Standing;
  standing: Standing;
}>;

/** What is known of a version, who has approved it, and what it lacks at each gate. */
export function versionGovernanceOf(model: string, { version, aliases, gates, approvals, atGates, standing }: Known) {
  const held = new Set([
    `stage/${version.value.stage}`,
    ...aliases.filter(({ value }) => String(value.version) === version.name).map(({ name }) => `alias/${name}`),
  ]);
  return {
    model,
    version: Number(version.name),
    evidence: standing.evidence,
    authors: [...standing.authors],
    approvals: approvals.map((record) => approvalAnswerOf(record, standing)),
    gates: gates.map((gate) => {
      const missing = missingAt(gate, approvals.map(approvalOf), atGates);
      return { ...gateMembers(gate), holds: held.has(targetName(gate.target)), passes: missing.length === 0, missing };
    }),
  };
}

export const inventoryEntryOf = (record: InventoryRecord, model: string, today: string) => {
  const { owner, tier, validator, purpose, reviewBy } = record.value;
  return {
    model,
    owner,
    tier,
    validator,
    purpose,
    reviewBy,
    overdue: reviewBy !== null && reviewBy < today,
    updatedAt: at(record.since),
    updatedBy: record.actor,
  };
};
