import { gzipSync } from 'node:zlib';
import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';

type Bad = Readonly<{
  /** A whole body, or the members that make a batch bad. */
  body?: string | Buffer;
  batch?: Readonly<Record<string, unknown>>;
  headers?: Readonly<Record<string, string>>;
  status?: number;
  code?: string;
}>;

const MOST_MS = 10_000;
const metric = (more: Readonly<Record<string, unknown>>) => ({ key: 'm', value: 1, timestamp: 1, step: 0, ...more });
const good = Array.from({ length: 999 }, (_, step) => metric({ step }));
const metrics = (...bad: ReadonlyArray<Readonly<Record<string, unknown>>>): Bad => ({
  batch: { metrics: [...bad.map(metric)] },
});
const text = (body: string | Buffer): Bad => ({ body });

/** What is sent to runs/log-batch. `{run}` is the run. */
const BATCHES: Readonly<Record<string, Bad>> = {
  'no JSON': { ...text('{'), code: 'BAD_REQUEST' },
  'a list': text('[]'),
  'a string': text('"x"'),
  'no UTF-8': text(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])),
  'a member twice': text('{"run_id": "{run}", "run_id": "{run}", "tags": [{"key": "a", "value": "b"}]}'),
  'a lone surrogate': text('{"run_id": "{run}", "tags": [{"key": "a", "value": "\\ud800"}]}'),
  NUL: text('{"run_id": "{run}", "tags": [{"key": "a", "value": "\\u0000"}]}'),
  'a member named __proto__': text('{"run_id": "{run}", "__proto__": {"a": 1}, "tags": [{"key": "a", "value": "b"}]}'),
  '10,000 levels': text(`{"run_id": "{run}", "tags": ${'['.repeat(10_000)}${']'.repeat(10_000)}}`),
  'more than a megabyte': { ...text(`{"run_id": "{run}", "x": "${'x'.repeat(1_000_001)}"}`), status: 413 },
  'a megabyte in a kilobyte': {
    body: gzipSync(`{"run_id": "{run}", "x": "${'x'.repeat(50_000_000)}"}`),
    headers: { 'content-encoding': 'gzip' },
    status: 413,
  },
  'an unknown encoding': { ...text('{}'), headers: { 'content-encoding': 'br' }, status: 415, code: 'BAD_REQUEST' },
  'a cut gzip': { body: gzipSync('{"run_id": "x"}').subarray(0, 12), headers: { 'content-encoding': 'gzip' } },
  'another media type': {
    ...text('a=1'),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    status: 415,
    code: 'BAD_REQUEST',
  },
  'no run': { batch: { run_id: undefined } },
  'a run that is an object': { batch: { run_id: { a: 1 } } },
  'a run that is a path': { batch: { run_id: '../../etc/passwd' }, status: 404, code: 'RESOURCE_DOES_NOT_EXIST' },
  'a run of 500,000 letters': { batch: { run_id: 'r'.repeat(500_000) }, status: 404, code: 'RESOURCE_DOES_NOT_EXIST' },
  'metrics that are no list': { batch: { metrics: { a: 1 } } },
  'a metric without a key': metrics({ key: undefined }),
  'a metric with an empty key': metrics({ key: '' }),
  'a metric with a long key': metrics({ key: 'k'.repeat(10_000) }),
  'a metric named __proto__': metrics({ key: '__proto__' }),
  'a metric without a value': metrics({ value: undefined }),
  'a metric that is text': metrics({ value: 'x' }),
  'a metric that is an object': metrics({ value: {} }),
  'a metric that no double holds': text(
    '{"run_id": "{run}", "metrics": [{"key": "m", "value": 1e999, "timestamp": 1}]}',
  ),
  'a metric without a time': metrics({ timestamp: undefined }),
  'a time that is a fraction': metrics({ timestamp: 1.5 }),
  'half a step': metrics({ step: 1.5 }),
  'a step that is a fraction in text': metrics({ step: '1.5' }),
  'a step beyond int64': metrics({ step: '9223372036854775808' }),
  'a step below int64': metrics({ step: '-9223372036854775809' }),
  'a step that a double would change': text(
    '{"run_id": "{run}", "metrics": [{"key": "m", "value": 1, "timestamp": 1, "step": 9223372036854775808}]}',
  ),
  '999 good metrics and a bad one': { batch: { metrics: [...good, metric({ value: 'x' })] } },
  'a good metric, a good tag and a bad param': {
    batch: { metrics: [metric({})], tags: [{ key: 'a', value: 'b' }], params: [{ key: 'p', value: { a: 1 } }] },
  },
  'a param without a key': { batch: { params: [{ value: '1' }] } },
  'a param twice': {
    batch: {
      params: [
        { key: 'p', value: '1' },
        { key: 'p', value: '2' },
      ],
    },
  },
  'a param of 70,000 letters': { batch: { params: [{ key: 'p', value: 'x'.repeat(70_000) }] } },
  'a tag without a key': { batch: { tags: [{ value: '1' }] } },
  'a tag that is a number in a list': { batch: { tags: [1] } },
  '1,001 metrics': { batch: { metrics: [...good, metric({}), metric({ step: 1_000 })] } },
  '101 params': { batch: { params: Array.from({ length: 101 }, (_, i) => ({ key: `p${i}`, value: '1' })) } },
  '101 tags': { batch: { tags: Array.from({ length: 101 }, (_, i) => ({ key: `t${i}`, value: '1' })) } },
};

