import type { ModelStage } from '@runledger/contracts';
import fc from 'fast-check';
import { decideModel, type ModelCommand } from './decide-model';
import { evolveModel, type Model, type ModelChange, unseenModel } from './model';
import { everyNumbered, numbered } from './numbered';

const model = 'digits';
const create: ModelCommand = { name: 'create-model', model: 'id', as: model, description: '', tags: [] };
const next: ModelCommand = {
  name: 'create-version',
  model,
  source: 's3://m',
  location: 's3://m',
  description: '',
  tags: [],
};
const stage = (version: number, to: ModelStage, archiveOthers = false): ModelCommand => ({
  name: 'stage-version',
  model,
  version,
  to,
  archiveOthers,
});
const remove = (version: number): ModelCommand => ({ name: 'delete-version', model, version });
const alias = (to: string, version: number): ModelCommand => ({ name: 'set-alias', model, alias: to, version });
const tag = (version: number, key: string, value: string): ModelCommand => ({
  name: 'tag-version',
  model,
  version,
  tags: [{ key, value }],
});

const saysOf = (events: readonly ModelChange[]): string[] =>
  events.map(({ type, data }) => `${type} ${Object.values(data).slice(1, 4).join(' ')}`.trim());

/** The state after these commands, each of which must be accepted. */
function after(...commands: readonly ModelCommand[]): Model {
  return commands.reduce((state: Model, command) => {
    const outcome = decideModel(command, state);
    if (!outcome.ok) throw new Error(`${command.name}: ${outcome.code}`);
    return outcome.value.events.reduce(evolveModel, state);
  }, unseenModel);
}
const writes = (command: ModelCommand, state: Model): string[] => {
  const outcome = decideModel(command, state);
  return outcome.ok ? saysOf(outcome.value.events) : [outcome.code];
};

describe('a model', () => {
  it('takes its name, moves it, and gives it back when it is deleted', () => {
    const claim = (name: string) => ({ kind: 'model-name', name });
    const claims = (command: ModelCommand, state: Model) => {
      const outcome = decideModel(command, state);
      return outcome.ok ? [outcome.value.claims.take, outcome.value.claims.release] : outcome.code;
    };
    expect(claims(create, unseenModel)).toEqual([[claim('digits')], []]);
    expect(claims({ name: 'rename-model', model, to: 'letters' }, after(create))).toEqual([
      [claim('letters')],
      [claim('digits')],
    ]);
    const renamed = after(create, { name: 'rename-model', model, to: 'letters' });
    expect(claims({ name: 'delete-model', model: 'letters' }, renamed)).toEqual([[], [claim('letters')]]);
  });

  it('is gone when it is deleted, with everything in it', () => {
    const gone = after(create, next, { name: 'delete-model', model });
    for (const command of [next, remove(1), alias('a', 1), { name: 'delete-model', model } as const])
      expect(writes(command, gone)).toEqual(['MODEL_UNKNOWN']);
    expect(writes(create, gone)).toEqual(['MODEL_EXISTS']);
  });

  it('gives no number twice, whichever versions were deleted', () => {
    const state = after(create, next, next, remove(2));
    expect(writes(next, state)).toEqual(['version.created 3 s3://m s3://m']);
    expect(writes(remove(2), state)).toEqual(['VERSION_UNKNOWN']);
  });

  it('archives the others of a stage when that is asked for', () => {
    const state = after(create, next, next, next, stage(1, 'Production'), stage(2, 'Production'), stage(3, 'Staging'));
    expect(writes(stage(3, 'Production', true), state)).toEqual([
      'version.staged 1 Production Archived',
      'version.staged 2 Production Archived',
      'version.staged 3 Staging Production',
    ]);
    expect(writes(stage(1, 'Production', true), state)).toEqual(['version.staged 2 Production Archived']);
    expect(writes(stage(1, 'Archived', true), state)).toEqual(['STAGE_NOT_ACTIVE']);
    expect(writes(stage(1, 'Production'), state)).toEqual([]);
  });

  it('takes the aliases of a version away with it', () => {
    const state = after(create, next, next, alias('champion', 1), alias('next', 2), alias('best', 1));
    expect(writes(remove(1), state)).toEqual(['alias.removed champion', 'alias.removed best', 'version.deleted 1']);
    expect([...after(create, next, next, alias('champion', 1), alias('next', 2), remove(1)).aliases]).toEqual([
      ['next', 2],
    ]);
  });

  it.each(['latest', 'LATEST', 'v1', 'V23'])('has no alias %s', (name) => {
    expect(writes(alias(name, 1), after(create, next))).toEqual(['ALIAS_RESERVED']);
  });

  it('lets an alias point to what is there', () => {
    expect(writes(alias('champion', 2), after(create, next))).toEqual(['VERSION_UNKNOWN']);
    expect(writes({ name: 'remove-alias', model, alias: 'none' }, after(create))).toEqual([]);
  });
});

