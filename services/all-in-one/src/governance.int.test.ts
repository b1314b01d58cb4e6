import { type Answer, openScene, type Scene, type Who } from '../test/governance-scene';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
}, 120_000);
afterAll(() => scene.close());

let made = 0;
const target = { kind: 'alias', name: 'champion' } as const;
const MEANING = 'validated for production';

/** A matcher: a bare pattern would match anything within an object. */
const saying = (pattern: RegExp): unknown => expect.stringMatching(pattern);

const ok = async (answer: Promise<Answer>): Promise<Answer['body']> => {
  const { status, body } = await answer;
  if (status !== 200 && status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
};
const told = async (answer: Promise<Answer>): Promise<[number, string, string]> => {
  const { status, body } = await answer;
  const error = body['error'] as { code: string; message: string } | undefined;
  return [status, error?.code ?? '', error?.message ?? ''];
};
const define = (objective: string, more: object = {}) =>
  ok(
    scene.command('grace', 'define-objective', {
      objective,
      scope: { kind: 'project', id: 'default' },
      definition: { name: objective, metric: 'acc', aggregate: 'max', comparison: '>=', threshold: 0.9, ...more },
    }),
  );
/** A model of one version, of a run of the author's. */
async function register(acc: number): Promise<{ model: string; run: string }> {
  const [model, run] = [`model-${++made}`, `run-${made}`];
  await scene.run(run, { acc });
  await ok(scene.command('author', 'create-model', { name: model }));
  await ok(scene.command('author', 'create-version', { model, source: 's3://m', run }));
  return { model, run };
}
const gate = (model: string, more: object) => scene.command('admin', 'set-gate', { model, target, ...more });
const promote = (model: string, who: Who = 'author', version = 1) =>
  scene.command(who, 'set-alias', { model, version, alias: 'champion' });
type Governance = {
  evidence: { digest: string; results: Array<{ objective: string; outcome: string }> };
  authors: string[];
  approvals: Array<{ approval: string; counts: boolean; touched: string[]; printedName: string; person: string }>;
  gates: Array<{ passes: boolean; holds: boolean; missing: string[] }>;
};
const governance = async (model: string): Promise<Governance> =>
  (await ok(scene.read(`models/${model}/versions/1/governance`))) as Governance;
async function approve(model: string, who: Who, evidence?: string): Promise<Answer> {
  const digest = evidence ?? (await governance(model)).evidence.digest;
  const fields = { model, version: 1, meaning: MEANING, printedName: who, evidence: digest };
  return scene.command(who, 'approve-version', fields);
}
const eventsOf = async (type: string): Promise<Array<{ data: { model: string }; actor: string }>> =>
  scene.source.query('select data, actor from custody.journal_event where type = $1 order by journalseq', [type]);

describe('objectives', () => {
  it('are listed, judged for every run with the position that was seen, and keep their definitions', async () => {
    await scene.run('judged', { acc: 0.95, 'night/acc': 0.5 });
    await define('acc-late');
    await define('acc-night', { slice: 'night' });
    await define('acc-else', { metric: 'f1' });
    await scene.run('judged-later', { acc: 0.8 });
    const first = await ok(scene.read('runs/judged/objectives'));
    expect(first['results']).toMatchObject([
      { objective: 'acc-else', outcome: 'no value', reason: 'the run has logged no f1', afterStart: true },
      { objective: 'acc-late', outcome: 'met', value: 0.95, missedBy: null, afterStart: true },
      { objective: 'acc-night', outcome: 'missed', value: 0.5, missedBy: 0.4 },
    ]);
    expect(first['position']).toMatch(/^p1\./);
    const both = await ok(
      scene.post('grace', 'api/v1/objectives/results?strong=true', { runs: ['judged-later', 'judged', 'nobody'] }),
    );
    const rows = both['runs'] as Array<{ run: string; results: Array<{ afterStart: boolean; outcome: string }> }>;
    expect(rows.map(({ run, results }) => [run, results.length])).toEqual([
      ['judged-later', 3],
      ['judged', 3],
      ['nobody', 0],
    ]);
    expect(rows[0]?.results[1]).toMatchObject({ outcome: 'missed', afterStart: false });
    await define('acc-late', { threshold: 0.7 });
    const history = await ok(scene.read('objectives/acc-late/history'));
    expect(history['history']).toMatchObject([
      { number: 2, definition: { threshold: 0.7 }, until: null, definedBy: 'u/grace' },
      { number: 1, definition: { threshold: 0.9 } },
    ]);
    for (const objective of ['acc-late', 'acc-night', 'acc-else'])
      await ok(scene.command('grace', 'retire-objective', { objective }));
    expect((await ok(scene.read('objectives?project=default')))['objectives']).toEqual([]);
  });

  it('are refused where they make no sense, and change nothing', async () => {
    const definition = { name: 'n', metric: 'm', aggregate: 'max', comparison: '>=', threshold: 1 };
    const scope = { kind: 'project', id: 'default' };
    const said = (more: object, of: object = scope) =>
      told(scene.command('grace', 'define-objective', { scope: of, definition: { ...definition, ...more } }));
    expect((await said({}, { kind: 'project', id: 'nowhere' })).slice(0, 2)).toEqual([404, 'PROJECT_UNKNOWN']);
    for (const more of [
      { aggregate: 'mean' },
      { comparison: '==' },
      { threshold: 'NaN' },
      { slice: 'x'.repeat(200), metric: 'm'.repeat(60) },
    ])
      expect((await said(more))[0]).toBe(400);
    await define('taken', { name: 'taken' });
    expect((await said({ name: 'taken' })).slice(0, 2)).toEqual([409, 'OBJECTIVE_NAME_TAKEN']);
    await ok(scene.command('grace', 'retire-objective', { objective: 'taken' }));
  });
});

describe('a gate', () => {
  it('says what is missing, at the native door and at that of MLflow, and opens when nothing is', async () => {
    await define('acc');
    const { model, run } = await register(0.8);
    await ok(gate(model, { objectives: ['acc'], approvals: [{ meaning: MEANING, persons: 1 }] }));
    const [status, code, message] = await told(promote(model));
    expect([status, code]).toEqual([403, 'GATE_CLOSED']);
    expect(message).toContain('objective "acc" is missed by');
    expect(message).toContain(`approval "${MEANING}" by 1 more`);
    const theirs = await scene.post('author', 'api/2.0/mlflow/registered-models/alias', {
      name: model,
      alias: 'champion',
      version: '1',
    });
    expect(theirs).toMatchObject({ status: 403, body: { error_code: 'PERMISSION_DENIED', message } });
    await scene.metrics(run, { acc: 0.95 }, 1);
    expect((await approve(model, 'author'))['status']).toBe(403);
    expect(await told(approve(model, 'authorsOther'))).toMatchObject([
      403,
      'APPROVAL_BY_AUTHOR',
      saying(/another person/),
    ]);
    await ok(approve(model, 'grace'));
    expect(await governance(model)).toMatchObject({
      authors: ['u/ada'],
      approvals: [{ counts: true, touched: [], printedName: 'grace', person: 'u/grace' }],
      gates: [{ passes: true, holds: false, missing: [] }],
    });
    await ok(promote(model));
    expect((await governance(model)).gates).toMatchObject([{ holds: true, passes: true }]);
    const passed = (await eventsOf('gate.passed')).at(-1)?.data as unknown as {
      evidence: { results: unknown[] };
      approvals: string[];
    };
    expect(passed.evidence.results).toMatchObject([{ objective: 'acc', outcome: 'met', value: 0.95 }]);
    expect(passed.approvals).toHaveLength(1);
    await ok(scene.command('grace', 'retire-objective', { objective: 'acc' }));
    expect((await governance(model)).gates[0]?.missing[0]).toContain('cannot be judged');
  });

  it('counts no approval whose evidence later events touched, or that was withdrawn', async () => {
    const { model, run } = await register(0.95);
    await ok(gate(model, { approvals: [{ meaning: MEANING, persons: 1 }] }));
    const { evidence } = await governance(model);
    await ok(approve(model, 'grace'));
    await scene.facts(run, [{ type: 'tags.set', data: { tags: [{ key: 'late', value: 'yes' }] } }]);
    expect(await told(promote(model))).toMatchObject([403, 'GATE_CLOSED', saying(/1 more do not count/)]);
    expect((await governance(model)).approvals).toMatchObject([
      { counts: false, touched: ['more was recorded of the run'] },
    ]);
    expect(await told(approve(model, 'hedy', evidence.digest))).toMatchObject([
      409,
      'EVIDENCE_CHANGED',
      saying(/look at it/),
    ]);
    await ok(approve(model, 'hedy'));
    await ok(scene.command('author', 'tag-version', { model, version: 1, tags: [{ key: 'a', value: 'b' }] }));
    expect((await promote(model)).status).toBe(403);
    await ok(approve(model, 'hedy'));
    const approval = (await governance(model)).approvals.find(({ counts }) => counts)?.approval;
    await ok(scene.command('grace', 'withdraw-approval', { model, approval, reason: 'the test set leaked' }));
    expect((await promote(model)).status).toBe(403);
    await scene.metrics(run, { acc: 0.96 }, 2);
    await ok(approve(model, 'grace'));
    await ok(promote(model));
  });

  it('of a project holds for models that come from its runs', async () => {
    await ok(scene.command('author', 'create-project', { project: 'strict', name: 'strict' }));
    await ok(
      scene.command('admin', 'set-project-gate', {
        project: 'strict',
        target,
        approvals: [{ meaning: MEANING, persons: 2 }],
      }),
    );
    expect(
      await told(
        scene.command('author', 'set-project-gate', {
          project: 'strict',
          target,
          approvals: [{ meaning: 'x', persons: 1 }],
        }),
      ),
    ).toMatchObject([403, 'ACCESS_NOT_ALLOWED', saying(/admin/)]);
    const free = await register(1);
    await ok(promote(free.model));
    await scene.run('strict-run', { acc: 1 }, { project: 'strict' });
    await ok(scene.command('author', 'create-model', { name: 'strict-model' }));
    await ok(scene.command('author', 'create-version', { model: 'strict-model', source: 's', run: 'strict-run' }));
    expect(await told(promote('strict-model'))).toMatchObject([403, 'GATE_CLOSED', saying(/by 2 more/)]);
    await ok(approve('strict-model', 'grace'));
    expect(await told(promote('strict-model'))).toMatchObject([403, 'GATE_CLOSED', saying(/by 1 more/)]);
    await ok(approve('strict-model', 'hedy'));
    await ok(promote('strict-model'));
    for (const [name, fields] of [
      ['delete-version', { version: 1 }],
      ['rename-model', { name: 'other-name' }],
      ['delete-model', {}],
    ] as const)
      expect(await told(scene.command('author', name, { model: 'strict-model', ...fields }))).toMatchObject([
        403,
        'GATE_HOLDS',
        saying(/./),
      ]);
    expect((await ok(scene.read('projects/strict/gates')))['gates']).toMatchObject([{ target, setBy: 'admin' }]);
    await ok(scene.command('admin', 'lift-project-gate', { project: 'strict', target }));
    await ok(scene.command('author', 'rename-model', { model: 'strict-model', name: 'other-name' }));
  });

  it('is not there for others, and refuses what is not there', async () => {
    const { model } = await register(1);
    expect((await scene.read(`models/${model}/versions/1/governance`, 'other')).status).toBe(404);
    expect((await scene.read(`models/${model}/versions/2/governance`)).status).toBe(404);
    expect((await told(gate(model, { objectives: ['nowhere'] }))).slice(0, 2)).toEqual([404, 'OBJECTIVE_UNKNOWN']);
    expect((await told(gate(model, {}))).slice(0, 2)).toEqual([400, 'GATE_EMPTY']);
    expect((await told(gate(model, { approvals: [{ meaning: 'x', persons: 0 }] })))[0]).toBe(400);
  });
});

describe('at once', () => {
  it('two who promote other versions through a gate: each passes it, and each says so', async () => {
    const { model, run } = await register(1);
    await ok(scene.command('author', 'create-version', { model, source: 's', run }));
    await define('once');
    await ok(gate(model, { objectives: ['once'] }));
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => promote(model, i % 2 === 0 ? 'author' : 'grace', (i % 2) + 1)),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const rows: Array<{ type: string }> = await scene.source.query(
      `select type from custody.journal_event where type in ('gate.passed', 'alias.moved')
       and data ->> 'model' = (select model from read.model where name = $1 and to_off is null) order by journalseq`,
      [model],
    );
    expect(rows.filter((_, i) => i % 2 === 0).every(({ type }) => type === 'gate.passed')).toBe(true);
    expect(rows.filter((_, i) => i % 2 === 1).every(({ type }) => type === 'alias.moved')).toBe(true);
    expect(rows.length % 2).toBe(0);
  });

  it('a gate that is set, or an objective that is defined anew, while others promote: nobody slips through behind it', async () => {
    await define('race');
    const models = await Promise.all(Array.from({ length: 6 }, () => register(0.95)));
    await Promise.all(
      models.map(({ model }) => gate(model, { objectives: ['race'] }).then((a) => ok(Promise.resolve(a)))),
    );
    await Promise.all([...models.map(({ model }) => promote(model)), define('race', { threshold: 0.99 })]);
    const order: Array<{
      type: string;
      data: { objective?: string; evidence?: { results: Array<{ objective: string; number: number }> } };
    }> = await scene.source.query(
      `select type, data from custody.journal_event where type in ('gate.passed', 'objective.defined') order by journalseq`,
    );
    const redefined = order.findIndex(
      ({ type, data }, i) =>
        type === 'objective.defined' &&
        data.objective === 'race' &&
        i > order.findIndex((e) => e.data.objective === 'race'),
    );
    const behind = order.slice(redefined).filter(({ type }) => type === 'gate.passed');
    const before = order
      .slice(0, redefined)
      .filter(
        ({ type, data }) =>
          type === 'gate.passed' && data.evidence?.results.some(({ objective }) => objective === 'race'),
      );
    expect(behind).toEqual([]);
    for (const { data } of before)
      expect(data.evidence?.results).toContainEqual(expect.objectContaining({ objective: 'race', number: 1 }));
  });

  it('an approval and a change of the version: the approval is refused, or stale at once', async () => {
    const { model } = await register(1);
    const { evidence } = await governance(model);
    const [approved, tagged] = await Promise.all([
      approve(model, 'grace', evidence.digest),
      scene.command('author', 'tag-version', { model, version: 1, tags: [{ key: 'k', value: 'v' }] }),
    ]);
    expect(tagged.status).toBe(200);
    const { approvals } = await governance(model);
    if (approved.status === 200)
      expect(approvals).toMatchObject([{ counts: false, touched: ['the version was changed'] }]);
    else expect([approved.status, approvals]).toEqual([409, []]);
  });
});

it('the inventory says who answers for a model, and which reviews are overdue', async () => {
  const { model } = await register(1);
  const entry = { owner: 'Credit risk', tier: '1', validator: 'Validation', purpose: 'Scores', reviewBy: '2020-01-31' };
  await ok(scene.command('author', 'enter-inventory', { model, ...entry }));
  const { model: later } = await register(1);
  await ok(scene.command('author', 'enter-inventory', { model: later, ...entry, reviewBy: '2999-01-31' }));
  expect((await ok(scene.read(`models/${model}/inventory`)))['entry']).toMatchObject({
    model,
    ...entry,
    overdue: true,
  });
  const names = async (query: string) =>
    ((await ok(scene.read(`inventory${query}`)))['models'] as Array<{ model: string }>).map((row) => row.model);
  expect(await names('')).toEqual([model, later]);
  expect(await names('?overdue=true')).toEqual([model]);
  expect((await scene.command('author', 'enter-inventory', { model, reviewBy: '31.1.2020' })).status).toBe(400);
  await ok(scene.command('author', 'delete-model', { model }));
  expect(await names('')).toEqual([later]);
});
