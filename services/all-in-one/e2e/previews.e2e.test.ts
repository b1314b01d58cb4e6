import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import type { Locator } from 'playwright-core';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { openVisitor, type Visitor } from './browser';

const OWNED = "document.title='owned';parent.document.title='owned'";
const HTML = `<script>${OWNED}</script><img src=x onerror="${OWNED}">`;
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" onload="${OWNED}"><script>${OWNED}</script><rect width="40" height="20"/><image href="https://elsewhere.example/pixel.png"/><foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="javascript:${OWNED}"/></foreignObject></svg>`;
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);

/** A tenth of a second of silence: 16-bit mono at 8 kHz. */
function wav(): Buffer {
  const samples = 800;
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples * 2, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  for (const [at, value] of [
    [20, 1],
    [22, 1],
    [32, 2],
    [34, 16],
  ] as const)
    head.writeUInt16LE(value, at);
  head.writeUInt32LE(8_000, 24);
  head.writeUInt32LE(16_000, 28);
  head.write('data', 36);
  head.writeUInt32LE(samples * 2, 40);
  return Buffer.concat([head, Buffer.alloc(samples * 2)]);
}

const NOTEBOOK = JSON.stringify({
  nbformat: 4,
  cells: [
    { cell_type: 'markdown', source: ['# Findings\n', `see [this](javascript:${OWNED}) ${HTML}`] },
    {
      cell_type: 'code',
      source: "plot('loss')",
      execution_count: 7,
      outputs: [
        { output_type: 'stream', text: 'drawn \u001b[31mred\u001b[0m\n' },
        { output_type: 'display_data', data: { 'image/png': PNG.toString('base64'), 'text/html': HTML } },
        { output_type: 'display_data', data: { 'text/html': HTML, 'application/javascript': OWNED } },
        { output_type: 'display_data', data: { 'image/svg+xml': SVG } },
      ],
    },
  ],
});

const FILES: Readonly<Record<string, readonly [type: string, body: string | Buffer]>> = {
  'evil.html': ['text/html', HTML],
  'evil.svg': ['image/svg+xml', SVG],
  'evil.png': ['text/html', HTML],
  'ok.png': ['image/png', PNG],
  'evil.md': ['text/markdown', `# Said\n\n${HTML}\n\n[go](javascript:${OWNED})`],
  'table.csv': ['text/csv', `name,"said, twice"\n"${HTML.replaceAll('"', '""')}",2\n`],
  'tree.json': [
    'application/json',
    JSON.stringify({ __proto__x: { deep: [1, HTML] }, n: 9007199254740993n.toString() }),
  ],
  'broken.json': ['application/json', '{"a": '],
  'talk.ipynb': ['application/json', NOTEBOOK],
  'broken.parquet': ['application/octet-stream', 'PAR1 no PAR1'],
  'beep.wav': ['audio/wav', wav()],
  'broken.mp4': ['video/mp4', HTML],
  'model.bin': ['application/octet-stream', 'bytes'],
};

