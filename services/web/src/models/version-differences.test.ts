import { type Version, versionDifferences } from './version-differences';

const version = (number: number, more: Partial<Version>): Version => ({
  model: 'm',
  version: number,
  source: 's',
  location: 's',
  run: null,
  runLink: null,
  loggedModel: null,
  description: '',
  stage: 'None',
  tags: [],
  links: [],
  aliases: [],
  createdBy: 'ada',
  createdAt: null,
  updatedAt: '2026-01-01T00:00:00.000Z',
  ...more,
});

it('tells in what two versions differ, tags one by one, and never their numbers', () => {
  const before = version(1, { run: 'r1', tags: [{ key: 'task', value: 'read' }] });
  const after = version(2, { run: 'r2', aliases: ['champion', 'best'], tags: [{ key: 'team', value: 'vision' }] });
  expect(versionDifferences(before, after)).toEqual([
    { name: 'run', before: 'r1', after: 'r2' },
    { name: 'aliases', before: '–', after: 'champion, best' },
    { name: 'tag task', before: 'read', after: '–' },
    { name: 'tag team', before: '–', after: 'vision' },
  ]);
  expect(versionDifferences(before, { ...before, version: 3 })).toEqual([]);
});
