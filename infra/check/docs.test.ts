import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

// Pages name files; a file that moves must not leave them behind.
const root = join(__dirname, '../..');
const SKIPPED = /^(node_modules|dist|golden|target|results|coverage)$|^[.](git|nx|runledger|swc)/;

function walk(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !SKIPPED.test(name))
    .flatMap((entry) => (entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)]));
}
const files = walk('');
const names = new Set(files.map((file) => basename(file)));
const pages = files.filter((file) => file.endsWith('.md'));

const isWhole = (text: string): boolean => !/[…<>*{}\s]/.test(text);

/** Code that looks like a path of the tree, or like a source file's name. */
const namedPaths = (text: string): string[] =>
  [...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code as string).filter(isWhole);

function missingPaths(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  const paths = namedPaths(text).filter((code) => /^(libs|services|infra|docs)\//.test(code));
  const sources = namedPaths(text).filter((code) => /^[a-z0-9.-]+\.(ts|mjs|cjs)$/.test(code));
  const links = [...text.matchAll(/\]\(([^)#]+)(#[^)]*)?\)/g)].map(([, link]) => link as string);
  return [
    ...paths.filter((path) => !existsSync(join(root, path)) && !path.includes('/dist/')),
    ...sources.filter((name) => !names.has(name)),
    ...links.filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(root, dirname(page), link))),
  ];
}

describe('the pages', () => {
  it('are found', () => expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/life-of-an-event.md'])));

  it.each(pages)('%s names files that are there', (page) => {
    expect(missingPaths(page)).toEqual([]);
  });
});
