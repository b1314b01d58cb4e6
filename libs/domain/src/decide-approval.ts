import { type Outcome, refuse } from '@runledger/kernel';
import type { ApprovalChange, Standing } from './approval';
import { type Decision, decided, nothingToDo } from './decision';
import type { Model } from './model';
import { numbered } from './numbered';

/** `digest`: of the evidence that the person has seen. */
export type ApprovalCommand =
  | Readonly<{
      name: 'approve-version';
      model: string;
      version: number;
      approval: string;
      meaning: string;
      printedName: string;
      digest: string;
    }>
  | Readonly<{ name: 'withdraw-approval'; model: string; approval: string; reason: string }>;
export type ApprovalRefusal =
  | 'VERSION_UNKNOWN'
  | 'APPROVAL_UNKNOWN'
  | 'APPROVAL_BY_AUTHOR'
  | 'APPROVAL_TWICE'
  | 'EVIDENCE_CHANGED'
  | 'EVIDENCE_UNKNOWN';

type Decided = Outcome<Decision<ApprovalChange>, ApprovalRefusal>;
type Approve = Extract<ApprovalCommand, { name: 'approve-version' }>;
/** Who asks, as a person, and what is known of the version. */
export type Approving = Readonly<{ person: string; standing: Standing }>;

/** Pure. Of a model that is there. */
export function approve(command: Approve, model: Model, approving: Approving | undefined): Decided {
  const { version, approval, meaning, printedName, digest } = command;
  if (numbered(model.versions, version) === null)
    return refuse('VERSION_UNKNOWN', 'there is no such version of this model');
  if (approving === undefined) return refuse('EVIDENCE_UNKNOWN', 'what is known of the version cannot be told here');
  const { person, standing } = approving;
  if (standing.authors.includes(person))
    return refuse('APPROVAL_BY_AUTHOR', 'a version is approved by another person than its author');
  if (standing.evidence.digest !== digest)
    return refuse('EVIDENCE_CHANGED', 'the evidence is another one by now: look at it again, then approve that');
  const isHeld = [...model.approvals.values()].some(
    (held) =>
      held.version === version &&
      held.person === person &&
      held.meaning === meaning &&
      !held.isWithdrawn &&
      held.evidence.digest === digest,
  );
  if (isHeld) return refuse('APPROVAL_TWICE', 'this person has approved this evidence already');
  const data = { model: model.id, version, approval, meaning, printedName, person, evidence: standing.evidence };
  return decided([{ type: 'version.approved', data }]);
}

/** Pure. Anybody may: it stops promotions and starts none. */
export function withdraw(
  { approval, reason }: Extract<ApprovalCommand, { name: 'withdraw-approval' }>,
  { id: model, approvals }: Model,
): Decided {
  const held = approvals.get(approval);
  if (held === undefined) return refuse('APPROVAL_UNKNOWN', 'there is no such approval of this model');
  if (held.isWithdrawn) return nothingToDo();
  return decided([{ type: 'approval.withdrawn', data: { model, version: held.version, approval, reason } }]);
}
