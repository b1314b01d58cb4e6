import type { Evidence, ObjectiveResult } from '@runledger/contracts';
import type { Standing } from './approval';
import { decideModel, type ModelCommand } from './decide-model';
import type { Gate } from './gate';
import { evolveModel, type Model, unseenModel } from './model';
import type { Checks } from './promotion';

const result = (more: Partial<ObjectiveResult> = {}): ObjectiveResult => ({
  objective: 'acc',
  number: 1,
  name: 'accuracy',
  outcome: 'met',
  value: 0.95,
  missedBy: null,
  reason: null,
  afterStart: false,
  ...more,
});
const evidence = (more: Partial<Evidence> = {}): Evidence => ({
  digest: 'd1',
  position: 'p',
  version: { digest: 'v', changes: 0 },
  run: { run: 'r', facts: { count: 1, digest: 'f' }, metrics: { count: 1, digest: 'm' } },
  results: [result()],
  ...more,
});
const standing = (more: Partial<Evidence> = {}, authors = ['author']): Standing => ({
  evidence: evidence(more),
  authors,
});
const checks = (more: Partial<Checks> = {}): Checks => ({
  projectGates: new Map(),
  standing: standing(),
  active: new Set(['acc', 'other']),
  ...more,
});

const model = 'digits';
const target = { kind: 'alias', name: 'champion' } as const;
const CREATE: ModelCommand = { name: 'create-model', model: 'id', as: model, description: '', tags: [] };
const VERSION: ModelCommand = {
  name: 'create-version',
  model,
  source: 's',
  location: 's',
  run: 'r',
  description: '',
  tags: [],
};
const APPROVALS = [{ meaning: 'validated', persons: 1 }];
const gate = (more: Partial<Extract<ModelCommand, { name: 'set-gate' }>> = {}): ModelCommand => ({
  name: 'set-gate',
  model,
  target,
  objectives: ['acc'],
  approvals: [],
  before: false,
  checks: checks(),
  ...more,
});
const approveAs = (person: string, more: Partial<Evidence> = {}, meaning = 'validated'): ModelCommand => ({
  name: 'approve-version',
  model,
  version: 1,
  approval: `${person}-${meaning}`,
  meaning,
  printedName: person,
  digest: more.digest ?? 'd1',
  checks: checks({ approving: { person, standing: standing(more) } }),
});
const promote = (more?: Checks): ModelCommand => ({
  name: 'set-alias',
  model,
  alias: 'champion',
  version: 1,
  checks: more,
});
const after = (...commands: readonly ModelCommand[]): Model =>
  commands.reduce((state: Model, command) => {
    const outcome = decideModel(command, state);
    if (!outcome.ok) throw new Error(`${command.name}: ${outcome.message}`);
    return outcome.value.events.reduce(evolveModel, state);
  }, unseenModel);
const BASE = [CREATE, VERSION];
/** What it came to: the types of its events, or its code and message. */
const comesTo = (command: ModelCommand, state: Model): string => {
  const outcome = decideModel(command, state);
  return outcome.ok ? outcome.value.events.map(({ type }) => type).join(' ') : `${outcome.code} ${outcome.message}`;
};

