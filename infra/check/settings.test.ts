import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const script = join(__dirname, 'settings.mjs');
const zod = JSON.stringify(require.resolve('zod'));

const SHAPE = `{
  RUNLEDGER_PORT: z.coerce.number().default(7070).describe('HTTP port'),
  RUNLEDGER_AUTH: z.enum(['on', 'off']).transform((text) => text === 'on').prefault('on').describe('off | on'),
  RUNLEDGER_URL: z.string().describe('where Postgres is'),
  RUNLEDGER_KEY: z.string().optional().describe('first key'),
}`;
const PLACE = '# ingest\n\n<!-- settings: written by npm run format -->\n<!-- /settings -->\n\nMore.\n';
const TABLE = `<!-- settings: written by npm run format -->

| setting | default | meaning |
| --- | --- | --- |
| \`RUNLEDGER_PORT\` | \`7070\` | HTTP port |
| \`RUNLEDGER_AUTH\` | \`on\` | off \\| on |
| \`RUNLEDGER_URL\` | required | where Postgres is |
| \`RUNLEDGER_KEY\` |  | first key |

<!-- /settings -->`;

describe('the settings tables', () => {
  let folder = '';
  const file = (path: string): string => join(folder, path);
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(file(path)), { recursive: true });
    writeFileSync(file(path), text);
  };
  const room = (shape: string): void =>
    put(
      'services/ingest/dist/index.js',
      `const { z } = require(${zod});\nexports.settings = ${shape};\nexports.other = 1;`,
    );
  const run = (...args: string[]): { status: number | null; stderr: string } =>
    spawnSync(process.execPath, [script, ...args], { cwd: folder, encoding: 'utf8' });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'runledger-settings-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are written from the shape that the program reads, and then found right', () => {
    room(SHAPE);
    put('services/ingest/README.md', PLACE);
    expect(run('--check')).toMatchObject({ status: 1, stderr: expect.stringContaining('services/ingest/README.md') });
    expect(run()).toMatchObject({ status: 0 });
    expect(readFileSync(file('services/ingest/README.md'), 'utf8')).toBe(`# ingest\n\n${TABLE}\n\nMore.\n`);
    expect(run('--check')).toMatchObject({ status: 0, stderr: '' });
  });

  it('are missed where a README has no place for them', () => {
    room(SHAPE);
    expect(run('--check')).toMatchObject({ status: 1, stderr: expect.stringContaining('needs a place') });
  });

  it('refuse a setting that says nothing about itself', () => {
    room(`{ RUNLEDGER_PORT: z.string() }`);
    put('services/ingest/README.md', PLACE);
    expect(run()).toMatchObject({ status: 1, stderr: expect.stringContaining('RUNLEDGER_PORT has no .describe()') });
  });
});
