import { datasetNode, lineagePath, shownOf, versionNode, wordsOf } from './lineage-node';

const names = new Map([['r1', 'my run']]);

it('calls things as people do, and knows their pages', () => {
  expect(shownOf('run:r1', 'run', names)).toMatchObject({
    name: 'my run',
    to: '/runs/r1?tab=lineage',
    title: 'run:r1',
  });
  expect(shownOf('run:r2', 'run', names).name).toBe('r2');
  expect(shownOf('version:digits/3', 'version', names)).toMatchObject({ name: 'digits 3', to: '/models/digits' });
  const node = datasetNode({ name: 'a/b: c', digest: 'sha256:0123456789abcdef' });
  expect(node).toBe('dataset:a%2Fb%3A%20c/sha256%3A0123456789abcdef');
  expect(shownOf(node, 'dataset', names)).toMatchObject({ name: 'a/b: c 0123456789ab', to: lineagePath(node) });
  expect(shownOf('dataset:%/%', 'dataset', names).name).toBe('% %');
  expect(versionNode('m', 2)).toBe('version:m/2');
});

it('reads an arrow as a sentence', () => {
  expect(wordsOf({ kind: 'used', from: 'a', to: 'b', detail: 'train' })).toBe('was used by (train)');
  expect(wordsOf({ kind: 'made', from: 'a', to: 'b', detail: '' })).toBe('made');
});
