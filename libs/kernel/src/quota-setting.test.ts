import { callerQuotas, quotas } from './quota-setting';

it('reads quotas by the second', () => {
  expect(quotas.parse('requests=100, points=5000')).toEqual({ requests: 100, points: 5_000 });
  expect(quotas.parse('reads=8')).toEqual({ reads: 8 });
  expect(quotas.parse('off')).toEqual({});
  expect(quotas.parse('storage=5000000000000')).toEqual({ storage: 5_000_000_000_000 });
});

it.each([
  '',
  'requests',
  'requests=',
  'requests=0',
  'requests=-1',
  'requests=1.5',
  'requests=1e3',
  'request=1',
  'a=1,',
])('refuses %j and says what it wants', (text) => {
  expect(quotas.safeParse(text).error?.issues[0]?.message).toContain('requests=100,points=5000');
});

it('refuses a quota that stands twice, and one that cannot be counted exactly', () => {
  expect(quotas.safeParse('points=1,points=2').success).toBe(false);
  expect(quotas.safeParse('points=1000000000001').success).toBe(false);
  expect(quotas.safeParse('storage=1000000000000001').success).toBe(false);
});

it('limits the storage of no caller', () => {
  expect(callerQuotas.parse('requests=1')).toEqual({ requests: 1 });
  expect(callerQuotas.safeParse('requests=1,storage=1').success).toBe(false);
});
