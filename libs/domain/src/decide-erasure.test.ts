import { decideErasure, type ErasureCommand } from './decide-erasure';
import { type ErasureChange, type Erasures, evolveErasures, noErasures } from './erasure';

const ADA = 'a'.repeat(22);
const BEA = 'b'.repeat(22);

/** What the last of some commands came to: its events' types, or the code of its refusal. */
function outcomeOf(...commands: ErasureCommand[]): string[] {
  let state: Erasures = noErasures;
  let last: string[] = [];
  for (const command of commands) {
    const outcome = decideErasure(command, state);
    last = outcome.ok ? outcome.value.events.map(({ type }) => type) : [outcome.code];
    const events: readonly ErasureChange[] = outcome.ok ? outcome.value.events : [];
    state = events.reduce(evolveErasures, state);
  }
  return last;
}

const request = (erasure = 'e1', subjects = [ADA], person = 'p1'): ErasureCommand => ({
  name: 'request-erasure',
  erasure,
  subjects,
  people: [],
  artifacts: [],
  reference: 'ticket 7',
  person,
});
const approve = (person = 'p2', erasure = 'e1'): ErasureCommand => ({ name: 'approve-erasure', erasure, person });
const withdraw: ErasureCommand = { name: 'withdraw-erasure', erasure: 'e1' };
const hold = (subjects: string[] | null): ErasureCommand => ({
  name: 'place-hold',
  hold: 'h1',
  subjects,
  artifacts: [],
  runs: [],
  projects: [],
  reference: 'case 3',
});
const lift: ErasureCommand = { name: 'lift-hold', hold: 'h1' };

it('takes two persons', () => {
  expect(outcomeOf(request())).toEqual(['erasure.requested']);
  expect(outcomeOf(request(), approve('p1'))).toEqual(['ERASURE_BY_REQUESTER']);
  expect(outcomeOf(request(), approve('p2'))).toEqual(['subject.erased']);
});

it('takes artifacts alone, and what everybody is held by', () => {
  const artifacts = [{ digest: `sha256:${'a'.repeat(64)}`, runs: ['r1'] }];
  const asked: ErasureCommand = { ...request('e1', []), name: 'request-erasure', artifacts } as ErasureCommand;
  expect(outcomeOf(asked, approve())).toEqual(['subject.erased']);
  expect(outcomeOf(asked, hold(null), approve())).toEqual(['ERASURE_HELD']);
  const ofFiles = (digest: string): ErasureCommand =>
    ({ ...hold([]), name: 'place-hold', artifacts: [digest] }) as ErasureCommand;
  expect(outcomeOf(asked, ofFiles(artifacts[0]?.digest ?? ''), approve())).toEqual(['ERASURE_HELD']);
  expect(outcomeOf(asked, ofFiles(`sha256:${'b'.repeat(64)}`), approve())).toEqual(['subject.erased']);
  const ofRun = (run: string): ErasureCommand => ({ ...hold([]), name: 'place-hold', runs: [run] }) as ErasureCommand;
  expect(outcomeOf(asked, ofRun('r1'), approve())).toEqual(['ERASURE_HELD']);
  expect(outcomeOf(asked, ofRun('r2'), approve())).toEqual(['subject.erased']);
  const ofProject: ErasureCommand = { ...hold([]), name: 'place-hold', projects: ['p'] } as ErasureCommand;
  const approved = (project: string): ErasureCommand => ({ ...approve(), projects: [project] }) as ErasureCommand;
  expect(outcomeOf(asked, ofProject, approved('p'))).toEqual(['ERASURE_HELD']);
  expect(outcomeOf(asked, ofProject, approved('q'))).toEqual(['subject.erased']);
});

it('is decided once', () => {
  expect(outcomeOf(request(), request())).toEqual(['ERASURE_EXISTS']);
  expect(outcomeOf(request(), approve(), approve('p3'))).toEqual(['ERASURE_OVER']);
  expect(outcomeOf(request(), withdraw, approve())).toEqual(['ERASURE_OVER']);
  expect(outcomeOf(request(), approve(), withdraw)).toEqual(['ERASURE_OVER']);
  expect(outcomeOf(approve())).toEqual(['ERASURE_UNKNOWN']);
  expect(outcomeOf(request('e1', []))).toEqual(['ERASURE_NOBODY']);
});

it.each([
  ['of somebody else', [BEA], ['subject.erased']],
  ['of the subject', [BEA, ADA], ['ERASURE_HELD']],
  ['of everybody', null, ['ERASURE_HELD']],
] as const)('is kept by a hold %s', (_whose, subjects, outcome) => {
  const placed = hold(subjects === null ? null : [...subjects]);
  expect(outcomeOf(request(), placed, approve())).toEqual(outcome);
  expect(outcomeOf(placed, lift, request(), approve())).toEqual(['subject.erased']);
});

it('names the hold and its reference where it refuses', () => {
  const state = evolveErasures(noErasures, {
    type: 'hold.placed',
    data: { hold: 'h1', artifacts: [], runs: [], projects: [], reference: 'case 3' },
  });
  expect(decideErasure(request(), state)).toMatchObject({
    code: 'ERASURE_HELD',
    message: expect.stringContaining('h1 (case 3)'),
  });
});

it('lifts a hold once, and places none of nobody', () => {
  expect(outcomeOf(hold(null), lift, lift)).toEqual([]);
  expect(outcomeOf(lift)).toEqual(['HOLD_UNKNOWN']);
  expect(outcomeOf(hold(null), hold([ADA]))).toEqual(['HOLD_EXISTS']);
  expect(outcomeOf(hold([]))).toEqual(['ERASURE_NOBODY']);
});