describe('a gate for objectives', () => {
  const state = after(...BASE, gate());
  it.each([
    [{}, 'gate.passed alias.moved'],
    [{ outcome: 'missed', value: 0.8, missedBy: 0.1 }, 'objective "accuracy" is missed by 0.1: the value is 0.8'],
    [{ outcome: 'missed', value: 'NaN' }, 'objective "accuracy" is missed: the value is NaN'],
    [{ outcome: 'no value', reason: 'the run has logged no acc' }, 'has no value: the run has logged no acc'],
    [{ objective: 'else' }, 'objective acc cannot be judged: it was retired, or is not there'],
    [{ afterStart: true }, 'gate.passed alias.moved'],
  ] as const)('says of %j: %s', (given, said) => {
    expect(comesTo(promote(checks({ standing: standing({ results: [result(given)] }) })), state)).toContain(said);
  });

  it('lets those that were defined late not count where it says so', () => {
    const strict = after(...BASE, gate({ before: true }));
    const late = checks({ standing: standing({ results: [result({ afterStart: true })] }) });
    expect(comesTo(promote(late), strict)).toContain('was defined after the run began');
    expect(comesTo(promote(checks()), strict)).toBe('gate.passed alias.moved');
  });

  it('stays closed where nobody could look', () => {
    expect(comesTo(promote(undefined), state)).toContain('GATE_CLOSED');
    expect(comesTo(promote(checks({ standing: null })), state)).toContain('GATE_CLOSED');
  });

  it('is in the way of its own target only, and of no demotion', () => {
    const other: ModelCommand = { name: 'set-alias', model, alias: 'Champion', version: 1 };
    expect(comesTo(other, state)).toBe('alias.moved');
    const promoted = after(...BASE, gate(), promote(checks()));
    expect(comesTo({ name: 'remove-alias', model, alias: 'champion' }, promoted)).toBe('alias.removed');
    expect(comesTo(promote(undefined), promoted)).toBe(''); // it is so already
  });

  it('of a project is as good as one of the model', () => {
    const of = { kind: 'project', id: 'p' } as const;
    const theirs: Gate = { of, target, objectives: ['acc'], approvals: [], before: false };
    const projectGates = new Map([[1, [theirs]]]);
    const missed = standing({ results: [result({ outcome: 'missed' })] });
    const free = after(...BASE);
    expect(comesTo(promote(checks({ projectGates, standing: missed })), free)).toContain('GATE_CLOSED');
    expect(comesTo(promote(checks({ projectGates })), free)).toBe('gate.passed alias.moved');
    const held = after(...BASE, promote(checks({ projectGates })));
    const known = checks({ projectGates });
    expect(comesTo({ name: 'delete-version', model, version: 1, checks: known }, held)).toContain('GATE_HOLDS');
    expect(comesTo({ name: 'rename-model', model, to: 'x', checks: known }, held)).toContain('GATE_HOLDS');
  });

  it('holds stages as well as aliases', () => {
    const staged = after(...BASE, gate({ target: { kind: 'stage', name: 'Production' } }));
    const to = (stage: 'Production' | 'Archived', more?: Checks): ModelCommand => ({
      name: 'stage-version',
      model,
      version: 1,
      to: stage,
      archiveOthers: false,
      checks: more,
    });
    expect(comesTo(to('Production', checks({ standing: standing({ results: [] }) })), staged)).toContain('GATE_CLOSED');
    expect(comesTo(to('Production', checks()), staged)).toBe('gate.passed version.staged');
    expect(comesTo(to('Archived'), staged)).toBe('version.staged');
  });
});

describe('what a gate guards', () => {
  const promoted = after(...BASE, VERSION, gate(), promote(checks()));
  it('cannot be deleted, renamed away or replaced under its name', () => {
    const remove = (version: number): ModelCommand => ({ name: 'delete-version', model, version });
    expect(comesTo(remove(1), promoted)).toContain('GATE_HOLDS version 1 holds the alias champion');
    expect(comesTo(remove(2), promoted)).toBe('version.deleted');
    expect(comesTo({ name: 'rename-model', model, to: 'x' }, promoted)).toContain('GATE_HOLDS');
    expect(comesTo({ name: 'rename-model', model, to: model }, promoted)).toBe('');
    expect(comesTo({ name: 'delete-model', model }, promoted)).toContain('GATE_HOLDS');
  });
  it('is free once the gate is lifted', () => {
    const lifted = [...BASE, gate(), promote(checks()), { name: 'lift-gate', model, target } as const];
    expect(comesTo({ name: 'rename-model', model, to: 'x' }, after(...lifted))).toBe('model.renamed');
  });
  it('is set with objectives that are there, and for something', () => {
    expect(comesTo(gate({ objectives: ['nowhere'] }), after(...BASE))).toContain('OBJECTIVE_UNKNOWN');
    expect(comesTo(gate({ objectives: [] }), after(...BASE))).toContain('GATE_EMPTY');
    expect(comesTo(gate(), after(...BASE, gate()))).toBe('');
    expect(comesTo({ name: 'lift-gate', model, target }, after(...BASE))).toContain('GATE_UNKNOWN');
  });
});

