import { tellStory } from './tell-story.mjs';

async function ask({ url, key }, path, body) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const init = body === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(body) };
  const answer = await fetch(`${url}/api/v1/${path}`, init);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** What opens by keys comes a moment after them. */
async function openDialog(tab, keys) {
  await tab.keyboard.press(keys);
  await tab.getByRole('dialog').waitFor();
}

/** Every page, with what is done on it before its picture is taken. */
export async function pagesOf(server) {
  const { experiments } = await ask(server, 'experiments');
  const experiment = experiments[0].experiment;
  const orderBy = ['metrics.`test/accuracy` DESC'];
  const { runs } = await ask(server, 'search', { experiments: [experiment], orderBy, limit: 8 });
  await tellStory((path, body) => ask(server, path, body), { experiment, runs });
  const { models } = await ask(server, 'models?strong=true');
  const { boards } = await ask(server, 'boards?strong=true');
  const run = `/runs/${runs[0].run}`;
  const comparisonOf = (some) => `/compare?runs=${encodeURIComponent(JSON.stringify(some.map((one) => one.run)))}`;
  const tabs = ['charts', 'overview', 'objectives', 'params', 'artifacts', 'console', 'history', 'lineage', 'comments'];
  const comparisons = [
    'differences',
    'scatter',
    'parallel',
    'importance',
    'contour',
    'boxes',
    'objectives',
    'artifacts',
    'code',
  ];
  return [
    { name: 'experiments', path: '/' },
    { name: 'runs', path: `/experiments/${experiment}` },
    {
      name: 'best-run',
      path: `/experiments/${experiment}`,
      act: (tab) => tab.getByText('Best run', { exact: true }).click(),
    },
    ...tabs.map((tab) => ({ name: `run-${tab}`, path: `${run}?tab=${tab}` })),
    { name: 'run-narrow', path: `${run}?tab=overview`, width: 400 },
    { name: 'charts-narrow', path: run, width: 400 },
    { name: 'experiments-narrow', path: '/', width: 400 },
    { name: 'runs-narrow', path: `/experiments/${experiment}`, width: 400 },
    { name: 'retention-narrow', path: '/retention', width: 400 },
    { name: 'operations-narrow', path: '/operations', width: 400 },
    { name: 'compare', path: comparisonOf(runs.slice(0, 3)), act: (tab) => tab.locator('canvas').first().waitFor() },
    ...comparisons.map((tab) => ({ name: `compare-${tab}`, path: `${comparisonOf(runs)}&tab=${tab}` })),
    { name: 'lineage', path: `/lineage?node=${encodeURIComponent(`run:${runs[0].run}`)}` },
    { name: 'models', path: '/models' },
    ...models.slice(0, 1).flatMap(({ name }) => [
      { name: 'model', path: `/models/${encodeURIComponent(name)}` },
      { name: 'version', path: `/models/${encodeURIComponent(name)}/versions/1` },
    ]),
    { name: 'inventory', path: '/inventory' },
    { name: 'boards', path: '/boards' },
    ...boards.slice(0, 1).flatMap(({ board }) => [
      { name: 'board', path: `/boards/${board}` },
      { name: 'board-narrow', path: `/boards/${board}`, width: 400 },
    ]),
    { name: 'operations', path: '/operations' },
    { name: 'retention', path: '/retention' },
    {
      name: 'retention-dialog',
      path: '/retention',
      act: async (tab) => {
        await tab.getByRole('button', { name: 'Keep for so long' }).click();
        await tab.getByLabel('Points of runs').fill('0');
        await tab
          .getByRole('status', { name: 'What would go' })
          .getByText(/^Points of runs: [1-9]/)
          .waitFor();
      },
    },
    { name: 'ledger', path: '/ledger' },
    { name: 'keys', path: '/', act: (tab) => openDialog(tab, '?') },
    { name: 'palette', path: '/', act: (tab) => openDialog(tab, 'Control+k') },
  ];
}