describe('previews of what strangers logged, in a real browser', () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  let visitor: Visitor;
  const strange: string[] = [];

  const api = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = { authorization: `Bearer ${server.key}`, 'content-type': 'application/json', ...init.headers };
    const answer = await fetch(`${server.url}/api/v1/${path}`, { ...init, headers });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const post = async <T>(path: string, body: object): Promise<T> =>
    (await (await api(path, { method: 'POST', body: JSON.stringify(body) })).json()) as T;
  const put = (path: string, type: string, body: string | Buffer | ArrayBuffer) =>
    api(`runs/r1/artifacts/${path}`, { method: 'PUT', headers: { 'content-type': type }, body });

  beforeAll(async () => {
    folder = temporaryFolder('previews');
    server = await startAllInOne(`${folder.path}/data`);
    await post('commands/create-experiment', { name: 'e1', experiment: 'e1' });
    const params = Array.from({ length: 700 }, (_, n) => ({ key: `p${String(n).padStart(3, '0')}`, value: n }));
    const events = [
      { type: 'run.started', subject: 'run/r1', data: { experiment: 'e1', name: 'r1' } },
      { type: 'params.logged', subject: 'run/r1', data: { params } },
    ];
    const { position } = await post<{ position: string }>('events', { events });
    await api(`runs/r1?at-least=${position}`);
    const exported = await api('export', {
      method: 'POST',
      body: JSON.stringify({ table: 'params', experiments: ['e1'], format: 'parquet' }),
    });
    const put1 = ([name, [type, body]]: readonly [string, readonly [string, string | Buffer]]) => put(name, type, body);
    for (const file of Object.entries(FILES)) await put1(file);
    await put('params.parquet', 'application/vnd.apache.parquet', await exported.arrayBuffer());
    visitor = await openVisitor(`${folder.path}/profile`);
    visitor.page.on('request', (asked) => {
      const url = asked.url();
      if (!/^(data|blob):/.test(url) && !url.startsWith(server.url)) strange.push(url);
    });
    visitor.page.on('dialog', (dialog) => strange.push(dialog.message()));
    await visitor.page.goto(`${server.url}/runs/r1?tab=artifacts#key=${encodeURIComponent(server.key)}`);
  });
  afterEach(async () => {
    expect(await visitor.page.title()).toBe('r1 · Runledger');
    expect(visitor.page.frames()).toHaveLength(1);
    expect(strange).toEqual([]);
    expect(visitor.complaints).toEqual([]);
    expect(await visitor.violations()).toEqual([]);
  });
  afterAll(async () => {
    await visitor?.close();
    await server.process.stop();
    folder.remove();
  });

  const choose = async (name: string): Promise<Locator> => {
    await visitor.page.getByRole('button', { name: new RegExp(`^${name.replace('.', '[.]')}`) }).click();
    return visitor.page.getByRole('region', { name, exact: true });
  };
  const naturalWidth = (image: Locator) =>
    image.evaluate((element) => (element as unknown as { naturalWidth: number }).naturalWidth);

  it('shows the source of a page and of markdown, and runs nothing of them', async () => {
    const html = await choose('evil.html');
    await html.getByText(HTML).waitFor();
    const markdown = await choose('evil.md');
    await markdown.getByRole('heading', { name: 'Said' }).waitFor();
    await markdown.getByText('<script>').waitFor();
    expect(await markdown.getByRole('link').count()).toBe(0);
    expect(await markdown.locator('script, img, iframe').count()).toBe(0);
  });

  it('shows pictures, and a drawing without its scripts and what it would load', async () => {
    const picture = (await choose('ok.png')).getByRole('img', { name: 'ok.png' });
    await picture.waitFor();
    expect(await naturalWidth(picture)).toBe(1);
    const drawing = (await choose('evil.svg')).getByRole('img', { name: 'evil.svg' });
    await drawing.waitFor();
    expect(await naturalWidth(drawing)).toBe(40);
    await (await choose('evil.png')).getByText('The browser cannot show this file').waitFor();
  });

  it('shows rows of separated values and of Parquet, and says what it leaves out', async () => {
    const csv = (await choose('table.csv')).getByRole('table', { name: 'table.csv' });
    await csv.getByRole('columnheader', { name: 'said, twice' }).waitFor();
    await csv.getByRole('cell', { name: HTML }).waitFor();
    const parquet = await choose('params.parquet');
    const rows = parquet.getByRole('table', { name: 'params.parquet' });
    await rows.getByRole('cell', { name: 'p499', exact: true }).waitFor();
    await parquet.getByText('Shown: 500 of 700 rows.').waitFor();
    await (await choose('broken.parquet')).getByText('This is not a Parquet file that can be read here').waitFor();
  });

  it('shows JSON as a tree and as text, by keyboard too, and says where it is broken', async () => {
    const json = await choose('tree.json');
    const branch = json.getByRole('button', { name: /^__proto__x: 1 member/ });
    await branch.press('Enter');
    await json.getByRole('button', { name: /^deep: 2 items/ }).press('Enter');
    await json.getByText(JSON.stringify(HTML)).waitFor();
    await json.getByText('text', { exact: true }).click();
    await json.getByText('"n":"9007199254740993"').waitFor();
    await (await choose('broken.json')).getByText(/^This is not JSON: /).waitFor();
  });

  it('shows a notebook as cells without scripts, links of scripts and HTML', async () => {
    const notebook = await choose('talk.ipynb');
    await notebook.getByRole('heading', { name: 'Findings' }).waitFor();
    await notebook.getByText("[7] plot('loss')").waitFor();
    await notebook.getByText('drawn red').waitFor();
    await notebook.getByText('Left out, since it may hold scripts: text/html, application/javascript').waitFor();
    expect(await notebook.getByRole('img').count()).toBe(2);
    expect(await notebook.locator('script, iframe, a').count()).toBe(0);
  });

  it('plays sounds, says what a browser cannot show, and shows no bytes', async () => {
    const audio = (await choose('beep.wav')).locator('audio');
    await audio.waitFor();
    await audio.evaluate(
      (element) =>
        new Promise<void>((done) => {
          const media = element as unknown as {
            readyState: number;
            addEventListener(name: string, on: () => void): void;
          };
          if (media.readyState > 0) done();
          else media.addEventListener('loadedmetadata', () => done());
        }),
    );
    await (await choose('broken.mp4')).getByText('The browser cannot show this file').waitFor();
    await (await choose('model.bin')).getByText('There is no preview of this kind of file.').waitFor();
  });

  it('hands out the bytes so that no browser runs them either', async () => {
    const { headers } = await api('runs/r1/artifacts/evil.html');
    expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'; frame-ancestors 'none'");
    expect(headers.get('content-disposition')).toMatch(/^attachment/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});
