import { decideExpiry, type ExpiryCommand } from './decide-expiry';
import { type ErasureChange, evolveErasures, noErasures } from './erasure';
import { evolveExpiry, notExpired } from './expiry';
import { noRetention, type Retention } from './retention';

const ENDED = '2026-01-01T00:00:00.000Z';
const DIGEST = '0'.repeat(64);
const held = { days: 30, from: ENDED, policy: 'policy-1' };
const kept = (next: Retention['points']['next'] = null): Retention => ({
  ...noRetention,
  points: { held, next },
});

type Points = Extract<ExpiryCommand, { name: 'expire-points' }>;
const expire = (at: string, more: Partial<Points> = {}): ExpiryCommand => ({
  name: 'expire-points',
  run: 'r',
  project: 'p',
  ended: ENDED,
  at,
  there: { metrics: 2, points: 20, digest: DIGEST },
  retention: kept(),
  ...more,
});
const JAN_30 = '2026-01-30T23:59:59.999Z';
const JAN_31 = '2026-01-31T00:00:00.000Z';

it('says what was there, and by whose order it went', () => {
  expect(decideExpiry(expire(JAN_31), notExpired)).toMatchObject({
    ok: true,
    value: {
      events: [
        {
          type: 'points.expired',
          data: {
            run: 'r',
            project: 'p',
            policy: 'policy-1',
            days: 30,
            ended: ENDED,
            metrics: 2,
            points: 20,
            digest: DIGEST,
          },
        },
      ],
    },
  });
});

it.each<[what: string, command: ExpiryCommand, code: string]>([
  ['before its time', expire(JAN_30), 'EXPIRY_NOT_DUE'],
  ['without a policy', expire(JAN_31, { retention: noRetention }), 'EXPIRY_NO_POLICY'],
  [
    'by one that is not in force yet',
    expire(JAN_31, {
      retention: { ...noRetention, points: { held: null, next: { ...held, from: '2026-02-01T00:00:00.000Z' } } },
    }),
    'EXPIRY_NO_POLICY',
  ],
  [
    'where a longer one holds by now',
    expire(JAN_31, {
      retention: kept({ days: 60, from: JAN_30, policy: 'policy-2' }),
    }),
    'EXPIRY_NOT_DUE',
  ],
])('refuses %s', (_what, command, code) => {
  expect(decideExpiry(command, notExpired)).toMatchObject({ ok: false, code });
});

it('is decided once', () => {
  const expired = evolveExpiry(notExpired, {
    type: 'points.expired',
    data: { run: 'r', project: 'p', policy: 'x', days: 1, ended: ENDED, metrics: 0, points: 0, digest: DIGEST },
  });
  expect(decideExpiry(expire(JAN_31), expired)).toMatchObject({ value: { events: [] } });
  const artifacts = { files: 0, bytes: 0, digest: DIGEST, listed: [] };
  const both = { ...kept(), artifacts: { held, next: null } };
  const command = {
    ...expire(JAN_31, { retention: both }),
    name: 'expire-artifacts',
    there: artifacts,
  } as ExpiryCommand;
  expect(decideExpiry(command, expired)).toMatchObject({ value: { events: [{ type: 'artifacts.expired' }] } });
});

type Placed = Extract<ErasureChange, { type: 'hold.placed' }>['data'];
const nothing: Placed = { hold: 'h1', subjects: [], artifacts: [], runs: [], projects: [], reference: 'case 3' };
const { subjects: _, ...everybody } = nothing;

it.each<[whose: string, data: Placed, isHeld: boolean]>([
  ['all that there is', everybody, true],
  ['the run', { ...nothing, runs: ['r'] }, true],
  ['the project', { ...nothing, projects: ['p'] }, true],
  ['another run', { ...nothing, runs: ['s'] }, false],
  ['another project', { ...nothing, projects: ['q'] }, false],
  ['somebody', { ...nothing, subjects: ['a'.repeat(22)] }, false],
])('is kept by a hold of %s until it is lifted', (_whose, data, isHeld) => {
  const placed = evolveErasures(noErasures, { type: 'hold.placed', data });
  expect(decideExpiry(expire(JAN_31, { erasures: placed }), notExpired).ok).toBe(!isHeld);
  const lifted = evolveErasures(placed, { type: 'hold.lifted', data: { hold: 'h1' } });
  expect(decideExpiry(expire(JAN_31, { erasures: lifted }), notExpired).ok).toBe(true);
});
