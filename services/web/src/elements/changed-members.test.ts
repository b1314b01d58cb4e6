import { changedMembers } from './changed-members';

it('tells member by member what was and what is', () => {
  const row = { kind: 'alias', id: 'm', name: 'champion' };
  expect(changedMembers({ ...row, before: { version: 1 }, after: { version: 2 } })).toEqual([
    { what: 'alias champion: version', before: '1', after: '2' },
  ]);
  expect(
    changedMembers({ ...row, name: '', before: null, after: { tags: [1], text: '', long: 'x'.repeat(300) } }),
  ).toEqual([
    { what: 'alias: tags', before: '–', after: '[1]' },
    { what: 'alias: long', before: '–', after: `${'x'.repeat(200)}…` },
  ]);
  expect(changedMembers({ ...row, before: { version: 1 }, after: null })).toMatchObject([{ before: '1', after: '–' }]);
});
