import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';

type Json = Record<string, unknown>;
type Answer = Readonly<{ status: number; text: string; said: Json; headers: Headers }>;

/** What clients depend on between the lines of MLflow's protocol: as it goes over the wire, whatever a client makes of it. */
describe("the wire of MLflow's door", () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  let names = 0;

  beforeAll(async () => {
    folder = temporaryFolder('mlflow-wire');
    server = await startAllInOne(`${folder.path}/data`);
  });
  afterAll(async () => {
    await server.process.stop();
    folder.remove();
  });

  async function send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const url = path.startsWith('/') ? path : `/api/2.0/mlflow/${path}`;
    const answer = await fetch(server.url + url, {
      method,
      headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') === true;
    return { status: answer.status, text, said: isJson ? (JSON.parse(text) as Json) : {}, headers: answer.headers };
  }
  const get = (path: string, headers?: Record<string, string>) => send('GET', path, undefined, headers);
  const post = (path: string, body: unknown = {}) => send('POST', path, body);
  const refusal = ({ status, said }: Answer) => [status, said['error_code']];

  async function createRun(more: object = {}): Promise<{ id: string; info: Json; data: Json }> {
    const { said } = await post('runs/create', { experiment_id: '0', start_time: 1, ...more });
    const { info, data } = said['run'] as { info: Json; data: Json };
    return { id: info['run_id'] as string, info, data };
  }
  const readRun = async (id: string) => (await get(`runs/get?run_id=${id}`)).said['run'] as { info: Json; data: Json };
  const tagsOf = ({ data }: { data: Json }) =>
    Object.fromEntries((data['tags'] as Array<{ key: string; value: string }>).map(({ key, value }) => [key, value]));
  async function createExperiment(): Promise<string> {
    return (await post('experiments/create', { name: `e${names++}` })).said['experiment_id'] as string;
  }
  async function searchNames(body: object): Promise<string[]> {
    const { said } = await post('runs/search', body);
    return ((said['runs'] ?? []) as Array<{ info: { run_name: string } }>).map(({ info }) => info.run_name);
  }

  it('answers 200 and {} where there is nothing to say, and ignores what it does not know', async () => {
    const { id } = await createRun();
    for (const [path, body] of [
      ['runs/log-metric', { run_id: id, key: 'm', value: 1, timestamp: '5', step: '3', surprise: {} }],
      ['runs/log-parameter', { run_id: id, key: 'p', value: '1', surprise: [1] }],
      ['runs/set-tag', { run_id: id, key: 't', value: '1' }],
      ['runs/delete-tag', { run_id: id, key: 't' }],
      ['runs/log-batch', { run_id: id }],
      ['runs/delete', { run_id: id }],
      ['runs/restore', { run_id: id }],
    ] as const) {
      const { status, text, headers } = await post(path, body);
      expect([path, status, text]).toEqual([path, 200, '{}']);
      expect(headers.get('content-type')).toMatch(/^application\/json/);
    }
  });

  it('leaves unset fields out, and gives a run its old name and its user back', async () => {
    const { id, info } = await createRun({ user_id: 'ada', run_name: 'named' });
    expect(info).toMatchObject({
      run_id: id,
      run_uuid: id,
      run_name: 'named',
      lifecycle_stage: 'active',
      experiment_id: '0',
    });
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(info).not.toHaveProperty('end_time');
    expect(info['user_id']).toBe('ada');
    expect(info['artifact_uri']).toBe(`mlflow-artifacts:/0/${id}/artifacts`);
    expect((await get(`runs/get?run_uuid=${id}`)).said).toEqual((await get(`runs/get?run_id=${id}`)).said);
  });

  it('sends int64 as numbers, beyond 2^53 as text, and doubles that JSON has no words for as words', async () => {
    const { id } = await createRun();
    const steps = ['0', '9007199254740991', '9007199254740993', '-9223372036854775808'];
    for (const [i, value] of ['NaN', 'Infinity', '-Infinity', 0.1].entries())
      expect(
        (await post('runs/log-metric', { run_id: id, key: 'm', value, timestamp: 7, step: steps[i] })).status,
      ).toBe(200);
    const { said } = await get(`metrics/get-history?run_id=${id}&metric_key=m`);
    expect(said['metrics']).toEqual([
      { key: 'm', value: 0.1, timestamp: 7, step: '-9223372036854775808' },
      { key: 'm', value: 'NaN', timestamp: 7, step: 0 },
      { key: 'm', value: 'Infinity', timestamp: 7, step: 9007199254740991 },
      { key: 'm', value: '-Infinity', timestamp: 7, step: '9007199254740993' },
    ]);
  });

  it('takes repeated fields of a query as repeated keys, and booleans as words', async () => {
    const [one, two] = [await createRun(), await createRun()];
    for (const { id } of [one, two])
      await post('runs/log-batch', { run_id: id, metrics: [{ key: 'm', value: 1, timestamp: 1, step: 0 }] });
    const bulk = await get(`metrics/get-history-bulk?run_id=${one.id}&run_id=${two.id}&metric_key=m`);
    expect((bulk.said['metrics'] as unknown[]).length).toBe(2);
    const made = await post('registered-models/create', { name: `model ${names++}` });
    expect(made.status).toBe(200);
    expect((await get('registered-models/search?max_results=5&order_by=name%20ASC&order_by=timestamp')).status).toBe(
      200,
    );
  });

  it('says what failed in its words and statuses, and never INVALID_STATE', async () => {
    const name = `taken ${names++}`;
    await post('experiments/create', { name });
    expect(refusal(await post('experiments/create', { name }))).toEqual([400, 'RESOURCE_ALREADY_EXISTS']);
    expect(refusal(await get('experiments/get?experiment_id=999999'))).toEqual([404, 'RESOURCE_DOES_NOT_EXIST']);
    expect(refusal(await get('experiments/get-by-name?experiment_name=nobody'))).toEqual([
      404,
      'RESOURCE_DOES_NOT_EXIST',
    ]);
    expect(refusal(await get(`runs/get?run_id=${'0'.repeat(32)}`))).toEqual([404, 'RESOURCE_DOES_NOT_EXIST']);
    expect(refusal(await get('nowhere/at-all'))).toEqual([404, 'ENDPOINT_NOT_FOUND']);
    expect(refusal(await get('registered-models/get?name=nobody'))).toEqual([404, 'RESOURCE_DOES_NOT_EXIST']);
    const { status, said } = await get('experiments/search?max_results=1', { authorization: '' });
    expect([status, Object.keys(said).sort()]).toEqual([401, ['error_code', 'message']]);
    expect(said['message']).toContain('MLFLOW_TRACKING_TOKEN');
  });

  it('tells before the login what it speaks, and knows its workspace by name', async () => {
    const bare = { authorization: '' };
    expect((await get('/version', bare)).text).toBe('3.17.2');
    expect((await get('/health', bare)).text).toBe('OK');
    const { status, said } = await get('/api/3.0/mlflow/server-info', bare);
    expect([status, said['multipart_uploads_enabled'], said['multipart_downloads_enabled']]).toEqual([
      200,
      false,
      false,
    ]);
    expect((await get('experiments/search?max_results=1', { 'x-mlflow-workspace': 'default' })).status).toBe(200);
    expect(refusal(await get('experiments/search?max_results=1', { 'x-mlflow-workspace': 'foreign' }))[0]).toBe(404);
  });

  it('has the experiment 0, and ids that look like integers', async () => {
    const { said } = await get('experiments/get?experiment_id=0');
    expect(said['experiment']).toMatchObject({
      experiment_id: '0',
      name: 'Default',
      artifact_location: 'mlflow-artifacts:/0',
    });
    const made = await createExperiment();
    expect(made).toMatch(/^[1-9]\d*$/);
    const read = (await get(`experiments/get?experiment_id=${made}`)).said['experiment'] as Json;
    expect(read['artifact_location']).toBe(`mlflow-artifacts:/${made}`);
    const model = await post('logged-models', { experiment_id: made, name: 'net' });
    const { info } = model.said['model'] as { info: Json };
    expect(info['model_id']).toMatch(/^m-[0-9a-f]{32}$/);
    expect(info['artifact_uri']).toBe(`mlflow-artifacts:/${made}/models/${String(info['model_id'])}/artifacts`);
  });

  it('invents names, and keeps a name and its tag equal whichever of them changes', async () => {
    const { id, info } = await createRun();
    expect(info['run_name']).toMatch(/\S/);
    expect(tagsOf(await readRun(id))['mlflow.runName']).toBe(info['run_name']);
    await post('runs/update', { run_id: id, run_name: 'by update' });
    expect(tagsOf(await readRun(id))['mlflow.runName']).toBe('by update');
    await post('runs/set-tag', { run_id: id, key: 'mlflow.runName', value: 'by tag' });
    expect((await readRun(id)).info['run_name']).toBe('by tag');
  });

  it('shows deleted runs and experiments to those who ask for them', async () => {
    const experiment = await createExperiment();
    const kept = await createRun({ experiment_id: experiment, run_name: 'kept' });
    const gone = await createRun({ experiment_id: experiment, run_name: 'gone' });
    await post('runs/delete', { run_id: gone.id });
    const seen = async (view?: string) =>
      (
        await searchNames({ experiment_ids: [experiment], ...(view === undefined ? {} : { run_view_type: view }) })
      ).sort();
    expect([await seen(), await seen('ACTIVE_ONLY'), await seen('DELETED_ONLY'), await seen('ALL')]).toEqual([
      ['kept'],
      ['kept'],
      ['gone'],
      ['gone', 'kept'],
    ]);
    await post('experiments/delete', { experiment_id: experiment });
    expect([await seen(), await seen('DELETED_ONLY')]).toEqual([[], ['gone', 'kept']]);
    expect((await readRun(kept.id)).info['lifecycle_stage']).toBe('deleted');
    const found = await post('experiments/search', { max_results: 1_000, view_type: 'DELETED_ONLY' });
    expect(found.said['experiments']).toEqual(
      expect.arrayContaining([expect.objectContaining({ experiment_id: experiment, lifecycle_stage: 'deleted' })]),
    );
  });

  it('lists the newest start first, then by id, and orders a metric by values, NaN and nothing, both ways', async () => {
    const experiment = await createExperiment();
    const values = { low: 1, nan: 'NaN', high: 3, infinite: 'Infinity', middle: 2 } as const;
    for (const [i, name] of ['low', 'nan', 'none', 'high', 'infinite', 'middle'].entries()) {
      const { id } = await createRun({ experiment_id: experiment, run_name: name, start_time: 1_000 + i });
      if (name in values)
        await post('runs/log-metric', {
          run_id: id,
          key: 'a b',
          value: values[name as keyof typeof values],
          timestamp: 1,
        });
    }
    const by = (...order: string[]) => searchNames({ experiment_ids: [experiment], order_by: order });
    expect(await by()).toEqual(['middle', 'infinite', 'high', 'none', 'nan', 'low']);
    expect(await by('metrics.`a b` ASC')).toEqual(['low', 'middle', 'high', 'infinite', 'nan', 'none']);
    expect(await by('metrics."a b" DESC')).toEqual(['infinite', 'high', 'middle', 'low', 'nan', 'none']);
    expect(await by('run_name DESC')).toEqual(['none', 'nan', 'middle', 'low', 'infinite', 'high']);
    expect(await by('Created ASC')).toEqual(['low', 'nan', 'none', 'high', 'infinite', 'middle']);
    const twice = await post('runs/search', {
      experiment_ids: [experiment],
      order_by: ['metrics.m ASC', 'metrics.m DESC'],
    });
    expect(refusal(twice)).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    const same = await Promise.all([1, 2, 3].map(() => createRun({ experiment_id: experiment, start_time: 5_000 })));
    const { said } = await post('runs/search', { experiment_ids: [experiment], max_results: 3 });
    const ids = (said['runs'] as Array<{ info: { run_id: string } }>).map(({ info }) => info.run_id);
    expect(ids).toEqual(same.map(({ id }) => id).sort());
  });

  it('bounds lists as MLflow does', async () => {
    expect((await post('runs/search', { experiment_ids: ['0'], max_results: 50_000 })).status).toBe(200);
    expect((await post('runs/search', { experiment_ids: ['0'], max_results: 50_001 })).status).toBe(400);
    expect((await get('registered-models/search?max_results=1000')).status).toBe(200);
    expect((await get('registered-models/search?max_results=1001')).status).toBe(400);
    expect((await get('model-versions/search?max_results=200000')).status).toBe(200);
    expect((await get('model-versions/search?max_results=200001')).status).toBe(400);
    const { id } = await createRun();
    const runs = Array.from({ length: 101 }, () => `run_id=${id}`).join('&');
    expect((await get(`metrics/get-history-bulk?${runs}&metric_key=m`)).status).toBe(400);
    const interval = `/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?run_ids=${id}&metric_key=m`;
    expect((await get(`${interval}&start_step=1`)).status).toBe(400);
    expect((await get(`${interval}&start_step=1&end_step=3`)).status).toBe(200);
  });

  it('counts the versions of a name from 1 on, and none of them twice', async () => {
    const name = `counted ${names++}`;
    const { id, info } = await createRun();
    const source = `${String(info['artifact_uri'])}/model`;
    const version = async () =>
      ((await post('model-versions/create', { name, source, run_id: id })).said['model_version'] as Json)['version'];
    await post('registered-models/create', { name });
    expect([await version(), await version()]).toEqual(['1', '2']);
    expect((await send('DELETE', 'model-versions/delete', { name, version: '2' })).status).toBe(200);
    expect(await version()).toBe('3');
    for (const alias of ['latest', 'v1', 'V12'])
      expect(refusal(await post('registered-models/alias', { name, alias, version: '1' }))[0]).toBe(400);
    expect((await post('registered-models/rename', { name, new_name: `${name} renamed` })).status).toBe(200);
    expect((await get(`model-versions/get?name=${encodeURIComponent(`${name} renamed`)}&version=3`)).status).toBe(200);
    expect((await send('DELETE', 'registered-models/delete', { name: `${name} renamed` })).status).toBe(200);
    await post('registered-models/create', { name: `${name} renamed` });
    const again = await post('model-versions/create', { name: `${name} renamed`, source, run_id: id });
    expect((again.said['model_version'] as Json)['version']).toBe('1');
  });

  it('lists files relative to what was asked, and a file by itself as nothing', async () => {
    const { id } = await createRun();
    const put = (path: string, body: string) =>
      fetch(`${server.url}/api/2.0/mlflow-artifacts/artifacts/0/${id}/artifacts/${path}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${server.key}` },
        body,
      });
    expect([(await put('a/b/one.txt', '1')).status, (await put('a/two.txt', '22')).status]).toEqual([200, 200]);
    const paths = async (url: string) =>
      ((await get(url)).said['files'] as Array<{ path: string }> | undefined)?.map(({ path }) => path);
    const proxied = `/api/2.0/mlflow-artifacts/artifacts?path=0/${id}/artifacts`;
    expect(await paths(`${proxied}/a`)).toEqual(['b', 'two.txt']);
    expect((await paths(`${proxied}/a/two.txt`)) ?? []).toEqual([]);
    expect(await paths(`artifacts/list?run_id=${id}&path=a`)).toEqual(['a/b', 'a/two.txt']);
    expect((await paths(`artifacts/list?run_id=${id}&path=a/two.txt`)) ?? []).toEqual([]);
    const file = await get(`/get-artifact?run_uuid=${id}&path=a/two.txt`);
    expect([file.status, file.text, file.headers.get('x-content-type-options')]).toEqual([200, '22', 'nosniff']);
    expect(file.headers.get('content-disposition')).toMatch(/^attachment/);
  });
});
