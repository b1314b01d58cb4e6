import { daysSaid, policySaid } from './said';

it.each([
  ['points', null, 'for ever'],
  ['points', 1, '1 day after the end of a run'],
  ['artifacts', 0.5, '0.5 days after the end of a run'],
  ['lock', null, 'none'],
  ['lock', 30, '30 days from when they are stored'],
] as const)('says of %s with %p days: %s', (what, days, said) => {
  expect(daysSaid(what, days)).toBe(said);
});

it('says what a policy said, and nothing of what it left open', () => {
  expect(policySaid({ deleters: 'nobody' })).toBe('Who may delete: nobody');
  expect(policySaid({ points: 90, artifacts: null })).toBe(
    'Points of runs: 90 days after the end of a run; Artifacts of runs: for ever',
  );
});
