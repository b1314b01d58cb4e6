import type {
  InventoryAnswer,
  ObjectivesAnswer,
  RunResultsAnswer,
  VersionGovernanceAnswer,
} from '@runledger/contracts/http';
import { layTable } from './text-table';

/** Where a version is to be promoted to. */
export type GateName = Readonly<{ kind: 'alias' | 'stage'; name: string }>;

/** The gates on the way there that are closed. */
export const closedGates = ({ gates }: VersionGovernanceAnswer, { kind, name }: GateName) =>
  gates.filter(({ target, passes }) => target.kind === kind && target.name === name && !passes);

export const resultsTable = (results: RunResultsAnswer['results']): string =>
  layTable(
    ['objective', 'outcome', 'value', 'missed by', ''],
    results.map(({ name, outcome, value, missedBy, reason, afterStart }) => [
      name,
      outcome,
      value,
      missedBy,
      [reason, afterStart ? 'defined after the run began' : null].filter((note) => note !== null).join('; '),
    ]),
  );

export const objectivesTable = (objectives: ObjectivesAnswer['objectives']): string =>
  layTable(
    ['objective', 'name', 'of', 'metric', 'goal', 'definition', 'since'],
    objectives.map(({ objective, number, scope, definition, definedAt }) => {
      const { name, metric, slice, aggregate, comparison, threshold } = definition;
      const key = slice === undefined ? metric : `${slice}/${metric}`;
      const goal = `${aggregate} ${comparison} ${threshold}`;
      return [objective, name, `${scope.kind} ${scope.id}`, key, goal, number, definedAt];
    }),
  );

export const inventoryTable = (models: InventoryAnswer['models']): string =>
  layTable(
    ['model', 'tier', 'owner', 'validator', 'review by', '', 'purpose'],
    models.map(({ model, tier, owner, validator, reviewBy, overdue, purpose }) => [
      model,
      tier,
      owner,
      validator,
      reviewBy,
      overdue ? 'overdue' : '',
      purpose,
    ]),
  );

/** What a person reads before she approves. */
export function evidenceText({ model, version, evidence, authors, approvals, gates }: VersionGovernanceAnswer): string {
  const { run, digest, results } = evidence;
  const known =
    run === null ? 'no run' : `run ${run.run}, ${run.facts.count} facts and ${run.metrics.count} metrics of it`;
  const given = approvals.map((approval) => [
    approval.meaning,
    approval.printedName,
    approval.approvedAt,
    approval.withdrawn === null ? (approval.counts ? '' : `stale: ${approval.touched.join(', ')}`) : 'withdrawn',
  ]);
  const at = gates.map(({ target, passes, missing }) => [
    `${target.kind} ${target.name}`,
    passes ? 'passes' : 'closed',
    missing.join('; '),
  ]);
  return [
    `version ${version} of ${model}, from ${known}, by ${authors.join(', ')}\n`,
    ...(results.length === 0 ? [] : [`\n${resultsTable(results)}`]),
    ...(given.length === 0 ? [] : [`\n${layTable(['approved', 'by', 'at', ''], given)}`]),
    ...(at.length === 0 ? [] : [`\n${layTable(['gate', '', 'missing'], at)}`]),
    `\nevidence ${digest}\n`,
  ].join('');
}
