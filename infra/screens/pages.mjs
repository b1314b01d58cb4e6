async function ask({ url, key }, path, body) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const init = body === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(body) };
  const answer = await fetch(`${url}/api/v1/${path}`, init);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** Every page, with what is done on it before its picture is taken. */
export async function pagesOf(server) {
  const { experiments } = await ask(server, 'experiments');
  const experiment = experiments[0].experiment;
  const { runs } = await ask(server, 'search', { experiments: [experiment], limit: 3 });
  const { models } = await ask(server, 'models');
  const run = `/runs/${runs[0].run}`;
  const compared = encodeURIComponent(JSON.stringify(runs.map((one) => one.run)));
  const tabs = ['charts', 'overview', 'params', 'artifacts', 'console', 'lineage', 'history', 'comments'];
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
    { name: 'compare', path: `/compare?runs=${compared}` },
    { name: 'models', path: '/models' },
    ...models.slice(0, 1).map(({ name }) => ({ name: 'model', path: `/models/${encodeURIComponent(name)}` })),
    { name: 'operations', path: '/operations' },
    { name: 'palette', path: '/', act: (tab) => tab.keyboard.press('Control+k') },
  ];
}
