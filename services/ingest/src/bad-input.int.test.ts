import { gzipSync } from 'node:zlib';
import { type MetricBatch, writeMetricBatch } from '@runledger/contracts';
import { openScene, refusalOf, type Scene, send, sendRaw, stateOf } from '../test/ingest-scene';

const MIB = 1024 * 1024;
const NDJSON = 'application/x-ndjson';
const PROTOBUF = 'application/x-protobuf';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.close());

const fact = (more: object = {}) => ({
  type: 'params.logged',
  subject: 'run/r1',
  data: { params: [{ key: 'lr', value: 1 }] },
  ...more,
});
const events = (...drafts: unknown[]): string => JSON.stringify({ events: drafts });
const metrics = (more: object = {}, series: object = {}): string =>
  JSON.stringify({ run: 'r1', series: [{ key: 'loss', steps: [1], values: [1], ...series }], ...more });
const batch = (more: Partial<MetricBatch> = {}): Buffer =>
  writeMetricBatch({
    run: 'r1',
    writer: 'p1',
    sequence: 0,
    id: 'b1',
    time: 5,
    keys: ['loss'],
    keyIndex: Uint32Array.of(0),
    steps: BigInt64Array.of(1n),
    times: BigInt64Array.of(5n),
    values: Float64Array.of(0.5),
    ...more,
  });
const thousand = (bad: unknown): string =>
  events(...Array.from({ length: 1_000 }, (_, i) => (i === 617 ? bad : fact({ id: `e${i}` }))));
const many = (n: number): Partial<MetricBatch> => ({
  keyIndex: new Uint32Array(n),
  steps: new BigInt64Array(n),
  times: new BigInt64Array(n),
  values: new Float64Array(n),
});
/** A field of the wire format that no batch has. */
const withUnknownField = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.of((11 << 3) | 0, 1)]);

type Bad = [what: string, path: string, body: string | Buffer, how: object, refusal: [number, string]];
const json = {};

const ENVELOPE: Bad[] = [
  ['an empty body', 'events', '', json, [400, 'HTTP_BAD_JSON']],
  ['no JSON', 'events', 'hello', json, [400, 'HTTP_BAD_JSON']],
  ['JSON that is cut', 'events', events(fact()).slice(0, -5), json, [400, 'HTTP_BAD_JSON']],
  ['a list', 'events', '[]', json, [400, 'INGEST_BAD_BODY']],
  ['no events', 'events', '{}', json, [400, 'INGEST_BAD_BODY']],
  ['a member beside the events', 'events', '{"events":[],"workspace":"other"}', json, [400, 'INGEST_BAD_BODY']],
  ['an empty list of events', 'events', events(), json, [400, 'INGEST_NO_DRAFTS']],
  ['too many events', 'events', events(...Array<number>(10_001).fill(0)), json, [413, 'INGEST_TOO_MANY_DRAFTS']],
  ['too many lines', 'events', '0\n'.repeat(10_001), { type: NDJSON }, [413, 'INGEST_TOO_MANY_DRAFTS']],
  ['no line', 'events', '\n \n', { type: NDJSON }, [400, 'INGEST_NO_DRAFTS']],
  ['a body of 8 MiB and a byte', 'events', ' '.repeat(8 * MIB + 1), json, [413, 'HTTP_BODY_TOO_LARGE']],
  [
    'metrics of 16 MiB and a byte',
    'metrics',
    Buffer.alloc(16 * MIB + 1),
    { type: PROTOBUF },
    [413, 'HTTP_BODY_TOO_LARGE'],
  ],
  ['a bomb', 'events', gzipSync(Buffer.alloc(100 * MIB)), { encoding: 'gzip' }, [413, 'HTTP_BODY_TOO_LARGE']],
  [
    'a bomb of metrics',
    'metrics',
    gzipSync(Buffer.alloc(100 * MIB)),
    { type: PROTOBUF, encoding: 'gzip' },
    [413, 'HTTP_BODY_TOO_LARGE'],
  ],
  ['gzip that is none', 'events', events(fact()), { encoding: 'gzip' }, [400, 'HTTP_BAD_GZIP']],
  [
    'gzip that is cut',
    'events',
    gzipSync(events(fact())).subarray(0, -4),
    { encoding: 'gzip' },
    [400, 'HTTP_BAD_GZIP'],
  ],
  ['zstd', 'events', events(fact()), { encoding: 'zstd' }, [415, 'HTTP_BAD_ENCODING']],
  ['br', 'metrics', metrics(), { encoding: 'br' }, [415, 'HTTP_BAD_ENCODING']],
  ['a form', 'events', 'events=1', { type: 'application/x-www-form-urlencoded' }, [415, 'HTTP_BAD_MEDIA_TYPE']],
  ['protobuf where facts go', 'events', batch(), { type: PROTOBUF }, [415, 'HTTP_BAD_MEDIA_TYPE']],
  ['lines where metrics go', 'metrics', metrics(), { type: NDJSON }, [415, 'HTTP_BAD_MEDIA_TYPE']],
  ['no key', 'events', events(fact()), { key: '' }, [401, 'ACCESS_BAD_CREDENTIALS']],
  ['a wrong key', 'metrics', metrics(), { key: 'rlk_wrong' }, [401, 'ACCESS_BAD_CREDENTIALS']],
];

