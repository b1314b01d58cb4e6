import fc from 'fast-check';
import { decideExperiment, type ExperimentCommand } from './decide-experiment';
import { type Experiment, type ExperimentChange, evolveExperiment, unseenExperiment } from './experiment';

const created = (as = 'digits'): ExperimentChange => ({
  type: 'experiment.created',
  data: { experiment: 'e1', project: 'default', name: as, tags: [] },
});
const renamed = (from: string, to: string): ExperimentChange => ({
  type: 'experiment.renamed',
  data: { experiment: 'e1', from, to },
});
const deleted: ExperimentChange = { type: 'experiment.deleted', data: { experiment: 'e1' } };
const restored: ExperimentChange = { type: 'experiment.restored', data: { experiment: 'e1' } };

const create = (as = 'digits', project = 'default'): ExperimentCommand => ({
  name: 'create-experiment',
  experiment: 'e1',
  project,
  as,
  tags: [],
});
const rename = (to: string): ExperimentCommand => ({ name: 'rename-experiment', experiment: 'e1', to });
const remove: ExperimentCommand = { name: 'delete-experiment', experiment: 'e1' };
const restore: ExperimentCommand = { name: 'restore-experiment', experiment: 'e1' };

const tagged = (...tags: Array<[string, string]>): ExperimentChange => ({
  type: 'experiment.tagged',
  data: { experiment: 'e1', tags: tags.map(([key, value]) => ({ key, value })) },
});
const untagged = (...keys: string[]): ExperimentChange => ({
  type: 'experiment.untagged',
  data: { experiment: 'e1', keys },
});
const tag = (...tags: Array<[string, string]>): ExperimentCommand => ({
  name: 'tag-experiment',
  experiment: 'e1',
  tags: tags.map(([key, value]) => ({ key, value })),
});
const untag = (...keys: string[]): ExperimentCommand => ({ name: 'untag-experiment', experiment: 'e1', keys });

const claim = (name: string) => ({ kind: 'experiment-name', name });

function given(...history: ExperimentChange[]) {
  const state = history.reduce(evolveExperiment, unseenExperiment);
  return {
    when: (command: ExperimentCommand) => {
      const outcome = decideExperiment(command, state);
      return {
        writes: (events: ExperimentChange[], take: string[] = [], release: string[] = [], need: string[] = []) =>
          expect(outcome).toEqual({
            ok: true,
            value: {
              events,
              claims: {
                take: take.map(claim),
                release: release.map(claim),
                need: need.map((name) => ({ kind: 'project', name })),
              },
            },
          }),
        isRefusedAs: (code: string) => expect(outcome).toMatchObject({ ok: false, code }),
      };
    },
  };
}

describe('an experiment', () => {
  it('is created, takes its name, and needs its project', () =>
    given().when(create()).writes([created()], ['digits'], [], ['default']));
  it('may be created again as it is, with no effect', () => given(created()).when(create()).writes([]));
  it('is not created again with another name', () =>
    given(created()).when(create('letters')).isRefusedAs('EXPERIMENT_EXISTS'));
  it('is not created again with other tags', () =>
    given(created())
      .when({ ...create(), tags: [{ key: 'a', value: 'b' }] } as ExperimentCommand)
      .isRefusedAs('EXPERIMENT_EXISTS'));
  it('is not created over a deleted one', () =>
    given(created(), deleted).when(create()).isRefusedAs('EXPERIMENT_DELETED'));

  it('moves its claim when it is renamed', () =>
    given(created())
      .when(rename('letters'))
      .writes([renamed('digits', 'letters')], ['letters'], ['digits']));
  it('gives back the name that it has now, not its first one', () =>
    given(created(), renamed('digits', 'letters'))
      .when(rename('words'))
      .writes([renamed('letters', 'words')], ['words'], ['letters']));
  it('may be renamed to what it is called, with no effect', () =>
    given(created(), renamed('digits', 'letters')).when(rename('letters')).writes([]));
  it('is not renamed before it exists', () => given().when(rename('letters')).isRefusedAs('EXPERIMENT_UNKNOWN'));
  it('is not renamed while it is deleted', () =>
    given(created(), deleted).when(rename('letters')).isRefusedAs('EXPERIMENT_DELETED'));

  it('gives its name back when it is deleted', () => given(created()).when(remove).writes([deleted], [], ['digits']));
  it('may be deleted twice', () => given(created(), deleted).when(remove).writes([]));
  it('is not deleted before it exists', () => given().when(remove).isRefusedAs('EXPERIMENT_UNKNOWN'));
  it('takes its name again when it is restored', () =>
    given(created(), deleted).when(restore).writes([restored], ['digits']));
  it('may be restored twice', () => given(created(), deleted, restored).when(restore).writes([]));
  it('is not restored before it exists', () => given().when(restore).isRefusedAs('EXPERIMENT_UNKNOWN'));

  it('gets the tags that are new to it, the last of each key', () =>
    given(created(), tagged(['a', '1'], ['b', '2']))
      .when(tag(['a', '1'], ['b', '3'], ['b', '4'], ['c', '']))
      .writes([tagged(['b', '4'], ['c', ''])]));
  it('may be tagged as it is, with no effect', () =>
    given(created(), tagged(['a', '1']))
      .when(tag(['a', '1']))
      .writes([]));
  it('loses the tags that it has', () =>
    given(created(), tagged(['a', '1']))
      .when(untag('b', 'a', 'a'))
      .writes([untagged('a')]));
  it('may be untagged twice', () =>
    given(created(), tagged(['a', '1']), untagged('a'))
      .when(untag('a'))
      .writes([]));
  it('is not tagged before it exists, nor while it is deleted', () => {
    given()
      .when(tag(['a', '1']))
      .isRefusedAs('EXPERIMENT_UNKNOWN');
    given(created(), deleted)
      .when(tag(['a', '1']))
      .isRefusedAs('EXPERIMENT_DELETED');
    given(created(), deleted).when(untag('a')).isRefusedAs('EXPERIMENT_DELETED');
  });

  it('holds exactly its own name while it is active, whatever is asked of it in whatever order', () => {
    const names = fc.constantFrom('a', 'b', 'c');
    const pair = fc.tuple(names, names);
    const command = fc.oneof(
      names.map((name) => create(name)),
      names.map(rename),
      fc.constant(remove),
      fc.constant(restore),
      fc.array(pair, { minLength: 1, maxLength: 3 }).map((pairs) => tag(...pairs)),
      fc.array(names, { minLength: 1, maxLength: 3 }).map((keys) => untag(...keys)),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 12 }), (commands) => {
        const held = new Set<string>();
        const tags = new Map<string, string>();
        let state: Experiment = unseenExperiment;
        for (const one of commands) {
          const outcome = decideExperiment(one, state);
          if (!outcome.ok) continue;
          for (const { name } of outcome.value.claims.release) expect(held.delete(name)).toBe(true);
          for (const { name } of outcome.value.claims.take) held.add(name);
          state = outcome.value.events.reduce(evolveExperiment, state);
          if (one.name === 'tag-experiment') for (const { key, value } of one.tags) tags.set(key, value);
          if (one.name === 'untag-experiment') for (const key of one.keys) tags.delete(key);
          // Asking the same again at once is accepted and writes nothing.
          expect(decideExperiment(one, state)).toMatchObject({ ok: true, value: { events: [] } });
        }
        expect([...held]).toEqual(state.status === 'active' ? [state.name] : []);
        expect(new Map(state.tags.map(({ key, value }) => [key, value]))).toEqual(tags);
      }),
    );
  });
});
