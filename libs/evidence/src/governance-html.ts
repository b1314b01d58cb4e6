import type { ObjectiveResult } from '@runledger/contracts';
import { judgeObjective, objectiveText } from '@runledger/domain';
import { html, part, type Rows, table } from './dossier-html';
import type { GovernanceSummary, ToldObjective } from './governance-summary';
import type { RunSummary } from './run-summary';

function resultText({ name, outcome, value, missedBy, reason, afterStart }: ObjectiveResult): string {
  const by = missedBy === null ? '' : ` by ${missedBy}`;
  const at = value === null ? '' : ` (${value})`;
  const late = afterStart ? ', defined after the run began' : '';
  return `${name}: ${outcome}${by}${at}${reason === null ? '' : `, ${reason}`}${late}`;
}
const resultsText = (results: readonly ObjectiveResult[]): string => results.map(resultText).join('; ');

/** Objectives of a run's project and experiment, and what they come to by the points of the bundle. */
export function objectivesPart(summary: RunSummary, objectives: Iterable<ToldObjective>): string {
  const of = { project: summary.about.get('project'), experiment: summary.about.get('experiment') };
  const metrics = new Map(
    [...summary.metrics.items].map(([key, { last, arrived, min, max }]) => [
      key,
      { latest: last, last: arrived, min: Number.isNaN(min) ? null : min, max: Number.isNaN(max) ? null : max },
    ]),
  );
  const datasets = new Set(
    [...summary.inputs.items.values()].flatMap((pairs) =>
      pairs.filter(([name]) => name === 'digest').map(([, digest]) => digest),
    ),
  );
  const recorded = { began: summary.began, datasets, metrics };
  const rows: Rows = [...objectives]
    .filter(({ scope }) => of[scope.kind] === scope.id)
    .map((objective) => [
      objective.definition.name,
      objectiveText(objective.definition),
      String(objective.number),
      resultText(judgeObjective(objective, recorded)),
    ]);
  return part('Objectives', table(['objective', 'goal', 'definition', 'outcome'], rows));
}

/** Who approved what, on which evidence, and what was promoted by it. */
export function governanceSection({ approvals, promotions }: GovernanceSummary): string {
  const approved: Rows = [...approvals.values()].map(
    ({ stream, version, meaning, printedName, person, at, evidence, withdrawn, since }) => [
      `${stream}, version ${version}`,
      meaning,
      `${printedName} (${person})`,
      at,
      evidence.digest,
      resultsText(evidence.results),
      String(since),
      withdrawn ?? '',
    ],
  );
  const passed: Rows = promotions.map(({ stream, version, target, at, by, evidence }) => [
    `${stream}, version ${version}`,
    `${target.kind} ${target.name}`,
    at,
    by,
    evidence.digest,
    resultsText(evidence.results),
  ]);
  const parts = [
    part(
      'Approvals',
      table(
        ['of', 'meaning', 'by', 'when', 'evidence', 'results then', 'later leaves of it and its run', 'withdrawn'],
        approved,
      ),
    ),
    part('Promotions through gates', table(['of', 'to', 'when', 'by', 'evidence', 'results then'], passed)),
  ].join('');
  return parts === '' ? '' : `<section>\n<h2>${html('Approvals and promotions')}</h2>\n${parts}</section>`;
}
