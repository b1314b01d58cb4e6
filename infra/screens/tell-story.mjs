/** What people would have added to the demo's runs by now, so that no page is empty: a model, objectives, a report, a comment, a note. */
export async function tellStory(ask, { experiment, runs }) {
  const command = (name, body) => ask(`commands/${name}`, body);
  const { models } = await ask('models');
  if (models.some(({ name }) => name === 'digit reader')) return;
  const [best, other] = runs;
  await command('create-model', { name: 'digit reader', description: 'Reads handwritten digits' });
  for (const { run } of [other, best])
    await command('create-version', { model: 'digit reader', source: `runs:/${run}/model`, run });
  for (const version of [1, 2]) await command('set-alias', { model: 'digit reader', version, alias: 'champion' });
  for (const [name, threshold] of [
    ['accurate', 0.93],
    ['better than last year', 0.96],
  ]) {
    const definition = { name, metric: 'test/accuracy', aggregate: 'max', comparison: '>=', threshold };
    await command('define-objective', { scope: { kind: 'experiment', id: experiment }, definition });
  }
  await command('set-retention', { project: 'default', points: 90, artifacts: null, reference: 'Rule 4' });
  await command('set-deleters', { project: 'default', deleters: 'maintainers', reference: 'Rule 7' });
  await command('place-hold', { runs: [best.run], reference: 'Case 3' });
  const text =
    '**Best so far.** Adam needs a smaller learning rate than we thought:\n\n- 0.01 diverges\n- 0.003 is fine';
  await command('write-note', { run: best.run, text });
  await command('write-comment', { about: { kind: 'run', id: best.run }, text: 'Shall we ship this one, @ada?' });
  const source = { experiment, view: null, search: 'sort=-metrics.test%2Faccuracy' };
  const panel = (name, width, height, content) => ({
    panel: name.toLowerCase().replace(/[^a-z]+/g, '-'),
    title: name,
    width,
    height,
    content,
  });
  await command('save-board', {
    form: 'dashboard',
    name: 'Digits, this week',
    panels: [
      panel('What we know', 12, 1, { kind: 'text', markdown: 'Adam beats SGD at every width.' }),
      panel('Best runs', 6, 4, { kind: 'runs', ...source, most: 8, asOf: null }),
      panel('Accuracy', 6, 4, { kind: 'curves', ...source, metric: 'test/accuracy', most: 8 }),
    ],
  });
}
