import { Readable } from 'node:stream';
import type { Scene } from './query-scene';

const SCHEMA = '[{"name": "image", "type": "tensor"}]';
const POINTS = Array.from({ length: 20 }, (_, step) => ({
  step,
  value: 1 / (step + 1),
  time: 1_790_000_000_000 + step,
}));

/** Records everything that the examples of the interface name. */
export async function recordExamples({ record, artifacts }: Scene): Promise<void> {
  const decide = (...given: Parameters<typeof record.decision>) => record.decision(...given);
  await decide('project/default', 'project.created', { project: 'default', name: 'default', description: '' });
  await decide('experiment/mnist', 'experiment.created', { experiment: 'mnist', project: 'default', name: 'mnist' });
  const model = 'model-1';
  await decide('model/model-1', 'model.created', { model, name: 'digits', description: '', tags: [] });
  const version = { model, version: 1, source: 's', location: 's', description: '', tags: [] };
  await decide('model/model-1', 'version.created', version);
  await decide('model/model-1', 'alias.moved', { model, alias: 'champion', version: 1 });
  const definition = { name: 'low loss', metric: 'loss', aggregate: 'min', comparison: '<', threshold: 0.1 };
  const scope = { kind: 'project', id: 'default' };
  await decide('objective/low-loss', 'objective.defined', { objective: 'low-loss', number: 1, scope, ...definition });
  const logged = { loggedModel: 'checkpoint-7', experiment: 'mnist', name: 'reader', run: 'first' };
  await decide('logged-model/checkpoint-7', 'logged-model.created', logged);
  await decide('note/first', 'note.written', { run: 'first', number: 1, text: 'Diverged at **step 400**' });
  const view = { view: 'best-of-adam', experiment: 'mnist', name: 'Best of adam', search: '?q=x' };
  await decide('view/best-of-adam', 'view.saved', view);
  const panels = [{ panel: 'p1', title: '', width: 12, height: 2, content: { kind: 'text', markdown: 'Adam wins' } }];
  await decide('board/weekly', 'board.saved', { board: 'weekly', number: 1, form: 'report', name: 'Weekly', panels });
  const about = { kind: 'run', id: 'first' };
  const said = { comment: 'why-adam', about, text: 'why, @ada?', mentions: ['ada'] };
  await decide('comment/why-adam', 'comment.written', said);
  const events = ['run.failed'];
  const hook = { webhook: 'ci', name: 'ci', description: '', url: 'https://ci.example/', events, secret: null };
  await decide('webhook/ci', 'webhook.created', { ...hook, status: 'active' });
  const stored = await artifacts.put(Readable.from([Buffer.from('weights')]));
  for (const run of ['first', 'second']) {
    await record.facts(run, [
      { type: 'run.started', data: { experiment: 'mnist', startedAt: '2026-01-02T03:04:05.678Z' } },
      { type: 'params.logged', data: { params: [{ key: 'lr', value: 0.1 }] } },
      { type: 'tags.set', data: { tags: [{ key: 'team', value: 'vision' }] } },
      { type: 'inputs.used', data: { inputs: [{ name: 'train', digest: 'd1', schema: SCHEMA }] } },
      { type: 'artifact.stored', data: { path: 'model.bin', digest: stored.digest, size: stored.size } },
    ]);
    const lines = [{ time: '2026-01-02T03:04:05.678Z', text: 'epoch 1' }];
    await record.facts(run, [{ type: 'console.written', data: { stream: 'stdout', firstLine: 0, lines } }]);
    for (const key of ['loss', 'val/loss']) await record.stored({ run, key, points: POINTS, writer: 'rank-0' });
  }
  await record.projectMetadata();
  await record.projectConsole();
}
