import { decideRetention, type RetentionCommand } from './decide-retention';
import { evolveRetention, lockEnd, noRetention, type Retention, type RetentionChange, termAt } from './retention';

const DAY = 86_400_000;
const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const at = (days: number): string => new Date(T0 + days * DAY).toISOString();
let made = 0;

const set = (points: number | null, now: number, more: Partial<RetentionCommand> = {}): RetentionCommand => ({
  name: 'set-retention',
  project: 'p',
  policy: `policy-${++made}`,
  points,
  artifacts: null,
  reference: 'rule 4',
  at: at(now),
  delayMs: DAY,
  ...more,
});

function after(...commands: RetentionCommand[]): Retention {
  return commands.reduce((state: Retention, command) => {
    const outcome = decideRetention(command, state);
    if (!outcome.ok) throw new Error(outcome.code);
    const events: readonly RetentionChange[] = outcome.value.events;
    return events.reduce(evolveRetention, state);
  }, noRetention);
}
/** Days for which points are kept at a time, by what was said until then. */
const kept = (state: Retention, now: number): number | null => termAt(state.points, at(now))?.days ?? null;

it('keeps for ever unless somebody says otherwise', () => {
  expect(kept(noRetention, 10_000)).toBeNull();
});

it.each<
  [what: string, said: Array<[days: number | null, now: number]>, looked: Array<[now: number, days: number | null]>]
>([
  [
    'first days hold a day later',
    [[30, 0]],
    [
      [0.9, null],
      [1, 30],
      [400, 30],
    ],
  ],
  [
    'fewer hold a day later, the old ones until then',
    [
      [30, 0],
      [10, 5],
    ],
    [
      [5.9, 30],
      [6, 10],
    ],
  ],
  [
    'more hold at once',
    [
      [30, 0],
      [60, 5],
    ],
    [[5, 60]],
  ],
  [
    'for ever holds at once',
    [
      [30, 0],
      [null, 5],
    ],
    [
      [5, null],
      [100, null],
    ],
  ],
  [
    'what waits is taken back by more',
    [
      [30, 0],
      [null, 0.5],
    ],
    [
      [0.9, null],
      [1, null],
      [9, null],
    ],
  ],
  [
    'what waits and is said again with more waits no longer',
    [
      [30, 0],
      [40, 0.5],
    ],
    [
      [0.9, null],
      [1, 40],
    ],
  ],
  [
    'what waits and is shortened waits anew',
    [
      [30, 0],
      [20, 0.5],
    ],
    [
      [1.2, null],
      [1.5, 20],
    ],
  ],
  [
    'what waited and holds is shortened from there',
    [
      [30, 0],
      [20, 2],
    ],
    [
      [2.5, 30],
      [3, 20],
    ],
  ],
])('%s', (_what, said, looked) => {
  const state = after(...said.map(([days, now]) => set(days, now)));
  for (const [now, days] of looked) expect([now, kept(state, now)]).toEqual([now, days]);
});

it('keeps points and artifacts by themselves: more of one does not wait for less of the other', () => {
  const state = after(set(30, 0, { artifacts: 30 }), set(10, 5, { artifacts: 90 }));
  expect(kept(state, 5)).toBe(30);
  expect(termAt(state.artifacts, at(5))?.days).toBe(90);
});

describe('a lock', () => {
  const lock = (days: number | null | undefined, now: number) => set(30, now, { lock: days });
  const lockedFor = (state: Retention, now: number): number | null => termAt(state.lock, at(now))?.days ?? null;

  it.each<[what: string, said: RetentionCommand[], looked: Array<[now: number, days: number | null]>]>([
    ['is none unless somebody says so', [set(30, 0)], [[9, null]]],
    [
      'first holds a day later, since nobody can take it back then',
      [lock(365, 0)],
      [
        [0.9, null],
        [1, 365],
      ],
    ],
    ['that is taken back within that day never holds', [lock(365, 0), lock(null, 0.5)], [[9, null]]],
    [
      'that becomes longer holds a day later, the old one until then',
      [lock(10, 0), lock(20, 5)],
      [
        [5.9, 10],
        [6, 20],
      ],
    ],
    [
      'that becomes shorter, or none, holds at once for what is stored from then on',
      [lock(10, 0), lock(5, 5)],
      [[5, 5]],
    ],
    ['stays as it was where nothing is said of it', [lock(10, 0), lock(undefined, 5)], [[5, 10]]],
    [
      'that waits, and of which nothing more is said, waits no longer',
      [lock(10, 0), set(20, 0.5)],
      [
        [0.9, null],
        [1, 10],
      ],
    ],
  ])('%s', (_what, said, looked) => {
    const state = after(...said);
    for (const [now, days] of looked) expect([now, lockedFor(state, now)]).toEqual([now, days]);
  });

  it('alone is a change', () => {
    const state = after(lock(10, 0));
    expect(decideRetention(lock(10, 2), state)).toMatchObject({ value: { events: [] } });
    expect(decideRetention(lock(11, 2), state)).toMatchObject({
      value: { events: [{ data: { lock: { days: 11 } } }] },
    });
  });

  it('ends at a full hour, and never sooner than was said', () => {
    expect(lockEnd(new Date(at(0)), 1)).toEqual(new Date(at(1)));
    expect(lockEnd(new Date(T0 + 1), 1)).toEqual(new Date(T0 + DAY + 3_600_000));
    expect(lockEnd(new Date(T0), 0.001)).toEqual(new Date(T0 + 3_600_000));
  });
});

it('says nothing again, and no policy twice', () => {
  const one = set(30, 0);
  const state = after(one);
  expect(decideRetention(set(30, 2), state)).toMatchObject({ ok: true, value: { events: [] } });
  expect(decideRetention(set(null, 0), noRetention)).toMatchObject({ ok: true, value: { events: [] } });
  expect(decideRetention(set(9, 2, { policy: one.policy }), state)).toMatchObject({ code: 'RETENTION_EXISTS' });
});

it('needs its project', () => {
  expect(decideRetention(set(30, 0), noRetention)).toMatchObject({
    value: { claims: { need: [{ kind: 'project', name: 'p' }] } },
  });
});
