import {
  DECISIONS,
  type Decision,
  type Evidence,
  type GateTarget,
  isDecisionType,
  type ObjectiveScope,
  readEvent,
  runSubject,
} from '@runledger/contracts';
import type { DatedObjective } from '@runledger/domain';
import { isFault } from '@runledger/kernel';
import type { LeafBody } from './leaf-row';
import type { Payload } from './payload-line';

/** How many approvals, promotions and objectives a dossier shows; the rest is in the leaves all the same. */
const MOST = 500;

/** `since`: later leaves of what it was given on. */
export type ToldApproval = {
  stream: string;
  version: number;
  meaning: string;
  printedName: string;
  person: string;
  at: string;
  evidence: Evidence;
  withdrawn: string | null;
  since: number;
};
export type ToldPromotion = Readonly<{
  stream: string;
  version: number;
  target: GateTarget;
  at: string;
  by: string;
  evidence: Evidence;
}>;
export type ToldObjective = DatedObjective & Readonly<{ scope: ObjectiveScope }>;

/** What says something else of a version than it said when it was approved. */
const TOUCHES: ReadonlySet<string> = new Set([
  'version.described',
  'version.tagged',
  'version.untagged',
  'version.linked',
  'version.deleted',
]);

/** What is told of approvals, promotions and objectives, from what leaves commit to. The order is the log's. */
export class GovernanceSummary {
  readonly approvals = new Map<string, ToldApproval>();
  readonly promotions: ToldPromotion[] = [];
  readonly objectives = new Map<string, ToldObjective>();

  /** Whether `take` would find anything in an event of this type, of this stream. */
  isAbout(stream: string, type: string): boolean {
    if (isDecisionType(type)) return true;
    for (const { evidence } of this.approvals.values())
      if (evidence.run !== null && stream === runSubject(evidence.run.run)) return true;
    return false;
  }

  take(leaf: LeafBody, payload: Payload): void {
    if (!('event' in payload)) return;
    const { type, dataversion, data } = payload.event;
    this.#touch(leaf.stream, type, data);
    if (!isDecisionType(type)) return;
    try {
      const time = leaf.time ?? leaf.recorded;
      this.#decision(
        leaf,
        readEvent<(typeof DECISIONS)[typeof type]>(DECISIONS[type], { id: '', type, time, dataversion, data }),
      );
    } catch (error) {
      if (!isFault(error)) throw error; // it is listed among the changes as it is
    }
  }

  /** Later leaves of a version that was approved, and of its run. */
  #touch(stream: string, type: string, data: unknown): void {
    const version = (data as { version?: unknown } | null)?.version;
    for (const approval of this.approvals.values()) {
      const { run } = approval.evidence;
      const isOfRun = run !== null && stream === runSubject(run.run);
      const isOfVersion = stream === approval.stream && TOUCHES.has(type) && version === approval.version;
      if (isOfRun || isOfVersion) approval.since++;
    }
  }

  #decision({ stream, actor, ...leaf }: LeafBody, event: Decision): void {
    const at = leaf.time ?? leaf.recorded;
    switch (event.type) {
      case 'version.approved': {
        const { approval, model: _, ...told } = event.data;
        if (this.approvals.size < MOST)
          this.approvals.set(approval, { stream, at, withdrawn: null, since: 0, ...told });
        return;
      }
      case 'approval.withdrawn': {
        const held = this.approvals.get(event.data.approval);
        if (held !== undefined) held.withdrawn = `${at} by ${actor}: ${event.data.reason}`;
        return;
      }
      case 'gate.passed': {
        const { version, target, evidence } = event.data;
        if (this.promotions.length < MOST)
          this.promotions.push({ stream, version, target, at, by: actor ?? '', evidence });
        return;
      }
      case 'objective.defined': {
        const { objective, number, scope, ...definition } = event.data;
        if (this.objectives.size < MOST || this.objectives.has(objective))
          this.objectives.set(objective, { objective, number, scope, definition, definedAt: Date.parse(at) });
        return;
      }
      case 'objective.retired':
        this.objectives.delete(event.data.objective);
        return;
      default:
        return; // the others are listed among the changes
    }
  }
}