const HOSTILE: Bad[] = [
  ['deep nesting', 'events', '['.repeat(100_000), json, [400, 'HTTP_TOO_DEEP']],
  ['deep data', 'events', `{"events":[{"data":${'[0,'.repeat(70)}`, json, [400, 'HTTP_TOO_DEEP']],
  [
    'a member that comes twice',
    'events',
    events(fact()).replace('"type"', '"type":"run.finished","type"'),
    json,
    [400, 'HTTP_DUPLICATE_MEMBER'],
  ],
  [
    'a member that comes twice deep inside',
    'metrics',
    metrics().replace('"key"', '"key":"a","\\u006bey"'),
    json,
    [400, 'HTTP_DUPLICATE_MEMBER'],
  ],
  [
    'a member of a prototype',
    'events',
    events(fact()).replace('"data":', '"__proto__":{"admin":true},"data":'),
    json,
    [400, 'HTTP_PROTOTYPE_NAME'],
  ],
  [
    'a constructor',
    'metrics',
    metrics().replace('"run"', '"constructor":{},"run"'),
    json,
    [400, 'HTTP_PROTOTYPE_NAME'],
  ],
  [
    'invalid UTF-8',
    'events',
    Buffer.concat([Buffer.from('{"events":["'), Buffer.of(0xc3, 0x28), Buffer.from('"]}')]),
    json,
    [400, 'HTTP_UNCLEAN_TEXT'],
  ],
  ['a lone surrogate', 'events', events(fact()).replace('"lr"', '"\\ud800"'), json, [400, 'HTTP_UNCLEAN_TEXT']],
  ['NUL', 'events', events(fact()).replace('"lr"', '"l\\u0000r"'), json, [400, 'HTTP_UNCLEAN_TEXT']],
  ['NUL in a name', 'metrics', metrics({}, { key: 'a\u0000' }), json, [400, 'HTTP_UNCLEAN_TEXT']],
  ['UTF-16', 'events', Buffer.from(events(fact()), 'utf16le'), json, [400, 'HTTP_BAD_JSON']],
  [
    'a number beyond all doubles',
    'metrics',
    metrics().replace('"values":[1]', '"values":[1e999]'),
    json,
    [400, 'HTTP_INEXACT_NUMBER'],
  ],
  [
    'a step that a double would change',
    'metrics',
    metrics().replace('"steps":[1]', '"steps":[9007199254740993]'),
    json,
    [400, 'HTTP_INEXACT_NUMBER'],
  ],
  ['NaN without quotes', 'metrics', metrics().replace('"values":[1]', '"values":[NaN]'), json, [400, 'HTTP_BAD_JSON']],
];

const ITEMS: Bad[] = [
  ['one bad fact among a thousand', 'events', thousand(fact({ type: 'nope' })), json, [400, 'INGEST_BAD_BATCH']],
  [
    'a link that runs code',
    'events',
    events(fact({ type: 'run.linked', data: { links: [{ kind: 'job', uri: 'javascript:alert(1)' }] } })),
    json,
    [400, 'INGEST_BAD_BATCH'],
  ],
  ['one fact without data among a thousand', 'events', thousand(fact({ data: {} })), json, [400, 'INGEST_BAD_BATCH']],
  [
    'lines that are cut in the middle',
    'events',
    `${JSON.stringify(fact())}\n${JSON.stringify(fact()).slice(0, 30)}`,
    { type: NDJSON },
    [400, 'INGEST_BAD_BATCH'],
  ],
  [
    'one line that is hostile',
    'events',
    `${JSON.stringify(fact())}\n{"a":1,"a":2}\n`,
    { type: NDJSON },
    [400, 'INGEST_BAD_BATCH'],
  ],
  [
    'an artifact that nobody uploaded',
    'events',
    events(fact({ type: 'artifact.stored', data: { path: 'a', digest: `sha256:${'0'.repeat(64)}`, size: 1 } })),
    json,
    [400, 'INGEST_BAD_BATCH'],
  ],
  [
    'a decision',
    'events',
    events(fact({ type: 'experiment.deleted', data: { experiment: 'x1' } })),
    json,
    [400, 'INGEST_BAD_BATCH'],
  ],
  ['a workspace of its own', 'events', events(fact({ workspace: 'other' })), json, [400, 'INGEST_BAD_BATCH']],
  [
    'an id used for two facts',
    'events',
    events(fact({ id: 'e1' }), fact({ id: 'e1', data: { params: [{ key: 'lr', value: 2 }] } })),
    json,
    [409, 'INGEST_BAD_BATCH'],
  ],
  [
    'a fork at no step',
    'events',
    events({ type: 'run.started', subject: 'run/r1', data: { experiment: 'x', fork: { run: 'r0', step: 'abc' } } }),
    json,
    [400, 'INGEST_BAD_BATCH'],
  ],
  ['a metric batch without a run', 'metrics', metrics({ run: '' }), json, [400, 'INGEST_BAD_METRICS']],
  ['half a step', 'metrics', metrics({}, { steps: [1.5] }), json, [400, 'INGEST_BAD_METRICS']],
  ['a step of 2^63', 'metrics', metrics({}, { steps: ['9223372036854775808'] }), json, [400, 'INGEST_BAD_METRICS']],
  ['a value that is text', 'metrics', metrics({}, { values: ['1'] }), json, [400, 'INGEST_BAD_METRICS']],
  ['columns of different lengths', 'metrics', metrics({}, { steps: [1, 2] }), json, [400, 'INGEST_BAD_METRICS']],
  ['a sequence without a writer', 'metrics', metrics({ sequence: 1 }), json, [400, 'INGEST_BAD_METRICS']],
];