/** What a model should be, kept in the plainest way. */
class PlainModel {
  last = 0;
  readonly versions = new Map<number, { stage: ModelStage; tags: Map<string, string> }>();
  readonly aliases = new Map<string, number>();

  accepts(command: ModelCommand): boolean {
    if (command.name === 'stage-version' && command.archiveOthers && !/Staging|Production/.test(command.to))
      return false;
    return !('version' in command) || this.versions.has(command.version);
  }

  apply(command: ModelCommand): void {
    if (command.name === 'create-version') this.versions.set(++this.last, { stage: 'None', tags: new Map() });
    if (command.name === 'set-alias') this.aliases.set(command.alias, command.version);
    if (command.name === 'tag-version')
      for (const { key, value } of command.tags) this.versions.get(command.version)?.tags.set(key, value);
    if (command.name === 'delete-version') this.#remove(command.version);
    if (command.name === 'stage-version') this.#stage(command);
  }

  #remove(version: number): void {
    this.versions.delete(version);
    for (const [name, to] of this.aliases) if (to === version) this.aliases.delete(name);
  }

  #stage({ version, to, archiveOthers }: Extract<ModelCommand, { name: 'stage-version' }>): void {
    if (archiveOthers) for (const each of this.versions.values()) if (each.stage === to) each.stage = 'Archived';
    const moved = this.versions.get(version);
    if (moved) moved.stage = to;
  }
}

const asPlain = (state: Model) =>
  [...everyNumbered(state.versions)].map(([at, version]) => [
    at,
    { stage: version.stage, tags: new Map(version.tags.map(({ key, value }) => [key, value])) },
  ]);

it('is what a plain list of versions would be, whatever is asked of it in whatever order', () => {
  const number = fc.integer({ min: 1, max: 6 });
  const word = fc.constantFrom('a', 'b');
  const stages = fc.constantFrom<ModelStage>('None', 'Staging', 'Production', 'Archived');
  const command = fc.oneof(
    { weight: 2, arbitrary: fc.constant(next) },
    fc.tuple(number, stages, fc.boolean()).map((args) => stage(...args)),
    number.map(remove),
    fc.tuple(word, number).map((args) => alias(...args)),
    fc.tuple(number, word, word).map((args) => tag(...args)),
  );
  fc.assert(
    fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
      let state = after(create);
      const plain = new PlainModel();
      for (const one of commands) {
        const outcome = decideModel(one, state);
        expect(outcome.ok).toBe(plain.accepts(one));
        if (!outcome.ok) continue;
        state = outcome.value.events.reduce(evolveModel, state);
        plain.apply(one);
        // What is so already is not written again; a version can be deleted only once.
        if (one.name !== 'create-version' && one.name !== 'delete-version')
          expect(decideModel(one, state)).toMatchObject({ ok: true, value: { events: [] } });
      }
      expect(asPlain(state)).toEqual([...plain.versions].sort(([a], [b]) => a - b));
      expect(new Map(state.aliases)).toEqual(plain.aliases);
      expect(state.versions.last).toBe(plain.last);
      for (const to of state.aliases.values()) expect(numbered(state.versions, to)).not.toBeNull();
    }),
  );
});
