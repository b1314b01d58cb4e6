import { formatAgo, formatBytes, formatDuration, formatNumber, formatShort, formatTime } from './format';

it.each([
  [0, '0'],
  [-0, '0'],
  [1234567, '1,234,567'],
  [0.1 + 0.2, '0.3'],
  [1.23456789, '1.23457'],
  [0.00001234, '1.234e-5'],
  [1e-10, '1e-10'],
  [1.5e300, '1.5e+300'],
  ['NaN', 'NaN'],
  ['Infinity', '+Inf'],
  ['-Infinity', '-Inf'],
  [Number.NaN, 'NaN'],
])('shows %p as %s', (value, shown) => expect(formatNumber(value)).toBe(shown));

it('shows an axis in little room', () => {
  expect([126_484_480, 0.5, 9_999, -2e12, null].map(formatShort)).toEqual(['126.48M', '0.5', '9,999', '-2T', '']);
});

it('shows sizes in units that fit', () => {
  expect([0, 1, 1023, 1024, 1536, 200 * 1024, 5 * 1024 ** 3].map(formatBytes)).toEqual([
    '0 B',
    '1 B',
    '1023 B',
    '1.0 KiB',
    '1.5 KiB',
    '200 KiB',
    '5.0 GiB',
  ]);
});

it('shows how long something took, and how long ago it was', () => {
  expect([12, 1_500, 61_000, 3_600_000, 90_000_000].map(formatDuration)).toEqual([
    '12 ms',
    '1.5 s',
    '1 min 1 s',
    '1 h 0 min',
    '1 d 1 h',
  ]);
  const now = Date.UTC(2026, 0, 31);
  expect([0, 120_000, 7_200_000, 172_800_000].map((ms) => formatAgo(now - ms, now, 'UTC'))).toEqual([
    'just now',
    '2 min ago',
    '2 h ago',
    '2 d ago',
  ]);
});

it('shows a time in UTC, or where the machine is', () => {
  const ms = Date.UTC(2026, 0, 31, 23, 4, 5);
  expect(formatTime(ms, 'UTC')).toBe('2026-01-31 23:04:05 UTC');
  expect(formatAgo(ms, ms + 40 * 86_400_000, 'UTC')).toBe('2026-01-31');
  expect(formatTime(ms, 'local')).toContain(':04:05');
});