const INJECTIONS = [`metrics.m > 1; drop table read.run`, `tags."a' or ''='" =`, `metrics.\`m\`\`) or (1=1\` >`];
/** Bodies of runs/search. */
const SEARCHES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  ...Object.fromEntries(INJECTIONS.map((filter) => [`the filter ${filter}`, { filter }])),
  'a filter of 900,000 letters': { filter: `params.p = '${'x'.repeat(900_000)}'` },
  '10,000 parentheses': { filter: `${'('.repeat(10_000)}params.p = '1'${')'.repeat(10_000)}` },
  '10,000 terms': { filter: Array.from({ length: 10_000 }, () => "params.p = '1'").join(' and ') },
  'a filter that is a list': { filter: ['x'] },
  'an order by SQL': { order_by: ['metrics.m DESC; drop table read.run'] },
  'an order by a function': { order_by: ['pg_sleep(10)'] },
  'a token of somebody else': { page_token: 'eyJhIjoxfQ.c2lnbmVk' },
  'no results': { max_results: 0 },
  'fewer results than none': { max_results: -1 },
  'results that are text': { max_results: 'all' },
  'experiments that are no list': { experiment_ids: { a: 1 } },
  'an unknown view': { run_view_type: 'EVERYTHING' },
};

/** Requests to other routes that are refused whatever is stored. */
const OTHERS: ReadonlyArray<readonly [method: string, path: string, body?: object]> = [
  ['POST', 'experiments/create', { name: 'x'.repeat(10_000) }],
  ['POST', 'experiments/create', { name: { a: 1 } }],
  ['POST', 'experiments/create', { name: 'tagged', tags: [{ value: 'no key' }] }],
  ['POST', 'runs/create', { experiment_id: '0', start_time: 'yesterday' }],
  ['POST', 'runs/create', { experiment_id: '0', tags: [{ key: '', value: 'x' }] }],
  ['POST', 'runs/update', { run_id: '{run}', status: 'DONE' }],
  ['POST', 'runs/update', { run_id: '{run}', status: 'FINISHED', end_time: -5 }],
  ['POST', 'runs/set-tag', { run_id: '{run}', key: 'k'.repeat(10_000), value: 'x' }],
  ['POST', 'runs/log-inputs', { run_id: '{run}', datasets: [{ dataset: { name: 'd' } }] }],
  ['GET', 'metrics/get-history?run_id={run}&metric_key=m&max_results=x'],
  ['GET', 'metrics/get-history?run_id={run}'],
  ['POST', 'registered-models/create', { name: 'a/b' }],
  ['POST', 'registered-models/create', { name: '..' }],
  ['POST', 'model-versions/create', { name: 'x', source: 'file:///etc/passwd' }],
  ['POST', 'model-versions/create', { name: 'x', source: 'mlflow-artifacts:/0/%252e%252e/x' }],
  ['GET', 'model-versions/get?name=x&version=-1'],
  ['GET', 'model-versions/get?name=x&version=99999999999999999999'],
  ['POST', 'logged-models', { experiment_id: '0', name: 'a:b' }],
  ['POST', 'logged-models/search', { experiment_ids: ['0'], order_by: [{ field_name: 'drop table' }] }],
];

