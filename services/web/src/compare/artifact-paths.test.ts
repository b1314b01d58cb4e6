import type { Artifact } from '../previews/artifact-bytes';
import { pathsOfRuns } from './artifact-paths';

const filesAt = (...paths: string[]) => ({
  run: 'r',
  name: 'r',
  files: new Map(paths.map((path) => [path, {} as Artifact])),
});

it('lists paths of any run once, steps in their order, with how many runs have a file there', () => {
  expect(pathsOfRuns([filesAt('images/step-10.png', 'images/step-2.png'), filesAt('images/step-2.png')])).toEqual([
    { path: 'images/step-2.png', runs: 2 },
    { path: 'images/step-10.png', runs: 1 },
  ]);
  expect(pathsOfRuns([])).toEqual([]);
});
