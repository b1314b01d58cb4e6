import {
  changesAnswer,
  experimentsAnswer,
  gatesAnswer,
  grantsAnswer,
  inventoryAnswer,
  modelAnswer,
  modelsAnswer,
  objectiveHistoryAnswer,
  objectivesAnswer,
  resultsAnswer,
  runResultsAnswer,
  versionsAnswer,
} from '@runledger/contracts/http';
import { openScene, post, read, type Scene } from '../test/query-scene';
import { type Decided, recordRandomDecisions } from '../test/random-decisions';
import { LOG_RUNS, type PlainReads, readPlainly, recordRandomLog } from '../test/random-log';

// Each read of what was decided is held against a plain evaluation over all decisions, one after another.
let scene: Scene;
let decided: Decided[];
let plain: PlainReads;
beforeAll(async () => {
  scene = await openScene();
  plain = readPlainly(await recordRandomLog(scene, 31, 160));
  decided = await recordRandomDecisions(scene, 5, 220);
  await scene.record.projectMetadata();
}, 120_000);
afterAll(() => scene.close());

type Data = Decided['data'];
const body = async (path: string, key?: string): Promise<unknown> => (await read(scene, path, key)).body;
const of = (type: string): Data[] => decided.flatMap((one) => (one.type === type ? [one.data] : []));
const byText =
  <T>(text: (one: T) => string) =>
  (a: T, b: T) =>
    text(a) < text(b) ? -1 : 1;

it('lists experiments as they are called, tagged and kept', async () => {
  const expected = ['e1', 'e2', 'e3'].map((experiment) => {
    const tags = new Map<string, unknown>();
    let [name, lifecycle]: [unknown, string] = ['', 'active'];
    for (const { type, data } of decided.filter(({ subject }) => subject === `experiment/${experiment}`)) {
      if (type === 'experiment.created') name = data['name'];
      if (type === 'experiment.renamed') name = data['to'];
      if (type === 'experiment.deleted') lifecycle = 'deleted';
      if (type === 'experiment.restored') lifecycle = 'active';
      for (const { key, value } of (data['tags'] ?? []) as Array<{ key: string; value: string }>) tags.set(key, value);
      for (const key of (data['keys'] ?? []) as string[]) tags.delete(key);
    }
    return { experiment, project: 'default', name, lifecycle, tags };
  });
  const { experiments } = experimentsAnswer.parse(await body('experiments?lifecycle=all'));
  for (const one of experiments) expect(await body(`experiments/${one.experiment}`)).toEqual(one);
  const told = experiments.map(({ createdAt: _, updatedAt: __, tags, ...one }) => {
    return { ...one, tags: new Map(tags.map(({ key, value }) => [key, value])) };
  });
  expect(told.sort(byText(({ experiment }) => experiment))).toEqual(expected);
});

const nameOf = (model: string): unknown => {
  const named = decided.filter(
    ({ subject, type }) => subject === `model/${model}` && (type === 'model.created' || type === 'model.renamed'),
  );
  const last = named.at(-1)?.data;
  return last?.['to'] ?? last?.['name'];
};

type Version = { description: unknown; readonly tags: Map<string, string> };

/** What was said of the versions of a model, by their numbers. */
function versionsOf(model: string): Map<unknown, Version> {
  const versions = new Map<unknown, Version>();
  for (const { type, data } of decided.filter((one) => one.data['model'] === model)) {
    const version = versions.get(data['version']);
    if (type === 'version.created') versions.set(data['version'], { description: '', tags: new Map() });
    if (type === 'version.described' && version !== undefined) version.description = data['description'];
    if (type === 'version.tagged')
      for (const { key, value } of data['tags'] as Array<{ key: string; value: string }>) version?.tags.set(key, value);
  }
  return versions;
}

