import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { SqlAnswer } from '@runledger/contracts/http';
import { WORKSPACE } from '@runledger/testkit';
import { parse } from 'yaml';
import { recordExamples } from '../test/example-world';
import { openScene, type Scene } from '../test/query-scene';

type Target = {
  url: string;
  root_selector: 'rows';
  url_options: { method: string; body_content_type: string; data: string };
  columns: Array<{ selector: string; text: string; type: 'string' | 'number' | 'timestamp_epoch' }>;
};
type Dashboard = { panels: Array<{ title: string; datasource: { uid: string }; targets: Target[] }> };

const at = (file: string): string => readFileSync(path.join(WORKSPACE, 'infra/grafana', file), 'utf8');
const dashboard = JSON.parse(at('dashboards/runs.json')) as Dashboard;

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
  await recordExamples(scene);
});
afterAll(() => scene.close());

/** What Grafana puts in. */
const interpolate = (text: string, metric: string): string =>
  text
    .replaceAll('${metric:sqlstring}', `'${metric.replaceAll("'", "''")}'`)
    .replaceAll('${__from}', '1790000000000')
    .replaceAll('${__to}', '1790000000015')
    .replaceAll('${url}', scene.server.url);

async function rowsOf(target: Target, metric: string): Promise<SqlAnswer['rows']> {
  const { method, body_content_type: type, data } = target.url_options;
  const headers = { authorization: `Bearer ${scene.keys.reader}`, 'content-type': type };
  const answer = await fetch(interpolate(target.url, metric), { method, headers, body: interpolate(data, metric) });
  expect([data, answer.status]).toEqual([data, 200]);
  return ((await answer.json()) as SqlAnswer)[target.root_selector];
}

describe.each(dashboard.panels)('the panel $title', ({ targets: [target], datasource }) => {
  it('gets what its columns say', async () => {
    if (target === undefined) throw new Error('a panel asks for something');
    const rows = await rowsOf(target, 'loss');
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      expect(row.length).toBe(target.columns.length);
      for (const { selector, text, type } of target.columns) {
        const cell = row[Number(selector)];
        if (cell !== null) expect([text, typeof cell]).toEqual([text, type === 'string' ? 'string' : 'number']);
      }
    }
    const sources = parse(at('provisioning/datasources/runledger.yaml')) as { datasources: Array<{ uid: string }> };
    expect(sources.datasources.map(({ uid }) => uid)).toContain(datasource.uid);
  });

  it('takes a metric of any name', async () => {
    if (target === undefined) throw new Error('a panel asks for something');
    if (target.url_options.data.includes('metric')) expect(await rowsOf(target, "it's not there")).toEqual([]);
  });
});

it('draws points of the time range alone', async () => {
  const target = dashboard.panels[0]?.targets[0] as Target;
  const rows = await rowsOf(target, 'loss');
  expect(rows.length).toBe(32);
  expect(rows[0]).toEqual([1_790_000_000_000, 'first', 1]);
});
