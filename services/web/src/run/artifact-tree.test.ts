import { foldersAtFirst, treeLines } from './artifact-tree';

const files = [
  { path: 'a.txt', size: 1 },
  { path: 'model/weights.bin', size: 10 },
  { path: 'model/parts/1', size: 5 },
  { path: 'model//odd', size: 2 },
];
const shown = (open: string[]) => treeLines(files, new Set(open)).map(({ name, depth, size }) => [name, depth, size]);

it('shows closed folders with the size of all that is in them, then files', () => {
  expect(shown([])).toEqual([
    ['model/', 0, 17],
    ['a.txt', 0, 1],
  ]);
});

it('shows what is in open folders, below them', () => {
  expect(shown(['model/', 'model/parts/'])).toEqual([
    ['model/', 0, 17],
    ['parts/', 1, 5],
    ['1', 2, 5],
    ['/', 1, 2],
    ['weights.bin', 1, 10],
    ['a.txt', 0, 1],
  ]);
});

it('begins open where there is little, and closed where there is much', () => {
  expect(foldersAtFirst(files)).toEqual(['model/', 'model/parts/', 'model//']);
  expect(foldersAtFirst(Array.from({ length: 40 }, (_, at) => ({ path: `images/${at}.png`, size: 1 })))).toEqual([]);
});