it('shows models with their aliases', async () => {
  const list = modelsAnswer.parse(await body('models')).models;
  expect(list.map(({ name }) => name)).toEqual([nameOf('m1'), nameOf('m2')].map(String).sort());
  for (const model of ['m1', 'm2']) {
    const name = String(nameOf(model));
    const found = modelAnswer.parse(await body(`models/${name}`));
    expect(list).toContainEqual(found);
    const { description } = of('model.described').findLast((data) => data['model'] === model) ?? { description: '' };
    const size = versionsOf(model).size;
    expect([found.id, found.name, found.description, found.lastVersion]).toEqual([model, name, description, size]);
    const moves = of('alias.moved').filter((data) => data['model'] === model);
    const aliases = new Map(moves.map((data) => [data['alias'], data['version']]));
    expect(new Map(found.aliases.map((one) => [one.alias, one.version]))).toEqual(aliases);
    for (const [alias, version] of aliases)
      expect(await body(`models/${name}/aliases/${String(alias)}`)).toMatchObject({ version });
  }
});

it('shows versions as they were described and tagged, newest first', async () => {
  for (const model of ['m1', 'm2']) {
    const name = String(nameOf(model));
    const listed = versionsAnswer.parse(await body(`models/${name}/versions`)).versions;
    for (const one of listed) expect(await body(`models/${name}/versions/${one.version}`)).toEqual(one);
    expect(listed.map((one) => [one.version, one.description, new Map(one.tags.map((t) => [t.key, t.value]))])).toEqual(
      [...versionsOf(model)].map(([version, one]) => [version, one.description, one.tags]).reverse(),
    );
  }
});

/** Definitions that hold, by id. */
function objectivesNow(): Map<string, Data> {
  const now = new Map<string, Data>();
  for (const { type, data } of decided) {
    if (type === 'objective.defined') now.set(String(data['objective']), data);
    if (type === 'objective.retired') now.delete(String(data['objective']));
  }
  return now;
}
const definitionOf = ({ objective: _, number: __, scope: ___, ...definition }: Data) => definition;

it('lists objectives that hold, of a scope too, and every definition that each had', async () => {
  const expected = [...objectivesNow()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([objective, data]) => ({
      objective,
      number: data['number'],
      scope: data['scope'],
      definition: definitionOf(data),
    }));
  expect(expected.length).toBeGreaterThan(0);
  const told = (answer: unknown) =>
    objectivesAnswer.parse(answer).objectives.map(({ definedAt: _, definedBy: __, ...one }) => one);
  expect(told(await body('objectives'))).toEqual(expected);
  for (const experiment of ['e1', 'e2'])
    expect(told(await body(`objectives?experiment=${experiment}`))).toEqual(
      expected.filter(({ scope }) => (scope as { id: string }).id === experiment),
    );
  for (const objective of new Set(of('objective.defined').map((data) => String(data['objective'])))) {
    const { history } = objectiveHistoryAnswer.parse(await body(`objectives/${objective}/history`));
    const all = of('objective.defined').filter((data) => data['objective'] === objective);
    expect(history.map(({ number, definition }) => [number, definition])).toEqual(
      all.map((data) => [data['number'], definitionOf(data)]).reverse(),
    );
    expect(history[0]?.until === null).toBe(objectivesNow().has(objective));
  }
});