const WIRE: Bad[] = [
  ['no bytes', batch().subarray(0, 0)],
  ['random bytes', Buffer.from('random bytes, and no protobuf')],
  ['a batch that is cut', batch().subarray(0, -3)],
  ['a batch with a field that nobody knows', withUnknownField(batch())],
  ['a batch without points', batch(many(0))],
  ['a batch of 200,001 points', batch(many(200_001))],
  ['a batch of a run with no name', batch({ run: '' })],
  ['a batch of a run outside', batch({ run: '../r1' })],
  ['a batch without an id', batch({ id: '' })],
  ['a sequence without a writer', batch({ writer: '' })],
  ['a key that comes twice', batch({ keys: ['a', 'a'] })],
  ['a key of a prototype', batch({ keys: ['__proto__'] })],
  ['a key with NUL', batch({ keys: ['a\u0000'] })],
  ['a key that is too long', batch({ keys: ['k'.repeat(251)] })],
  ['an index without a key', batch({ keyIndex: Uint32Array.of(1) })],
  ['a column that is too short', batch({ steps: new BigInt64Array(0) })],
  ['a time after the year 9999', batch({ time: 8_640_000_000_000_001 })],
  ['a time that no date can have', batch({ time: Number.MAX_SAFE_INTEGER })],
].map(
  ([what, bytes]): Bad => [String(what), 'metrics', bytes as Buffer, { type: PROTOBUF }, [400, 'CONTRACTS_BAD_BATCH']],
);

describe.each([
  ['requests', ENVELOPE],
  ['texts', HOSTILE],
  ['items', ITEMS],
  ['batches', WIRE],
])('bad %s', (_group, cases) => {
  it.each(cases)('are refused, and nothing is published: %s', async (...[, path, body, how, refusal]: Bad) => {
    const before = await stateOf(scene);
    const began = performance.now();
    const answer = await send(scene, path, body, how);
    expect(refusalOf(answer)).toEqual(refusal);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(JSON.stringify(answer.body)).not.toMatch(/ at .+:\d+:\d+|node_modules/);
    expect(await stateOf(scene)).toEqual(before);
  });
});

it('names every bad item, and says how many there are', async () => {
  const drafts = [fact(), fact({ type: 'nope' }), fact(), fact({ data: { params: [{ key: 'a', value: null }] } })];
  expect((await send(scene, 'events', events(...drafts))).body).toMatchObject({
    error: {
      details: {
        total: 2,
        bad: [
          { index: 1, code: 'INGEST_UNKNOWN_TYPE' },
          { index: 3, code: 'CONTRACTS_BAD_DATA', message: expect.stringContaining('data: params.0.value') as string },
        ],
      },
    },
  });
});

it('publishes nothing of a body that ends before its length', async () => {
  const before = await stateOf(scene);
  const body = events(fact());
  const { connect } = await import('node:net');
  const { hostname, port } = new URL(scene.server.url);
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      const head = `POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${scene.keys.writer}`;
      socket.end(`${head}\r\nContent-Type: application/json\r\nContent-Length: ${body.length + 1}\r\n\r\n${body}`);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
    socket.resume();
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await stateOf(scene)).toEqual(before);
});

it('answers a flood of headers without reading on', async () => {
  const flood = Array.from({ length: 2_000 }, (_, i) => `x-${i}: ${'y'.repeat(50)}`).join('\r\n');
  expect(await sendRaw(scene, `POST /api/v1/events HTTP/1.1\r\n${flood}`)).toMatch(/^HTTP\/1.1 431 /);
});

it('is none the worse for all that', async () => {
  expect((await send(scene, 'events', events(fact()))).status).toBe(202);
  expect((await send(scene, 'metrics', batch(), { type: PROTOBUF })).status).toBe(202);
  expect(({} as { admin?: unknown }).admin).toBeUndefined();
});
