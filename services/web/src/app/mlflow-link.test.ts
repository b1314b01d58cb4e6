import { pathOfMlflowLink } from './mlflow-link';

it.each([
  ['#/experiments/0/runs/abc', '/runs/abc'],
  ['#/experiments/0/runs/abc/artifacts?workspace=w', '/runs/abc'],
  ['#/experiments/17', '/experiments/17'],
  ['#/experiments/17/overview', '/experiments/17'],
  ['#/experiments/17?searchFilter=x', '/experiments/17'],
  ['#/models/a%20b/versions/3', '/models/a%20b'],
  ['#/models', '/models'],
])('%s is %s here', (hash, path) => {
  expect(pathOfMlflowLink(hash)).toBe(path);
});

it.each([
  '',
  '#',
  '#/',
  '#key=rlk_x',
  '#/experiments',
  '#/experiments//runs/',
  '#/nonsense/1',
  '#//evil.example/models/x',
])('%j is no such link', (hash) => {
  expect(pathOfMlflowLink(hash)).toBeNull();
});