describe("bad input at MLflow's door", () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  let run: string;

  const send = async (
    method: string,
    path: string,
    init: { body?: string | Buffer; headers?: Record<string, string> } = {},
  ) => {
    const since = performance.now();
    const type = init.body === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await fetch(server.url + path, {
      method,
      headers: { authorization: `Bearer ${server.key}`, ...type, ...init.headers },
      ...(init.body === undefined ? {} : { body: init.body }),
    });
    const said = (await answer.json()) as Record<string, unknown>;
    expect(performance.now() - since).toBeLessThan(MOST_MS);
    return { status: answer.status, said };
  };
  const ask = (method: string, path: string, body?: object) =>
    send(method, `/api/2.0/mlflow/${path.replaceAll('{run}', run)}`, {
      ...(body === undefined ? {} : { body: JSON.stringify(body).replaceAll('{run}', run) }),
    });
  const held = async () => (await ask('GET', `runs/get?run_id=${run}`)).said;

  beforeAll(async () => {
    folder = temporaryFolder('mlflow-bad');
    server = await startAllInOne(`${folder.path}/data`);
  });
  afterAll(async () => {
    await server.process.stop();
    folder.remove();
  });
  beforeAll(async () => {
    const { said } = await ask('POST', 'runs/create', { experiment_id: '0', run_name: 'untouched' });
    run = (said as { run: { info: { run_id: string } } }).run.info.run_id;
  });

  it.each(Object.entries(BATCHES))('refuses a batch with %s, and stores nothing of it', async (_name, bad) => {
    const before = await held();
    const whole = { run_id: run, ...bad.batch };
    const body = typeof bad.body === 'string' ? bad.body.replaceAll('{run}', run) : (bad.body ?? JSON.stringify(whole));
    const { status, said } = await send('POST', '/api/2.0/mlflow/runs/log-batch', {
      body,
      headers: { ...bad.headers },
    });
    expect({ status, ...said }).toEqual({
      status: bad.status ?? 400,
      error_code: bad.code ?? 'INVALID_PARAMETER_VALUE',
      message: expect.any(String) as string,
    });
    expect(await held()).toEqual(before);
  });

  it.each(Object.entries(SEARCHES))('refuses a search with %s', async (_name, search) => {
    const { status, said } = await ask('POST', 'runs/search', { experiment_ids: ['0'], ...search });
    expect({ status, code: said['error_code'] }).toEqual({ status: 400, code: 'INVALID_PARAMETER_VALUE' });
  });

  it('takes SQL within quotes for text', async () => {
    await ask('POST', 'runs/log-parameter', { run_id: run, key: 'quoted', value: '1' });
    const asked = { experiment_ids: ['0'], filter: `params.quoted = '1'' or 1=1 --' or tags."a' or ''='" = 'x'` };
    expect(await ask('POST', 'runs/search', asked)).toEqual({ status: 200, said: { runs: [] } });
  });

  it.each(OTHERS.map(([method, path, body]) => ({ method, path, body })))(
    'refuses $method $path $body',
    async ({ method, path, body }) => {
      const before = await held();
      const { status, said } = await ask(method, path, body);
      expect({ status, code: said['error_code'] }).toEqual({ status: 400, code: 'INVALID_PARAMETER_VALUE' });
      expect(await held()).toEqual(before);
    },
  );

  it('has made nothing of all that', async () => {
    const named = await ask('POST', 'experiments/search', { max_results: 100 });
    expect((named.said as { experiments: Array<{ name: string }> }).experiments.map(({ name }) => name)).toEqual([
      'Default',
    ]);
    const runs = await ask('POST', 'runs/search', { experiment_ids: ['0'] });
    expect((runs.said as { runs: unknown[] }).runs.length).toBe(1);
    expect((await ask('GET', 'registered-models/search')).said).toEqual({ registered_models: [] });
    const models = await ask('POST', 'logged-models/search', { experiment_ids: ['0'] });
    expect(models.said).toEqual({ models: [] });
  });

  it.each([
    ['GET', '/api/2.0/mlflow/nonsense'],
    ['POST', '/ajax-api/2.0/mlflow/runs/nonsense'],
    ['GET', '/api/2.0/mlflow/runs/log-batch'],
    ['DELETE', '/api/2.0/mlflow/runs/create'],
    ['GET', '/api/2.0/mlflow/runs//get'],
    ['GET', '/api/3.0/mlflow/nonsense'],
    ['PATCH', '/api/2.0/mlflow-artifacts/nonsense'],
  ])('has no %s %s', async (method, path) => {
    const { status, said } = await send(method, path);
    expect([status, said['error_code']]).toEqual([404, 'ENDPOINT_NOT_FOUND']);
  });

  it('says of every part that it does not speak yet that it does not', async () => {
    const described = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { summary?: string }>>;
    };
    const unspoken = Object.entries(described.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, { summary }]) => summary?.includes('501') === true)
        .map(([method]) => [method.toUpperCase(), path.replace(/\{\w+\}/g, 'x')] as const),
    );
    expect(unspoken.length).toBeGreaterThan(100);
    for (const [method, path] of unspoken) {
      const { status, said } = await send(method, path, method === 'GET' ? {} : { body: '{}' });
      expect([method, path, status, said['error_code']]).toEqual([method, path, 501, 'NOT_IMPLEMENTED']);
    }
  });
});
