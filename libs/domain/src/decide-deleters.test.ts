import { DELETERS, type Deleters, type PermissionName, type Rights } from '@runledger/contracts';
import fc from 'fast-check';
import { type DeletersCommand, decideDeleters } from './decide-deleters';
import { mayDelete } from './deletion';
import { deletersAt, evolveRetention, noRetention, type Retention, type RetentionChange } from './retention';

const DAY = 86_400_000;
const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const at = (days: number): string => new Date(T0 + days * DAY).toISOString();
let made = 0;

const rightsOf = (...permissions: PermissionName[]): Rights =>
  new Map(permissions.map((one) => [one, { only: ['p'] }] as const));
const MAINTAINER = rightsOf('events:write', 'projects:write');
const ADMIN = rightsOf('events:write', 'projects:write', 'admin');

const set = (deleters: Deleters, now: number, rights: Rights = ADMIN): DeletersCommand => ({
  name: 'set-deleters',
  project: 'p',
  policy: `policy-${++made}`,
  deleters,
  reference: 'rule 7',
  rights,
  at: at(now),
  delayMs: DAY,
});

function then(state: Retention, command: DeletersCommand): Retention {
  const outcome = decideDeleters(command, state);
  if (!outcome.ok) throw new Error(outcome.code);
  const events: readonly RetentionChange[] = outcome.value.events;
  return events.reduce(evolveRetention, state);
}
const after = (...commands: DeletersCommand[]): Retention => commands.reduce(then, noRetention);

it('lets whoever may write delete, unless somebody says otherwise', () => {
  expect(deletersAt(noRetention, at(10_000))).toBe('editors');
});

type Case = readonly [
  what: string,
  said: ReadonlyArray<readonly [deleters: Deleters, now: number]>,
  looked: ReadonlyArray<readonly [now: number, deleters: Deleters]>,
];
const CASES: readonly Case[] = [
  ['fewer hold at once', [['admins', 0]], [[0, 'admins']]],
  [
    'more hold a day later',
    [
      ['nobody', 0],
      ['maintainers', 5],
    ],
    [
      [5.9, 'nobody'],
      [6, 'maintainers'],
    ],
  ],
  [
    'what waits is taken back by what holds',
    [
      ['admins', 0],
      ['editors', 5],
      ['admins', 5.5],
    ],
    [[9, 'admins']],
  ],
  [
    'what waits and is said again with fewer waits no longer',
    [
      ['nobody', 0],
      ['editors', 5],
      ['admins', 5.5],
    ],
    [
      [5.9, 'nobody'],
      [6, 'admins'],
    ],
  ],
  [
    'what waits and is said again with more waits anew',
    [
      ['nobody', 0],
      ['admins', 5],
      ['editors', 5.5],
    ],
    [
      [6.4, 'nobody'],
      [6.5, 'editors'],
    ],
  ],
];
it.each(CASES)('%s', (_what, said, looked) => {
  const state = after(...said.map(([deleters, now]) => set(deleters, now)));
  for (const [now, deleters] of looked) expect([now, deletersAt(state, at(now))]).toEqual([now, deleters]);
});

it('is let go by one who may delete: what admins may, or nobody, by an admin of the project', () => {
  const refused = { ok: false, code: 'DELETERS_NOT_YOURS' };
  for (const held of ['admins', 'nobody'] as const) {
    const state = after(set(held, 0));
    expect(decideDeleters(set('maintainers', 1, MAINTAINER), state)).toMatchObject(refused);
    expect(decideDeleters(set('maintainers', 1, ADMIN), state)).toMatchObject({ ok: true });
    const elsewhere: Rights = new Map([...ADMIN.keys()].map((one) => [one, { except: ['p'] }] as const));
    expect(decideDeleters(set('maintainers', 1, elsewhere), state)).toMatchObject(refused);
  }
  expect(decideDeleters(set('editors', 1, MAINTAINER), after(set('maintainers', 0)))).toMatchObject({ ok: true });
  expect(decideDeleters(set('nobody', 1, MAINTAINER), after(set('maintainers', 0)))).toMatchObject({ ok: true });
  // An admin's mistake is taken back by whoever changes the project.
  const waiting = after(set('admins', 0), set('editors', 1));
  expect(decideDeleters(set('admins', 1.5, MAINTAINER), waiting)).toMatchObject({ ok: true, value: { events: [{}] } });
});

it('says nothing again, no policy twice, and needs its project', () => {
  const one = set('admins', 0);
  const state = after(one);
  expect(decideDeleters(set('admins', 2), state)).toMatchObject({ ok: true, value: { events: [] } });
  expect(decideDeleters(set('editors', 0), noRetention)).toMatchObject({ ok: true, value: { events: [] } });
  expect(decideDeleters({ ...set('nobody', 2), policy: one.policy }, state)).toMatchObject({
    code: 'RETENTION_EXISTS',
  });
  expect(decideDeleters(one, noRetention)).toMatchObject({
    value: { claims: { need: [{ kind: 'project', name: 'p' }] } },
  });
});

/** Whoever could not delete cannot within the delay, whatever is said in it and by whom; and a maintainer alone never can. */
it('gives nobody within a day what he did not have', () => {
  const step = fc.record({
    deleters: fc.constantFrom(...DELETERS),
    hours: fc.integer({ min: 0, max: 40 }),
    rights: fc.constantFrom(MAINTAINER, ADMIN),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      let state = noRetention;
      let hours = 0;
      const looks: Array<Readonly<{ hours: number; state: Retention }>> = [{ hours, state }];
      for (const { deleters, hours: later, rights } of steps) {
        hours += later;
        const outcome = decideDeleters(set(deleters, hours / 24, rights), state);
        if (outcome.ok) state = outcome.value.events.reduce(evolveRetention, state);
        looks.push({ hours, state });
      }
      for (const [i, before] of looks.entries())
        for (const look of looks.slice(i).filter((one) => one.hours < before.hours + 24)) {
          // What waited before then had its time.
          if (before.state.deleters.next !== null) continue;
          const could = mayDelete(deletersAt(before.state, at(before.hours / 24)), MAINTAINER, 'p');
          const can = mayDelete(deletersAt(look.state, at(look.hours / 24)), MAINTAINER, 'p');
          expect(can && !could).toBe(false);
        }
    }),
  );
  const locked = after(set('admins', 0));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...DELETERS), fc.integer({ min: 1, max: 9 }))), (said) => {
      let state = locked;
      let day = 0;
      for (const [deleters, days] of said) {
        day += days;
        const outcome = decideDeleters(set(deleters, day, MAINTAINER), state);
        if (outcome.ok) state = outcome.value.events.reduce(evolveRetention, state);
      }
      expect(mayDelete(deletersAt(state, at(day + 99)), MAINTAINER, 'p')).toBe(false);
    }),
  );
});
