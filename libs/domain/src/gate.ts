import type { ChangeOf, GATE_DECISIONS, GateTarget, JsonDouble, ObjectiveResult } from '@runledger/contracts';
import { type Approval, countingApprovals, type Standing } from './approval';

export type GateChange = ChangeOf<typeof GATE_DECISIONS>;
type GateSet = Extract<GateChange, { type: 'gate.set' }>['data'];

/** What a promotion to a target needs, of a model or of a project. */
export type Gate = Readonly<{
  of: Readonly<{ kind: 'model' | 'project'; id: string }>;
  target: GateTarget;
  objectives: readonly string[];
  approvals: GateSet['approvals'];
  before: boolean;
}>;
/** By holder and target. */
export type Gates = ReadonlyMap<string, Gate>;
export const noGates: Gates = new Map();

export const targetName = ({ kind, name }: GateTarget): string => `${kind}/${name}`;
export const holderName = ({ kind, id }: Gate['of']): string => `${kind}/${id}`;
export const gateName = ({ of, target }: Pick<Gate, 'of' | 'target'>): string =>
  `${holderName(of)}/${targetName(target)}`;
export const targetText = ({ kind, name }: GateTarget): string => `the ${kind} ${name}`;

/** Total: what was decided is never decided again. */
export function evolveGates(gates: Gates, event: GateChange): Gates {
  const name = gateName(event.data);
  switch (event.type) {
    case 'gate.set':
      return new Map([...gates, [name, event.data]]);
    case 'gate.lifted':
      return new Map([...gates].filter(([other]) => other !== name));
    default:
      return event satisfies never;
  }
}

export const gatesTo = (gates: Iterable<Gate>, target: GateTarget): Gate[] =>
  [...gates].filter((gate) => targetName(gate.target) === targetName(target));

/** As people read it. */
const short = (value: JsonDouble): JsonDouble => (typeof value === 'number' ? Number(value.toPrecision(6)) : value);

function missingResult(objective: string, result: ObjectiveResult | undefined, before: boolean): string[] {
  if (result === undefined) return [`objective ${objective} cannot be judged: it was retired, or is not there`];
  const of = `objective ${JSON.stringify(result.name)}`;
  if (result.outcome === 'no value') return [`${of} has no value: ${result.reason}`];
  if (result.outcome === 'missed') {
    const by = result.missedBy === null ? '' : ` by ${short(result.missedBy)}`;
    return [`${of} is missed${by}: the value is ${result.value}`];
  }
  return before && result.afterStart ? [`${of} was defined after the run began`] : [];
}

function missingApprovals(
  { meaning, persons }: GateSet['approvals'][number],
  approvals: readonly Approval[],
  standing: Standing,
): string[] {
  const meant = approvals.filter((approval) => approval.meaning === meaning);
  const counting = countingApprovals(meant, standing);
  const found = new Set(counting.map(({ person }) => person)).size;
  if (found >= persons) return [];
  const kept = meant.length - counting.length;
  const hint = kept === 0 ? '' : `; ${kept} more do not count: withdrawn, stale, or by an author`;
  return [`approval ${JSON.stringify(meaning)} by ${persons - found} more who are not its authors${hint}`];
}

/**
 * What is missing for a version to pass a gate, in words; nothing: it may pass.
 * `approvals` are those of the version, `standing` what is known of it now.
 */
export function missingAt(gate: Gate, approvals: readonly Approval[], standing: Standing): string[] {
  const results = new Map(standing.evidence.results.map((result) => [result.objective, result]));
  return [
    ...gate.objectives.flatMap((id) => missingResult(id, results.get(id), gate.before)),
    ...gate.approvals.flatMap((need) => missingApprovals(need, approvals, standing)),
  ];
}
