import { DECISIONS, type Decision, type DecisionType, type PlacedDecision, readEvent } from '@runledger/contracts';
import { rowsOfDecisions } from './decision-rows';

function stream(...decisions: ReadonlyArray<readonly [DecisionType, unknown]>): PlacedDecision[] {
  return decisions.map(([type, data], i) => {
    const dataversion = DECISIONS[type].version;
    const stored = { id: `event-${i}`, type, time: '2026-01-02T03:04:05.000Z', dataversion, data };
    const event: Decision = readEvent(DECISIONS[type], stored);
    const at = { offset: i, ordinal: 0, time: i, actor: 'ada' };
    return { workspace: 'default', journalseq: i + 1, at, event };
  });
}

it('tells of each decision what it changed, and nothing else', () => {
  const experiment = 'e1';
  const rows = rowsOfDecisions(
    stream(
      ['experiment.created', { experiment, project: 'default', name: 'mnist' }],
      ['experiment.renamed', { experiment, from: 'mnist', to: 'digits' }],
      ['experiment.tagged', { experiment, tags: [{ key: 'team', value: 'vision' }] }],
      ['experiment.deleted', { experiment }],
    ),
  );
  const of = { kind: 'experiment', id: experiment, name: '' };
  expect(rows).toEqual([
    [
      {
        ...of,
        before: null,
        after: { project: 'default', name: 'mnist', lifecycle: 'active', tags: [] },
      },
    ],
    [{ ...of, before: { name: 'mnist' }, after: { name: 'digits' } }],
    [{ ...of, before: { tags: [] }, after: { tags: [{ key: 'team', value: 'vision' }] } }],
    [{ ...of, before: { lifecycle: 'active' }, after: { lifecycle: 'deleted' } }],
  ]);
});

it('tells of every row that a decision touches, and of rows that end', () => {
  const model = 'm1';
  const version = { model, version: 1, source: 's', location: 's', description: '', tags: [] };
  const rows = rowsOfDecisions(
    stream(
      ['model.created', { model, name: 'digits', description: '', tags: [] }],
      ['version.created', version],
      ['alias.moved', { model, alias: 'champion', version: 1 }],
      ['alias.removed', { model, alias: 'champion' }],
    ),
  );
  expect(rows[1]?.map(({ kind, name, before }) => [kind, name, before])).toEqual([
    ['model', '', { lastVersion: 0 }],
    ['version', '1', null],
  ]);
  expect(rows[2]).toEqual([{ kind: 'alias', id: model, name: 'champion', before: null, after: { version: 1 } }]);
  expect(rows[3]).toEqual([{ kind: 'alias', id: model, name: 'champion', before: { version: 1 }, after: null }]);
});

it('never shows by what a webhook is signed', () => {
  const hook = { webhook: 'ci', name: 'ci', description: '', url: 'https://ci.example/', events: ['run.failed'] };
  const created = { ...hook, secret: 'sealed-1', status: 'active' };
  const rows = rowsOfDecisions(
    stream(['webhook.created', created], ['webhook.changed', { webhook: 'ci', secret: 'sealed-2' }]),
  );
  expect(JSON.stringify(rows)).not.toContain('sealed');
  expect(rows[1]).toEqual([]);
});
