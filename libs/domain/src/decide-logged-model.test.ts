import fc from 'fast-check';
import { decideLoggedModel, type LoggedModelCommand } from './decide-logged-model';
import { evolveLoggedModel, type LoggedModel, unseenLoggedModel } from './logged-model';

const loggedModel = 'm-1';
const pair = (key: string, value: string) => [{ key, value }];
const create: LoggedModelCommand = {
  name: 'create-logged-model',
  loggedModel,
  experiment: 'e1',
  as: 'reader',
  run: 'r1',
  params: pair('depth', '3'),
  tags: [],
};
const configure = (key: string, value: string): LoggedModelCommand => ({
  name: 'configure-logged-model',
  loggedModel,
  params: pair(key, value),
});
const tag = (key: string, value: string): LoggedModelCommand => ({
  name: 'tag-logged-model',
  loggedModel,
  tags: pair(key, value),
});
const untag = (key: string): LoggedModelCommand => ({ name: 'untag-logged-model', loggedModel, keys: [key] });
const finalize = (status: 'ready' | 'failed'): LoggedModelCommand => ({
  name: 'finalize-logged-model',
  loggedModel,
  status,
});
const remove: LoggedModelCommand = { name: 'delete-logged-model', loggedModel };

const after = (...commands: LoggedModelCommand[]): LoggedModel =>
  commands.reduce((state: LoggedModel, command) => {
    const outcome = decideLoggedModel(command, state);
    if (!outcome.ok) throw new Error(outcome.code);
    return outcome.value.events.reduce(evolveLoggedModel, state);
  }, unseenLoggedModel);

describe('a logged model', () => {
  it('is pending until it is finalized', () => {
    expect(after(create)).toMatchObject({ lifecycle: 'active', status: 'pending', run: 'r1', modelType: null });
    expect(after(create, finalize('failed'), finalize('ready')).status).toBe('ready');
  });

  it('gives no param a second value, and none of a request where one has', () => {
    const held = after(create, configure('width', '64'));
    const both = { ...configure('depth', '4'), params: [...pair('new', '1'), ...pair('depth', '4')] };
    expect(decideLoggedModel(both as LoggedModelCommand, held)).toMatchObject({ code: 'LOGGED_MODEL_PARAM_CHANGED' });
    expect(decideLoggedModel(configure('depth', '3'), held)).toMatchObject({ ok: true, value: { events: [] } });
    expect(held.params).toEqual([...pair('depth', '3'), ...pair('width', '64')]);
  });

  it.each([configure('a', '1'), tag('a', '1'), untag('a'), finalize('ready'), remove])(
    'is unknown to $name before it exists and after it was deleted',
    (command) => {
      expect(decideLoggedModel(command, unseenLoggedModel)).toMatchObject({ code: 'LOGGED_MODEL_UNKNOWN' });
      expect(decideLoggedModel(command, after(create, remove))).toMatchObject({ code: 'LOGGED_MODEL_UNKNOWN' });
    },
  );

  it('is not created twice, deleted or not', () => {
    expect(decideLoggedModel(create, after(create))).toMatchObject({ code: 'LOGGED_MODEL_EXISTS' });
    expect(decideLoggedModel(create, after(create, remove))).toMatchObject({ code: 'LOGGED_MODEL_EXISTS' });
  });

  it('has the tags that a map would have', () => {
    const word = fc.constantFrom('a', 'b', 'c');
    const command = fc.oneof(
      fc.tuple(word, word).map((args) => tag(...args)),
      word.map(untag),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 12 }), (commands) => {
        const tags = new Map<string, string>();
        for (const one of commands) {
          if (one.name === 'tag-logged-model') for (const { key, value } of one.tags) tags.set(key, value);
          if (one.name === 'untag-logged-model') for (const key of one.keys) tags.delete(key);
        }
        expect(new Map(after(create, ...commands).tags.map(({ key, value }) => [key, value]))).toEqual(tags);
      }),
    );
  });
});
