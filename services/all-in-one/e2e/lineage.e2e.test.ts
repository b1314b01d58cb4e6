import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { openVisitor, type Visitor } from './browser';

const HOSTILE = '<img src=x onerror=document.title="owned"> with a very long name that would not fit anywhere';
const USERS = 330;
const FORKS = 168;
const MOST_MS = 1_000;
/** Rectangles of the labels, in the page. */
const OVERLAPS = `(() => {
  const boxes = [...document.querySelectorAll('[data-node]')].map((box) => box.getBoundingClientRect());
  const labels = [...document.querySelectorAll('[data-node] > span')].map((label) => label.getBoundingClientRect());
  const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const count = (list) => list.reduce((sum, a, at) => sum + list.slice(at + 1).filter((b) => meet(a, b)).length, 0);
  return { boxes: boxes.length, overlapping: count(boxes) + count(labels) };
})()`;
const DRAW = `(async () => {
  const began = performance.now();
  document.querySelector('input[value="graph"]').click();
  while (document.querySelectorAll('[data-node]').length === 0) await new Promise(requestAnimationFrame);
  document.querySelector('[data-node]').getBoundingClientRect();
  return performance.now() - began;
})()`;

describe('lineage, in a real browser', () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  let visitor: Visitor;

  const api = async <T>(path: string, body?: object): Promise<T> => {
    const answer = await fetch(`${server.url}/api/v1/${path}`, {
      headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };

  beforeAll(async () => {
    folder = temporaryFolder('lineage');
    server = await startAllInOne(`${folder.path}/data`);
    await api('commands/create-experiment', { name: 'e1', experiment: 'e1' });
    const start = (run: string, more: object) => ({
      type: 'run.started',
      subject: `run/${run}`,
      data: { experiment: 'e1', name: `${run} ${HOSTILE}`, ...more },
    });
    const users = Array.from({ length: USERS }, (_, at) => `u${at}`);
    const inputs = [{ name: 'digits/train: 1', digest: 'sha256:0123456789abcdef', context: 'training' }];
    const used = users.flatMap((run) => [
      start(run, {}),
      { type: 'inputs.used', subject: `run/${run}`, data: { inputs } },
    ]);
    const forks = Array.from({ length: FORKS }, (_, at) => start(`f${at}`, { fork: { run: `u${at}`, step: at } }));
    await api('events', { events: used });
    const { position } = await api<{ position: string }>('events', { events: forks });
    await api('commands/create-model', { name: 'reader' });
    const command = await api<{ position: string }>('commands/create-version', {
      model: 'reader',
      source: 'runs:/u0/model',
      run: 'u0',
    });
    await api(`lineage?node=run:f1&at-least=${position}`);
    await api(`lineage?node=version:reader/1&at-least=${command.position}`);
    visitor = await openVisitor(`${folder.path}/profile`);
    await visitor.page.goto(`${server.url}/runs/u0?tab=overview#key=${encodeURIComponent(server.key)}`);
  });
  afterEach(async () => {
    expect(visitor.complaints).toEqual([]);
    expect(await visitor.violations()).toEqual([]);
    expect(await visitor.page.title()).not.toBe('owned');
  });
  afterAll(async () => {
    await visitor?.close();
    await server.process.stop();
    folder.remove();
  });

  const graph = () => visitor.page.getByRole('region', { name: 'Graph, left to right' });

  it('draws 500 things that use a dataset within a second, no two labels on each other', async () => {
    const { page } = visitor;
    await page.getByRole('region', { name: 'Datasets' }).getByRole('link', { name: 'Lineage' }).click();
    await page.getByRole('heading', { name: 'Lineage of dataset digits/train: 1 0123456789ab' }).waitFor();
    await page.getByText('500 things').waitFor();
    await graph().getByRole('link', { name: 'Run u1 <img' }).first().waitFor();
    expect(await page.evaluate(OVERLAPS)).toEqual({ boxes: 500, overlapping: 0 });
    await page.getByText('table', { exact: true }).click();
    await page.getByRole('table', { name: 'What came of what' }).waitFor();
    expect(await page.evaluate<number>(DRAW)).toBeLessThan(MOST_MS);
  });

  it('is one stop of the tab key, and goes along arrows by arrow keys', async () => {
    const { page } = visitor;
    const dataset = graph().getByRole('link', { name: /^Dataset digits/ });
    await dataset.focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate('document.activeElement.getAttribute("data-node")')).toMatch(/^run:u\d+$/);
    await page.keyboard.press('ArrowDown');
    expect(await page.evaluate('document.activeElement.getAttribute("data-node")')).toMatch(/^run:u\d+$/);
    await page.keyboard.press('Home');
    expect(await page.evaluate('document.activeElement.getAttribute("data-node")')).toMatch(/^dataset:/);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'Lineage', selected: true }).waitFor();
  });

  it('says the same in a table, from the version of a model to its run', async () => {
    const { page } = visitor;
    await page.goto(`${server.url}/models/reader`);
    await page.getByRole('table', { name: 'Versions' }).getByRole('link', { name: 'Lineage' }).click();
    await page.getByRole('heading', { name: 'Lineage of model version reader 1' }).waitFor();
    await page.getByLabel('Steps away').selectOption('1');
    await page.getByText('table', { exact: true }).click();
    const table = page.getByRole('table', { name: 'What came of what' });
    await table.getByRole('row', { name: /^Run u0 .* was registered as Model version reader 1$/ }).waitFor();
  });

  it('says what an address that names nothing is for', async () => {
    const { page } = visitor;
    await page.goto(`${server.url}/lineage?node=nonsense`);
    await page.getByRole('heading', { name: 'Choose something on the page of a run or a model' }).waitFor();
  });
});
