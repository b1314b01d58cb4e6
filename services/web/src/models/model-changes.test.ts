import { changesOf } from './model-changes';

type Rows = Parameters<typeof changesOf>[0];
const time = (second: number): string => new Date(second * 1_000).toISOString();
const held = (from: number, to: number | null, actor = 'ada') => ({
  seq: from,
  since: time(from),
  until: to === null ? null : time(to),
  actor,
});
const model = (name: string, lastVersion = 0) => ({
  id: 'm',
  name,
  description: '',
  tags: [],
  lastVersion,
  createdAt: time(1),
  updatedAt: time(1),
  lifecycle: 'active' as const,
});
const alias = (version: number) => ({ alias: 'champion', version });
const textsOf = (history: Rows): string[] => changesOf(history).map(({ text }) => text);

it('tells what was decided, newest first, and by whom', () => {
  const history: Rows = [
    { kind: 'model', ...held(1, 4), state: model('digits') },
    { kind: 'alias', ...held(2, 3), state: alias(1) },
    { kind: 'alias', ...held(3, null, 'grace'), state: alias(2) },
    { kind: 'model', ...held(4, null), state: model('numbers') },
  ];
  expect(changesOf(history).map(({ text, actor }) => [text, actor])).toEqual([
    ['Model, name: digits → numbers', 'ada'],
    ['Alias champion, version: 1 → 2', 'grace'],
    ['Alias champion set to version 1', 'ada'],
    ['Model registered as digits', 'ada'],
  ]);
});

it('is silent about a new version in the row of the model', () => {
  expect(
    textsOf([
      { kind: 'model', ...held(1, 2), state: model('digits') },
      { kind: 'model', ...held(2, null), state: model('digits', 1) },
    ]),
  ).toEqual(['Model registered as digits']);
});

it('tells that an alias was taken away, and that it came back', () => {
  expect(
    textsOf([
      { kind: 'alias', ...held(1, 2), state: alias(1) },
      { kind: 'alias', ...held(5, null), state: alias(1) },
    ]),
  ).toEqual(['Alias champion set to version 1', 'Alias champion removed', 'Alias champion set to version 1']);
});

it('shows tags by key and value', () => {
  const tagged = { ...model('digits'), tags: [{ key: 'team', value: 'vision' }] };
  expect(
    textsOf([
      { kind: 'model', ...held(1, 2), state: model('digits') },
      { kind: 'model', ...held(2, null), state: tagged },
    ])[0],
  ).toBe('Model, tags: nothing → team=vision');
});
