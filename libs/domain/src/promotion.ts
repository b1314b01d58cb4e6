import type { GateTarget } from '@runledger/contracts';
import { type Outcome, refuse } from '@runledger/kernel';
import { approvalsOf, countingApprovals, type Standing } from './approval';
import type { Approving } from './decide-approval';
import { type Gate, gatesTo, missingAt, targetText } from './gate';
import type { Model, ModelChange } from './model';
import { everyNumbered } from './numbered';

/** What a command about a model is decided on besides the model; whoever runs it has looked. */
export type Checks = Readonly<{
  /** Gates of the projects that the runs of these versions belong to. */
  projectGates: ReadonlyMap<number, readonly Gate[]>;
  /** Of the version that is to be promoted; null where no gate is in the way. */
  standing: Standing | null;
  approving?: Approving;
  /** Objectives that are active, of those that the command names. */
  active?: ReadonlySet<string>;
}>;
export type PromotionRefusal = 'GATE_CLOSED' | 'GATE_HOLDS';

const gatesOf = (model: Model, version: number, checks: Checks | undefined): Gate[] => [
  ...model.gates.values(),
  ...(checks?.projectGates.get(version) ?? []),
];

/** Gates on the way of a version to a target. */
export const gatesInWay = (
  model: Model,
  { version, target }: Readonly<{ version: number; target: GateTarget }>,
  checks?: Checks,
): Gate[] => gatesTo(gatesOf(model, version, checks), target);

/**
 * Whether a version may be promoted, and what is written beside its promotion: on which evidence it passed. A gate that nobody
 * could look behind stays closed.
 */
export function passGates(
  model: Model,
  to: Readonly<{ version: number; target: GateTarget }>,
  checks: Checks | undefined,
): Outcome<readonly ModelChange[], PromotionRefusal> {
  const { version, target } = to;
  const gates = gatesInWay(model, to, checks);
  if (gates.length === 0) return { ok: true, value: [] };
  const standing = checks?.standing ?? null;
  if (standing === null) return refuse('GATE_CLOSED', `the gate to ${targetText(target)} cannot be checked here`);
  const approvals = approvalsOf(model.approvals, version);
  const missing = [...new Set(gates.flatMap((gate) => missingAt(gate, approvals, standing)))];
  if (missing.length > 0)
    return refuse(
      'GATE_CLOSED',
      `version ${version} does not pass the gate to ${targetText(target)}; missing: ${missing.join('; ')}`,
    );
  const meanings = new Set(gates.flatMap((gate) => gate.approvals.map(({ meaning }) => meaning)));
  const counted = countingApprovals(approvals, standing).filter(({ meaning }) => meanings.has(meaning));
  const data = {
    model: model.id,
    version,
    target,
    approvals: counted.map(({ approval }) => approval),
    evidence: standing.evidence,
  };
  return { ok: true, value: [{ type: 'gate.passed', data }] };
}

/** Where versions are now: aliases and stages by version. */
export function* promotions(model: Model): Generator<Readonly<{ version: number; target: GateTarget }>> {
  for (const [name, version] of model.aliases) yield { version, target: { kind: 'alias', name } };
  for (const [version, { stage }] of everyNumbered(model.versions))
    if (stage === 'Staging' || stage === 'Production') yield { version, target: { kind: 'stage', name: stage } };
}

/** Why a version may not go: a gate guards the place that it holds. */
export function heldByGate(model: Model, version: number, checks: Checks | undefined): string | null {
  for (const held of promotions(model))
    if (held.version === version && gatesInWay(model, held, checks).length > 0)
      return `version ${version} holds ${targetText(held.target)}, which a gate guards; promote another version first`;
  return null;
}

/** Why a model may not leave its name: whoever took it next would pass for what its gates let through. */
export function nameHeldByGate(model: Model, checks: Checks | undefined): string | null {
  const own = [...model.gates.values()].map(({ target }) => targetText(target));
  if (own.length > 0) return `the model keeps its name while it has gates (to ${own.join(', ')}); lift them first`;
  for (const { version, target } of promotions(model))
    if (gatesInWay(model, { version, target }, checks).length > 0)
      return `the model keeps its name while version ${version} holds ${targetText(target)}, which a gate of its project guards`;
  return null;
}
