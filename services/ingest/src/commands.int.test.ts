import { decodePositionToken, journalseqOf, readEventRecord } from '@runledger/contracts';
import { startRelay } from '@runledger/journal';
import { createLogger } from '@runledger/kernel';
import { eventually } from '@runledger/testkit';
import { openScene, recordsOf, refusalOf, type Scene, send, stateOf } from '../test/ingest-scene';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.close());

const ask = (name: string, fields: object, key?: string) =>
  send(scene, `commands/${name}`, JSON.stringify(fields), key === undefined ? {} : { key });
type Result = { experiment: string; name: string; project: string; lifecycle: string };
const resultOf = ({ body }: { body: unknown }): Result => (body as { result: Result }).result;
async function created(name: string): Promise<string> {
  const answer = await ask('create-experiment', { name });
  expect(answer.status).toBe(200);
  return resultOf(answer).experiment;
}

describe('commands', () => {
  it('answer with what became of them, and the place in the journal', async () => {
    const answer = await ask('create-experiment', { id: 'c1', name: 'digits', experiment: 'x1' });
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        command: 'c1',
        result: { experiment: 'x1', name: 'digits', project: 'default', lifecycle: 'active' },
        position: expect.any(String) as string,
      },
    ]);
    expect(decodePositionToken((answer.body as { position: string }).position)).toEqual({
      incarnation: scene.log.incarnation,
      log: [],
      journal: [{ workspace: 'default', journalseq: 3 }], // behind the project and the experiment that every workspace has
    });
    expect((await scene.journal.load('default', 'experiment/x1')).events).toMatchObject([
      {
        type: 'experiment.created',
        dataversion: 1,
        data: { experiment: 'x1', project: 'default', name: 'digits', tags: [] },
      },
    ]);
  });

  it('give ids to what has none', async () => {
    const answer = await ask('create-experiment', { name: 'without ids' });
    const { command } = answer.body as { command: string };
    expect([command, resultOf(answer).experiment]).toEqual([
      expect.stringMatching(/^[0-9a-f-]{36}$/),
      expect.stringMatching(/^[0-9a-f-]{36}$/),
    ]);
  });

  it('get their first answer when they come again, in whatever order their fields stand, and whatever was done since', async () => {
    const first = await ask('create-experiment', { id: 'again', name: 'once', tags: [{ key: 'a', value: 'b' }] });
    const { experiment } = resultOf(first);
    await ask('rename-experiment', { experiment, name: 'renamed since' });
    await ask('delete-experiment', { experiment });
    const again = { project: 'default', tags: [{ value: 'b', key: 'a' }], name: 'once', id: 'again' };
    expect((await ask('create-experiment', again)).body).toEqual(first.body);
  });

  it('are decided once when the same one comes many times at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => ask('create-experiment', { id: 'many', name: 'many' })),
    );
    expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
  });

  it('may not reuse the id of another command', async () => {
    await ask('create-experiment', { id: 'taken-id', name: 'first use' });
    const answer = await ask('create-experiment', { id: 'taken-id', name: 'second use' });
    expect(refusalOf(answer)).toEqual([409, 'JOURNAL_COMMAND_REUSED']);
    const experiment = await created('first use elsewhere');
    expect(refusalOf(await ask('delete-experiment', { id: 'taken-id', experiment }))).toEqual([
      409,
      'JOURNAL_COMMAND_REUSED',
    ]);
  });

  it('take a name once in a workspace, and say who has it', async () => {
    const experiment = await created('unique');
    const answer = await ask('create-experiment', { name: 'unique' });
    expect(refusalOf(answer)).toEqual([409, 'EXPERIMENT_NAME_TAKEN']);
    expect(answer.body).toMatchObject({ error: { details: { experiment } } });
    expect((await ask('create-experiment', { name: 'unique' }, scene.keys.other)).status).toBe(200);
  });

  it('let one of many take a name', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => ask('create-experiment', { name: 'contested' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(11).fill(409)]);
  });

  it('are decided anew when somebody else was first', async () => {
    const experiment = await created('moving');
    const answers = await Promise.all(
      Array.from({ length: 4 }, (_, i) => ask('rename-experiment', { experiment, name: `moved ${i}` })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const { events } = await scene.journal.load('default', `experiment/${experiment}`);
    const path = events.map(({ data }) => data as { from?: string; to?: string }).slice(1);
    expect(path.map(({ from }) => from)).toEqual(['moving', ...path.slice(0, -1).map(({ to }) => to)]);
    expect((await ask('create-experiment', { name: 'moving' })).status).toBe(200);
  });

  it('free the name of what is deleted, and bring it back while nobody else has it', async () => {
    const experiment = await created('freed');
    expect(resultOf(await ask('delete-experiment', { experiment }))).toMatchObject({
      lifecycle: 'deleted',
      name: 'freed',
    });
    expect(refusalOf(await ask('rename-experiment', { experiment, name: 'x' }))).toEqual([409, 'EXPERIMENT_DELETED']);
    const other = await created('freed');
    expect(refusalOf(await ask('restore-experiment', { experiment }))).toEqual([409, 'EXPERIMENT_NAME_TAKEN']);
    await ask('rename-experiment', { experiment: other, name: 'something else' });
    expect(resultOf(await ask('restore-experiment', { experiment }))).toMatchObject({
      lifecycle: 'active',
      name: 'freed',
    });
  });

  it('tag experiments, and name the tags that are new', async () => {
    const experiment = await created('tagged');
    await ask('tag-experiment', { experiment, tags: [{ key: 'team', value: 'vision' }] });
    await ask('tag-experiment', { experiment, tags: [{ key: 'team', value: 'vision' }] });
    await ask('untag-experiment', { experiment, keys: ['team', 'none'] });
    const { events } = await scene.journal.load('default', `experiment/${experiment}`);
    expect(events.slice(1)).toMatchObject([
      { type: 'experiment.tagged', data: { experiment, tags: [{ key: 'team', value: 'vision' }] } },
      { type: 'experiment.untagged', data: { experiment, keys: ['team'] } },
    ]);
  });

  it('create projects, in which experiments may be created then', async () => {
    expect((await ask('create-project', { name: 'Vision', project: 'vision' })).body).toMatchObject({
      result: { project: 'vision', name: 'Vision', description: '' },
    });
    expect(refusalOf(await ask('create-project', { name: 'Vision' }))).toEqual([409, 'PROJECT_NAME_TAKEN']);
    expect(refusalOf(await ask('create-project', { name: 'Other', project: 'vision' }))).toEqual([
      409,
      'PROJECT_EXISTS',
    ]);
    await ask('rename-project', { project: 'vision', name: 'Sight' });
    expect((await ask('describe-project', { project: 'vision', description: 'what sees' })).body).toMatchObject({
      result: { project: 'vision', name: 'Sight', description: 'what sees' },
    });
    const answer = await ask('create-experiment', { name: 'in vision', project: 'vision' });
    expect(resultOf(answer)).toMatchObject({ project: 'vision' });
    expect(
      refusalOf(await ask('create-experiment', { name: 'in vision', project: 'vision' }, scene.keys.other)),
    ).toEqual([400, 'PROJECT_UNKNOWN']);
  });

  it('write notes over what was seen, and save views under names of their own', async () => {
    const write = (text: string, over: number) => ask('write-note', { run: 'r1', text, over });
    expect((await write('diverged', 0)).body).toMatchObject({ result: { run: 'r1', number: 1, text: 'diverged' } });
    expect(refusalOf(await write('unseen', 0))).toEqual([409, 'NOTE_CHANGED']);
    expect((await write('', 1)).body).toMatchObject({ result: { number: 2 } });
    expect(refusalOf(await ask('write-note', { run: 'r1' }))[0]).toBe(400);
    const save = (view: string, name: string) => ask('save-view', { view, experiment: 'e1', name, search: 'q=x' });
    expect((await save('v1', 'best')).body).toMatchObject({ result: { view: 'v1', lifecycle: 'active' } });
    expect(refusalOf(await save('v2', 'best'))).toEqual([409, 'VIEW_NAME_TAKEN']);
    expect((await ask('delete-view', { view: 'v1' })).body).toMatchObject({ result: { lifecycle: 'deleted' } });
    expect((await save('v2', 'best')).status).toBe(200);
    expect(refusalOf(await save('v1', 'best'))).toEqual([409, 'VIEW_NAME_TAKEN']);
    expect(refusalOf(await ask('delete-view', { view: 'none' }))).toEqual([404, 'VIEW_UNKNOWN']);
  });

  it('save dashboards over what was seen, and refuse panels that are none', async () => {
    const panel = { panel: 'p1', title: '', width: 6, height: 2, content: { kind: 'text', markdown: 'hi' } };
    const save = (fields: object) =>
      ask('save-board', { board: 'b1', form: 'report', name: 'Weekly', panels: [], ...fields });
    expect((await save({ panels: [panel] })).body).toMatchObject({ result: { number: 1, lifecycle: 'active' } });
    expect(refusalOf(await save({ over: 0 }))).toEqual([409, 'BOARD_CHANGED']);
    const bad = [
      { form: 'poster' },
      { name: '' },
      { panels: [panel, panel] },
      { panels: [{ ...panel, width: 13 }] },
      { panels: [{ ...panel, extra: 1 }] },
      { panels: [{ ...panel, content: { kind: 'script', markdown: '' } }] },
      { panels: [{ ...panel, content: { kind: 'curves', experiment: 'e1', view: null, search: '', most: 5 } }] },
      { panels: Array.from({ length: 51 }, (_, at) => ({ ...panel, panel: `p${at}` })) },
      { board: '../x' },
      { over: -1 },
    ];
    for (const fields of bad) expect(refusalOf(await save(fields))[0]).toBe(400);
    expect((await save({ over: 1 })).body).toMatchObject({ result: { number: 2 } });
    expect((await ask('delete-board', { board: 'b1' })).body).toMatchObject({ result: { lifecycle: 'deleted' } });
    expect(refusalOf(await ask('delete-board', { board: 'none' }))).toEqual([404, 'BOARD_UNKNOWN']);
  });

  it('write comments where they stay, and tell who is named', async () => {
    const about = { kind: 'chart', id: 'r1', metric: 'loss' };
    const write = (fields: object) => ask('write-comment', { comment: 'c1', about, text: 'why, @ada?', ...fields });
    expect((await write({})).body).toMatchObject({ result: { comment: 'c1', mentions: ['ada'], lifecycle: 'active' } });
    expect(refusalOf(await write({ about: { kind: 'run', id: 'r1' } }))).toEqual([409, 'COMMENT_ELSEWHERE']);
    expect(refusalOf(await write({ text: ' ' }))).toEqual([400, 'COMMENT_EMPTY']);
    const crowd = Array.from({ length: 51 }, (_, at) => `@n${at}`).join(' ');
    expect(refusalOf(await write({ text: crowd }))).toEqual([400, 'COMMENT_TOO_MANY_NAMES']);
    const bad = [
      { about: { kind: 'planet', id: 'mars' } },
      { about: { kind: 'run', id: 'r1', metric: 'loss' } },
      { about: { kind: 'version', id: 'a/b', version: 1 } },
      { about: { kind: 'version', id: 'm', version: 0 } },
      { text: 'x'.repeat(20_001) },
      { text: 7 },
      { mentions: ['ada'] },
    ];
    for (const fields of bad) expect(refusalOf(await write(fields))[0]).toBe(400);
    expect((await ask('delete-comment', { comment: 'c1' })).body).toMatchObject({ result: { lifecycle: 'deleted' } });
    expect(refusalOf(await ask('delete-comment', { comment: 'none' }))).toEqual([404, 'COMMENT_UNKNOWN']);
  });

  it('register models, number their versions, move aliases and stages', async () => {
    const result = async (name: string, fields: object) => {
      const answer = await ask(name, fields);
      return [answer.status, (answer.body as { result: unknown }).result];
    };
    const of = (version: number | null, lifecycle = 'active') => [200, { model: 'reader', version, lifecycle }];
    expect(await result('create-model', { name: 'reader', tags: [{ key: 'a', value: '1' }] })).toEqual(of(null));
    // Of no run: its project would say who may delete them, and no projector runs here.
    for (const version of [1, 2])
      expect(await result('create-version', { model: 'reader', source: 's3://x' })).toEqual(of(version));
    expect(await result('set-alias', { model: 'reader', alias: 'champion', version: 2 })).toEqual(of(2));
    expect(await result('stage-version', { model: 'reader', version: 1, stage: 'Production' })).toEqual(of(1));
    expect(
      await result('stage-version', { model: 'reader', version: 2, stage: 'Production', archiveOthers: true }),
    ).toEqual(of(2));
    expect(await result('delete-version', { model: 'reader', version: 2 })).toEqual(of(2));
    const subject = await scene.journal.holderOf('default', { kind: 'model-name', name: 'reader' });
    const { events } = await scene.journal.load('default', String(subject));
    expect(events.map(({ type }) => type)).toEqual([
      'model.created',
      'version.created',
      'version.created',
      'alias.moved',
      'version.staged',
      'version.staged',
      'version.staged',
      'alias.removed',
      'version.deleted',
    ]);
    expect(await result('delete-model', { model: 'reader' })).toEqual(of(null, 'deleted'));
    expect(refusalOf(await ask('tag-model', { model: 'reader', tags: [{ key: 'a', value: '1' }] }))).toEqual([
      404,
      'MODEL_UNKNOWN',
    ]);
  });

  it('begin, configure and finalize logged models, each under an id that the server gives', async () => {
    const answer = await ask('create-logged-model', {
      experiment: 'e1',
      name: 'net',
      params: [{ key: 'a', value: '1' }],
    });
    const { loggedModel } = (answer.body as { result: { loggedModel: string } }).result;
    expect(loggedModel).toMatch(/^m-[0-9a-f]{32}$/);
    const params = [{ key: 'a', value: '2' }];
    expect(refusalOf(await ask('configure-logged-model', { loggedModel, params }))).toEqual([
      409,
      'LOGGED_MODEL_PARAM_CHANGED',
    ]);
    expect((await ask('finalize-logged-model', { loggedModel, status: 'ready' })).body).toMatchObject({
      result: { loggedModel, name: 'net', experiment: 'e1', status: 'ready', lifecycle: 'active' },
    });
  });

  it('do not see the experiments of other workspaces', async () => {
    const experiment = await created('ours');
    const answer = await ask('delete-experiment', { experiment }, scene.keys.other);
    expect(refusalOf(answer)).toEqual([404, 'EXPERIMENT_UNKNOWN']);
  });

  it.each<[string, object | string, [number, string]]>([
    ['create-experiment', {}, [400, 'HTTP_BAD_INPUT']],
    ['create-experiment', { name: '' }, [400, 'HTTP_BAD_INPUT']],
    ['create-experiment', { name: 'a', workspace: 'other' }, [400, 'HTTP_BAD_INPUT']],
    ['create-experiment', { name: 'a', experiment: 'a/b' }, [400, 'HTTP_BAD_INPUT']],
    ['create-experiment', { name: 'x'.repeat(501) }, [400, 'HTTP_BAD_INPUT']],
    ['create-experiment', { name: '__proto__' }, [400, 'HTTP_BAD_INPUT']],
    ['create-experiment', { name: 'in a project', project: 'none' }, [400, 'PROJECT_UNKNOWN']],
    ['create-project', { name: 'a', project: 'default' }, [409, 'PROJECT_EXISTS']],
    ['rename-project', { project: 'none', name: 'a' }, [404, 'PROJECT_UNKNOWN']],
    ['describe-project', { project: 'default' }, [400, 'HTTP_BAD_INPUT']],
    ['tag-experiment', { experiment: 'x1', tags: [] }, [400, 'HTTP_BAD_INPUT']],
    ['tag-experiment', { experiment: 'x1', tags: [{ key: '', value: '' }] }, [400, 'HTTP_BAD_INPUT']],
    ['create-model', { name: 'a/b' }, [400, 'HTTP_BAD_INPUT']],
    ['create-model', { name: '..' }, [400, 'HTTP_BAD_INPUT']],
    ['create-model', { name: '  ' }, [400, 'HTTP_BAD_INPUT']],
    ['create-version', { model: 'none', source: 's' }, [404, 'MODEL_UNKNOWN']],
    ['set-alias', { model: 'none', alias: 'a b', version: 1 }, [400, 'HTTP_BAD_INPUT']],
    ['stage-version', { model: 'none', version: 1, stage: 'production' }, [400, 'HTTP_BAD_INPUT']],
    ['delete-version', { model: 'none', version: 0 }, [400, 'HTTP_BAD_INPUT']],
    ['finalize-logged-model', { loggedModel: 'm-none', status: 'ready' }, [404, 'LOGGED_MODEL_UNKNOWN']],
    ['finalize-logged-model', { loggedModel: 'm-none', status: 'pending' }, [400, 'HTTP_BAD_INPUT']],
    ['untag-experiment', { experiment: 'nobody', keys: ['a'] }, [404, 'EXPERIMENT_UNKNOWN']],
    ['create-experiment', { name: 'a', tags: [{ key: 'k', value: 'v', extra: 1 }] }, [400, 'HTTP_BAD_INPUT']],
    ['create-experiment', { name: 'a', id: 'a b' }, [400, 'HTTP_BAD_INPUT']],
    ['create-experiment', '[]', [400, 'HTTP_BAD_INPUT']],
    ['create-experiment', '{"name":"a","name":"b"}', [400, 'HTTP_DUPLICATE_MEMBER']],
    ['create-experiment', '{"name":"a\\u0000"}', [400, 'HTTP_UNCLEAN_TEXT']],
    ['create-experiment', '{"name":"\\ud800"}', [400, 'HTTP_UNCLEAN_TEXT']],
    ['create-experiment', '{"name":', [400, 'HTTP_BAD_JSON']],
    ['create-experiment', '', [400, 'HTTP_BAD_JSON']],
    ['create-experiment', `{"name":"${' '.repeat(600_000)}"}`, [413, 'HTTP_BODY_TOO_LARGE']],
    ['rename-experiment', { experiment: 'x1' }, [400, 'HTTP_BAD_INPUT']],
    ['rename-experiment', { experiment: 'nobody', name: 'a' }, [404, 'EXPERIMENT_UNKNOWN']],
    ['delete-experiment', { experiment: 'nobody' }, [404, 'EXPERIMENT_UNKNOWN']],
    ['restore-experiment', { experiment: 'nobody' }, [404, 'EXPERIMENT_UNKNOWN']],
    ['explode-experiment', { experiment: 'x1' }, [404, 'HTTP_NO_ROUTE']],
  ])('are refused without a trace: %s %j', async (name, fields, refusal) => {
    const before = await stateOf(scene);
    const answer = await send(scene, `commands/${name}`, typeof fields === 'string' ? fields : JSON.stringify(fields));
    expect(refusalOf(answer)).toEqual(refusal);
    expect(await stateOf(scene)).toEqual(before);
  });

  it('need a permission', async () => {
    const body = JSON.stringify({ name: 'by a reader' });
    expect((await send(scene, 'commands/create-experiment', body, { key: scene.keys.reader })).status).toBe(403);
    expect((await send(scene, 'commands/create-experiment', body, { key: '' })).status).toBe(401);
  });

  it('reach the log in the order of their numbers', async () => {
    const relay = startRelay({ source: scene.source, log: scene.log, logger: createLogger('relay', 'silent') });
    const heads: Array<{ journalseq: string }> = await scene.source.query(
      `select journalseq from custody.journal_head where workspace = 'default'`,
    );
    const numbers = await eventually(async () => {
      const records = await recordsOf(scene, 'runledger.catalog.v1');
      const found = records.filter(({ key }) => key === 'default').map(journalseqOf);
      return found.length === Number(heads[0]?.journalseq) ? found : undefined;
    });
    await relay.stop();
    expect(numbers).toEqual(numbers.map((_, i) => i + 1));
    const mine = (await recordsOf(scene, 'runledger.catalog.v1')).filter(({ key }) => key === 'default');
    const first = mine[2];
    expect(first && readEventRecord(first)).toMatchObject({ actor: 'u1', subject: 'experiment/x1' });
  });
});
