import type { APPROVAL_DECISIONS, ChangeOf, Evidence } from '@runledger/contracts';

export type ApprovalChange = ChangeOf<typeof APPROVAL_DECISIONS>;

export type Approval = Readonly<{
  approval: string;
  version: number;
  meaning: string;
  person: string;
  evidence: Evidence;
  isWithdrawn: boolean;
}>;
export type Approvals = ReadonlyMap<string, Approval>;
export const noApprovals: Approvals = new Map();

/** What is known of a version now, and which persons are its authors: who registered it, and who began its run. */
export type Standing = Readonly<{ evidence: Evidence; authors: readonly string[] }>;

/** Total: what was decided is never decided again. */
export function evolveApprovals(approvals: Approvals, event: ApprovalChange): Approvals {
  switch (event.type) {
    case 'version.approved': {
      const { approval, version, meaning, person, evidence } = event.data;
      return new Map([...approvals, [approval, { approval, version, meaning, person, evidence, isWithdrawn: false }]]);
    }
    case 'approval.withdrawn': {
      const held = approvals.get(event.data.approval);
      return held === undefined
        ? approvals
        : new Map([...approvals, [event.data.approval, { ...held, isWithdrawn: true }]]);
    }
    default:
      return event satisfies never;
  }
}

export const approvalsOf = (approvals: Approvals, version: number): Approval[] =>
  [...approvals.values()].filter((approval) => approval.version === version);

const counted = (part: { count: number; digest: string } | undefined): string => `${part?.count} ${part?.digest}`;

/** What later events have touched since, in words. Objectives that came later touch nothing. */
export function touchedSince(then: Evidence, now: Evidence): string[] {
  const results = new Map(now.results.map((result) => [result.objective, result]));
  const redefined = then.results.flatMap(({ objective, number, name }) => {
    const result = results.get(objective);
    if (result === undefined) return [`objective ${JSON.stringify(name)} was retired`];
    return result.number === number ? [] : [`objective ${JSON.stringify(name)} was defined anew`];
  });
  return [
    ...(then.version.changes === now.version.changes && then.version.digest === now.version.digest
      ? []
      : ['the version was changed']),
    ...(then.run?.run === now.run?.run && counted(then.run?.facts) === counted(now.run?.facts)
      ? []
      : ['more was recorded of the run']),
    ...(counted(then.run?.metrics) === counted(now.run?.metrics) ? [] : ['the run has logged more metrics']),
    ...redefined,
  ];
}

/** Those that count: not withdrawn, not stale, not by an author. */
export const countingApprovals = (approvals: readonly Approval[], { evidence, authors }: Standing): Approval[] =>
  approvals.filter(
    (approval) =>
      !approval.isWithdrawn &&
      !authors.includes(approval.person) &&
      touchedSince(approval.evidence, evidence).length === 0,
  );