it('judges every run by the objectives of its experiment', async () => {
  const HOLDS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
    '<': (a, b) => a < b,
    '<=': (a, b) => a <= b,
    '>': (a, b) => a > b,
    '>=': (a, b) => a >= b,
  };
  const announced = LOG_RUNS.slice(0, -1);
  const outcomes = new Set<string>();
  const expected = announced.map((run) => {
    const { experiment } = plain.started(run) ?? {};
    const results = [...objectivesNow()]
      .filter(([, data]) => (data['scope'] as { id: string }).id === experiment)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([objective, data]) => {
        const { metric, aggregate, comparison, threshold, dataset } = data as Record<string, string> & {
          threshold: number;
        };
        const hasData = dataset === undefined || plain.inputs(run).some(({ digest }) => digest === dataset);
        const value = hasData ? plain.measured(run, String(metric), String(aggregate)) : undefined;
        const isMet = value !== undefined && HOLDS[String(comparison)]?.(value, threshold) === true;
        const outcome = value === undefined ? 'no value' : isMet ? 'met' : 'missed';
        outcomes.add(outcome);
        return [objective, data['number'], outcome, value];
      });
    return { run, results };
  });
  expect([...outcomes].sort()).toEqual(['met', 'missed', 'no value']);
  const told = ({ run, results }: { run: string; results: ReadonlyArray<Record<string, unknown>> }) => ({
    run,
    results: results.map((one) => [
      one['objective'],
      one['number'],
      one['outcome'],
      one['value'] === null ? undefined : Number(one['value']),
    ]),
  });
  const { runs } = resultsAnswer.parse((await post(scene, 'objectives/results', { runs: announced })).body);
  expect(runs.map(told)).toEqual(expected);
  for (const one of expected)
    expect(told(runResultsAnswer.parse(await body(`runs/${one.run}/objectives`)))).toEqual(one);
});

it('lists the gates that stand, of models and of the project', async () => {
  const gates = new Map<string, Data>();
  for (const { type, data } of decided) {
    const name = JSON.stringify([data['of'], data['target']]);
    if (type === 'gate.set') gates.set(name, data);
    if (type === 'gate.lifted') gates.delete(name);
  }
  const all = [...gates.values()];
  const ofHolder = (kind: string, id: string): Data[] =>
    all.filter(({ of: holder }) => (holder as { kind: string }).kind === kind && (holder as { id: string }).id === id);
  const told = (answer: unknown) => gatesAnswer.parse(answer).gates.map(({ setAt: _, setBy: __, ...one }) => one);
  const text = (one: unknown): string => JSON.stringify((one as { target: unknown }).target);
  expect(told(await body('projects/default/gates')).sort(byText(text))).toEqual(
    ofHolder('project', 'default').sort(byText(text)),
  );
  for (const model of ['m1', 'm2'])
    expect(told(await body(`models/${String(nameOf(model))}/gates`)).sort(byText(text))).toEqual(
      ofHolder('model', model).sort(byText(text)),
    );
});

it('shows the inventory as it was entered last, and what is overdue', async () => {
  const entries = new Map(of('inventory.entered').map((data) => [String(data['model']), data]));
  const expected = [...entries]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([model, { model: _, ...entry }]) => ({
      ...entry,
      model: nameOf(model),
      overdue: entry['reviewBy'] === '2020-02-03',
    }));
  expect(expected.length).toBeGreaterThan(0);
  const { models } = inventoryAnswer.parse(await body('inventory'));
  expect(models.map(({ updatedAt: _, updatedBy: __, ...one }) => one)).toEqual(expected);
  for (const entry of models) expect(await body(`models/${entry.model}/inventory`)).toEqual({ entry });
});

it('lists the grants that hold', async () => {
  const grants = new Map<string, Data>();
  for (const { type, data } of decided) {
    if (type === 'grant.made') grants.set(JSON.stringify(data), data);
    if (type === 'grant.withdrawn') grants.delete(JSON.stringify(data));
  }
  const text = (one: unknown): string => JSON.stringify(Object.entries(one as object).sort());
  const found = grantsAnswer.parse(await body('grants', scene.keys.admin)).grants;
  expect([...found].sort(byText(text))).toEqual(
    [...grants.values()].map((data) => ({ project: null, ...data })).sort(byText(text)),
  );
});

it('lists every decision once, newest first, page by page', async () => {
  const found: Array<readonly [string, string]> = [];
  for (let token: string | null = ''; token !== null; ) {
    const page = changesAnswer.parse(
      await body(`changes?limit=50${token === '' ? '' : `&page_token=${token}`}`, scene.keys.admin),
    );
    found.push(...page.changes.map(({ subject, type }) => [subject, type] as const));
    token = page.nextPageToken;
  }
  expect(found).toEqual(decided.map(({ subject, type }) => [subject, type]).reverse());
});
