import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const page = readFileSync(join(root, 'docs/security.md'), 'utf8');

/** The rows of the table below a heading, as cells. */
function rowsBelow(heading: string): string[][] {
  const [, text = ''] = page.split(`## ${heading}\n`);
  const [section = ''] = text.split('\n## ');
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const threats = rowsBelow('Threats');

it('names threats', () => expect(threats.length).toBeGreaterThan(15));

// A defence is what a test shows; one that moves or goes must be seen here.
it.each(threats)('shows how it is defended against: %s', (_, defence = '', shown = '') => {
  expect(defence.length).toBeGreaterThan(20);
  const tests = [...shown.matchAll(/`([^`]+)`/g)].map(([, path]) => path as string);
  expect(tests.length).toBeGreaterThan(0);
  for (const test of tests) {
    expect(test).toMatch(/[.]test[.]ts$/);
    expect([test, existsSync(join(root, test))]).toEqual([test, true]);
    expect(readFileSync(join(root, test), 'utf8')).toMatch(/\b(it|test)\b[.(]|Contract\(/);
  }
});
