import type { DecisionType } from '@runledger/contracts';
import { openJournal } from '@runledger/journal';
import { appendDecision } from '@runledger/testkit';
import { facts, metrics, NOW, type Scene } from './upkeep-scene';

const MODEL = 'model-1';

/** Writes decisions into the journal, one stream after the other. */
async function decide({ source }: Scene, list: ReadonlyArray<readonly [string, DecisionType, object]>): Promise<void> {
  const journal = openJournal(source);
  for (const [subject, type, data] of list) await appendDecision(journal, { subject, type, data, actor: 'u1' });
}

/** Records something of every kind, so that every table has rows, and waits until it is projected. */
export async function recordWorld(scene: Scene): Promise<void> {
  const version = { model: MODEL, version: 1, source: 's', location: 's', description: '', tags: [] };
  const logged = { loggedModel: 'lm-1', experiment: 'e1', name: 'reader', run: 'a' };
  const file = {
    loggedModel: 'lm-1',
    path: 'weights',
    digest: `sha256:${'0'.repeat(64)}`,
    size: 1,
    mediaType: 'text/plain',
  };
  const events = ['run.failed'];
  const hook = { webhook: 'ci', name: 'ci', description: '', url: 'https://ci.example/', events, secret: null };
  await decide(scene, [
    ['project/default', 'project.created', { project: 'default', name: 'default', description: '' }],
    ['experiment/e1', 'experiment.created', { experiment: 'e1', project: 'default', name: 'mnist' }],
    ['experiment/e1', 'experiment.renamed', { experiment: 'e1', from: 'mnist', to: 'digits' }],
    ['model/model-1', 'model.created', { model: MODEL, name: 'digits', description: '', tags: [] }],
    ['model/model-1', 'version.created', version],
    ['model/model-1', 'alias.moved', { model: MODEL, alias: 'champion', version: 1 }],
    ['logged-model/lm-1', 'logged-model.created', logged],
    ['logged-model/lm-1', 'logged-model.stored', file],
    ['note/a', 'note.written', { run: 'a', number: 1, text: 'diverged' }],
    ['view/v1', 'view.saved', { view: 'v1', experiment: 'e1', name: 'best', search: '?q=x' }],
    ['webhook/ci', 'webhook.created', { ...hook, status: 'active' }],
  ]);
  const said = (run: string) => [
    facts(
      run,
      [
        { type: 'run.started', data: { experiment: 'e1', startedAt: NOW } },
        { type: 'params.logged', data: { params: [{ key: 'lr', value: 0.1 }] } },
        { type: 'params.logged', data: { params: [{ key: 'lr', value: 0.2 }] } },
        { type: 'tags.set', data: { tags: [{ key: 'team', value: 'vision' }] } },
        { type: 'tags.set', data: { tags: [{ key: 'team', value: 'speech' }] } },
        { type: 'inputs.used', data: { inputs: [{ name: 'train', digest: 'd1' }] } },
        { type: 'outputs.made', data: { outputs: [{ loggedModel: 'lm-1', step: 1 }] } },
        { type: 'models.used', data: { models: [{ loggedModel: 'lm-1' }] } },
        { type: 'run.linked', data: { links: [{ kind: 'deployment', uri: 'https://example.org/1' }] } },
        {
          type: 'models.measured',
          data: { measurements: [{ loggedModel: 'lm-1', key: 'f1', value: 0.5, step: 1, time: 1 }] },
        },
        { type: 'code.recorded', data: { commit: 'abc', dirty: false } },
        { type: 'environment.recorded', data: { host: 'h', accelerators: [], packages: [] } },
        {
          type: 'artifact.stored',
          data: { path: 'weights', digest: `sha256:${'0'.repeat(64)}`, size: 1, mediaType: 'text/plain' },
        },
        { type: 'tags.set', data: { unreadable: true } },
      ],
      { writer: 'main', sequence: 0 },
    ),
    facts(run, [{ type: 'writer.closed', data: { writer: 'w', topic: 'metrics', batches: 2, points: 20 } }]),
    facts(run, [
      {
        type: 'console.written',
        data: { stream: 'stdout', firstLine: 0, lines: [{ time: NOW, text: `epoch of ${run}` }] },
      },
    ]),
    metrics(run, 0),
    metrics(run, 1),
    metrics(run, 1, { value: 2 }),
    metrics(run, undefined),
    metrics(run, undefined),
  ];
  for (const run of ['a', 'b', 'c']) await scene.log.publish(said(run));
  await scene.settled();
}
