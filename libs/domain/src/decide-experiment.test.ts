import fc from 'fast-check';
import { afterDecision, decideExperiment, type ExperimentCommand } from './decide-experiment';
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

const claim = (name: string) => ({ kind: 'experiment-name', name });

function given(...history: ExperimentChange[]) {
  const state = history.reduce(evolveExperiment, unseenExperiment);
  return {
    when: (command: ExperimentCommand) => {
      const outcome = decideExperiment(command, state);
      return {
        writes: (events: ExperimentChange[], take: string[] = [], release: string[] = []) =>
          expect(outcome).toEqual({
            ok: true,
            value: { events, claims: { take: take.map(claim), release: release.map(claim) } },
          }),
        isRefusedAs: (code: string) => expect(outcome).toMatchObject({ ok: false, code }),
      };
    },
  };
}

describe('an experiment', () => {
  it('is created and takes its name', () => given().when(create()).writes([created()], ['digits']));
  it('is in the default project only, until there are others', () =>
    given().when(create('digits', 'vision')).isRefusedAs('PROJECT_UNKNOWN'));
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

  it('keeps its name when it is deleted', () => given(created()).when(remove).writes([deleted]));
  it('may be deleted twice', () => given(created(), deleted).when(remove).writes([]));
  it('is not deleted before it exists', () => given().when(remove).isRefusedAs('EXPERIMENT_UNKNOWN'));
  it('is restored under its name', () => given(created(), deleted).when(restore).writes([restored]));
  it('may be restored twice', () => given(created(), deleted, restored).when(restore).writes([]));
  it('is not restored before it exists', () => given().when(restore).isRefusedAs('EXPERIMENT_UNKNOWN'));

  it('holds exactly its own name, whatever is asked of it in whatever order', () => {
    const names = fc.constantFrom('a', 'b', 'c');
    const command = fc.oneof(names.map(create), names.map(rename), fc.constant(remove), fc.constant(restore));
    fc.assert(
      fc.property(fc.array(command, { maxLength: 12 }), (commands) => {
        const held = new Set<string>();
        let state: Experiment = unseenExperiment;
        for (const one of commands) {
          const outcome = decideExperiment(one, state);
          if (!outcome.ok) continue;
          for (const { name } of outcome.value.claims.release) expect(held.delete(name)).toBe(true);
          for (const { name } of outcome.value.claims.take) held.add(name);
          state = afterDecision(state, outcome.value);
          // Asking the same again at once is accepted and writes nothing.
          expect(decideExperiment(one, state)).toMatchObject({ ok: true, value: { events: [] } });
        }
        expect([...held]).toEqual(state.status === 'unseen' ? [] : [state.name]);
      }),
    );
  });
});
