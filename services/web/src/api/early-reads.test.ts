import { takeEarly } from './early-reads';

const place = globalThis as { earlyReads?: unknown };
afterEach(() => {
  delete place.earlyReads;
});

it('gives an early answer to whoever it was asked for, once', () => {
  const answer = Promise.resolve(new Response());
  place.earlyReads = { key: 'k', answers: new Map([['/api/v1/experiments?limit=500', answer]]) };
  expect(takeEarly('/api/v1/experiments?limit=500', null)).toBeUndefined();
  expect(takeEarly('/api/v1/models', 'k')).toBeUndefined();
  expect(takeEarly('/api/v1/experiments?limit=500', 'k')).toBe(answer);
  expect(takeEarly('/api/v1/experiments?limit=500', 'k')).toBeUndefined();
});

it('has none where the page asked for nothing', () => {
  expect(takeEarly('/api/v1/experiments?limit=500', null)).toBeUndefined();
});