describe('a gate for approvals', () => {
  const gated = [...BASE, gate({ objectives: [], approvals: APPROVALS })];
  const opens = (state: Model, known: Standing = standing()) => comesTo(promote(checks({ standing: known })), state);

  it('opens by another person than the authors, for what was meant', () => {
    expect(opens(after(...gated))).toContain('approval "validated" by 1 more who are not its authors');
    expect(opens(after(...gated, approveAs('ada')))).toBe('gate.passed alias.moved');
    expect(opens(after(...gated, approveAs('ada', {}, 'read')))).toContain('GATE_CLOSED');
  });

  it('counts persons, not approvals', () => {
    const two = [...BASE, gate({ objectives: [], approvals: [{ meaning: 'validated', persons: 2 }] })];
    const again = approveAs('ada', { digest: 'd2' });
    const twice = { ...again, approval: 'second' } as ModelCommand;
    expect(opens(after(...two, approveAs('ada'), twice))).toContain('by 1 more');
    expect(opens(after(...two, approveAs('ada'), approveAs('grace')))).toBe('gate.passed alias.moved');
  });

  it('refuses authors, what changed meanwhile, and the same twice', () => {
    const state = after(...gated, approveAs('ada'));
    expect(comesTo(approveAs('author'), state)).toContain('APPROVAL_BY_AUTHOR');
    expect(comesTo({ ...approveAs('eve'), digest: 'older' } as ModelCommand, state)).toContain('EVIDENCE_CHANGED');
    expect(comesTo(approveAs('ada'), state)).toContain('APPROVAL_TWICE');
    expect(comesTo({ ...approveAs('eve'), checks: undefined }, state)).toContain('EVIDENCE_UNKNOWN');
    expect(comesTo({ ...approveAs('eve'), version: 9 } as ModelCommand, state)).toContain('VERSION_UNKNOWN');
  });

  it.each([
    ['the version', { version: { digest: 'v', changes: 1 } }],
    ['facts', { run: { run: 'r', facts: { count: 2, digest: 'f2' }, metrics: { count: 1, digest: 'm' } } }],
    ['metrics', { run: { run: 'r', facts: { count: 1, digest: 'f' }, metrics: { count: 1, digest: 'm2' } } }],
    ['a definition', { results: [result({ number: 2 })] }],
    ['a retired objective', { results: [] }],
  ])('closes when later events touch %s', (_what, more) => {
    expect(opens(after(...gated, approveAs('ada')), standing(more))).toContain('1 more do not count');
  });

  it('stays open when others are promoted, and when objectives come that were not there', () => {
    const more = { results: [result(), result({ objective: 'new', outcome: 'missed' })] };
    expect(opens(after(...gated, approveAs('ada')), standing(more))).toBe('gate.passed alias.moved');
  });

  it('closes when the approval is withdrawn, or its person turns out to be an author', () => {
    const withdraw: ModelCommand = { name: 'withdraw-approval', model, approval: 'ada-validated', reason: 'leak' };
    const state = after(...gated, approveAs('ada'));
    expect(opens(after(...gated, approveAs('ada'), withdraw))).toContain('1 more do not count');
    expect(comesTo(withdraw, after(...gated, approveAs('ada'), withdraw))).toBe('');
    expect(comesTo({ ...withdraw, approval: 'none' }, state)).toContain('APPROVAL_UNKNOWN');
    expect(opens(state, standing({}, ['ada']))).toContain('1 more do not count');
  });
});

it('the inventory keeps what it says once', () => {
  const entry: ModelCommand = {
    name: 'enter-inventory',
    model,
    owner: 'risk',
    tier: '1',
    validator: 'validation',
    purpose: 'scores',
    reviewBy: '2027-01-31',
  };
  expect(comesTo(entry, after(CREATE))).toBe('inventory.entered');
  expect(comesTo(entry, after(CREATE, entry))).toBe('');
  expect(comesTo({ ...entry, tier: '2' }, after(CREATE, entry))).toBe('inventory.entered');
});
