import { gzipSync } from 'node:zlib';
import {
  decodePositionToken,
  type MetricBatch,
  readEventRecord,
  readMetricBatch,
  runSubject,
  writeMetricBatch,
} from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import { openScene, recordsOf, refusalOf, type Scene, send, stateOf } from '../test/ingest-scene';

const RUNS = 'runledger.runs.v1';
const METRICS = 'runledger.metrics.v1';
const PROTOBUF = 'application/x-protobuf';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({ publishTimeoutMs: 1_000 });
});
afterAll(() => scene.close());
afterEach(() => scene.log.healthy());

const fact = (run: string, more: object = {}) => ({
  type: 'tags.set',
  subject: runSubject(run),
  data: { tags: [{ key: 'a', value: 'b' }] },
  ...more,
});
const events = (...drafts: unknown[]): string => JSON.stringify({ events: drafts });
const batch = (run: string, more: Partial<MetricBatch> = {}): Buffer =>
  writeMetricBatch({
    run,
    writer: 'p1',
    sequence: 0,
    id: `b-${run}`,
    time: 1_700_000_000_000,
    keys: ['loss'],
    keyIndex: Uint32Array.of(0, 0),
    steps: BigInt64Array.of(1n, 2n),
    times: BigInt64Array.of(5n, 6n),
    values: Float64Array.of(0.5, Number.NaN),
    ...more,
  });
const positionOf = ({ body }: { body: unknown }) => decodePositionToken((body as { position: string }).position);
const ofRun = async (topic: string, run: string, workspace = 'default') =>
  (await recordsOf(scene, topic)).filter(({ key }) => key === `${workspace}/${runSubject(run)}`);

describe('facts', () => {
  it('are in the log when they are acknowledged, at the position of the answer', async () => {
    const answer = await send(scene, 'events', events(fact('f1', { id: 'e1' }), fact('f1', { id: 'e2' })));
    expect([answer.status, answer.body]).toEqual([202, { accepted: 2, position: expect.any(String) as string }]);
    const [record] = await ofRun(RUNS, 'f1');
    const { partition, offset } = record ?? {};
    expect(positionOf(answer)).toEqual({
      incarnation: scene.log.incarnation,
      log: [{ topic: RUNS, partition, offset }],
      journal: [],
    });
    expect(record && readEventRecord(record)).toMatchObject({
      workspace: 'default',
      actor: 'u1',
      subject: 'run/f1',
      events: [{ id: 'e1' }, { id: 'e2' }],
    });
  });

  it('may come as lines, and compressed', async () => {
    const lines = `${JSON.stringify(fact('f2', { id: 'e1' }))}\r\n\n  \n${JSON.stringify(fact('f2', { id: 'e2' }))}`;
    const type = 'application/x-ndjson';
    expect((await send(scene, 'events', lines, { type })).body).toMatchObject({ accepted: 2 });
    const zipped = await send(scene, 'events', gzipSync(lines), { type, encoding: 'gzip' });
    expect(zipped.status).toBe(202);
    const ids = (await ofRun(RUNS, 'f2')).map((record) => readEventRecord(record).events.map(({ id }) => id));
    expect(ids).toEqual([
      ['e1', 'e2'],
      ['e1', 'e2'],
    ]);
  });

  it('of one request have one message for each run, and the answer names all places', async () => {
    const answer = await send(scene, 'events', events(fact('f3'), fact('f4'), fact('f5'), fact('f3')));
    const places = new Set(positionOf(answer).log.map(({ partition }) => partition));
    const records = await Promise.all(['f3', 'f4', 'f5'].map((run) => ofRun(RUNS, run)));
    expect(records.map((found) => found.length)).toEqual([1, 1, 1]);
    expect(places).toEqual(new Set(records.flat().map(({ partition }) => partition)));
  });

  it('stay in the workspace of the key, under whatever run they are sent', async () => {
    await send(scene, 'events', events(fact('f6')), { key: scene.keys.other });
    expect([await ofRun(RUNS, 'f6'), (await ofRun(RUNS, 'f6', 'other')).length]).toEqual([[], 1]);
  });

  it('carry the trace that they belong to, when it is one', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await send(scene, 'events', events(fact('f7')), { headers: { traceparent } });
    await send(scene, 'events', events(fact('f7')), { headers: { traceparent: 'nonsense' } });
    expect((await ofRun(RUNS, 'f7')).map(({ headers }) => headers['ce_traceparent'])).toEqual([traceparent, undefined]);
  });
});

describe('metrics', () => {
  it('are published as the bytes that came', async () => {
    const bytes = batch('m1');
    const answer = await send(scene, 'metrics', bytes, { type: PROTOBUF });
    expect([answer.status, answer.body]).toMatchObject([202, { accepted: 2 }]);
    const [record] = await ofRun(METRICS, 'm1');
    expect(Buffer.from(record?.value ?? []).equals(bytes)).toBe(true);
    expect(record?.headers).toMatchObject({
      ce_type: 'metrics.logged',
      ce_id: 'b-m1',
      ce_writer: 'p1',
      ce_sequence: '0',
      ce_workspace: 'default',
      ce_subject: 'run/m1',
    });
    expect(positionOf(answer).log).toEqual([{ topic: METRICS, partition: record?.partition, offset: record?.offset }]);
  });

  it('have one NaN, whatever bits the client gave it', async () => {
    const bytes = batch('m2');
    bytes.writeBigUInt64LE(0xfff8_0000_dead_beefn, bytes.length - 8);
    await send(scene, 'metrics', gzipSync(bytes), { type: 'application/protobuf', encoding: 'gzip' });
    const [record] = await ofRun(METRICS, 'm2');
    expect(Buffer.from(record?.value ?? []).equals(batch('m2'))).toBe(true);
  });

  it('may come in JSON', async () => {
    const body = {
      run: 'm3',
      writer: 'p1',
      sequence: 4,
      series: [{ key: 'loss', steps: [1, '9007199254740993'], values: [0.5, 'NaN'], times: [5, 6] }],
    };
    expect((await send(scene, 'metrics', JSON.stringify(body))).body).toMatchObject({ accepted: 2 });
    const [record] = await ofRun(METRICS, 'm3');
    expect(record && readMetricBatch(record.value)).toMatchObject({
      run: 'm3',
      writer: 'p1',
      sequence: 4,
      keys: ['loss'],
      steps: BigInt64Array.of(1n, 9_007_199_254_740_993n),
      values: Float64Array.of(0.5, Number.NaN),
    });
  });

  it('may be as many as one batch can hold', async () => {
    const n = 200_000;
    const columns = {
      keyIndex: new Uint32Array(n),
      times: new BigInt64Array(n),
      values: new Float64Array(n).fill(0.1),
    };
    const bytes = batch('m4', { ...columns, steps: BigInt64Array.from({ length: n }, (_, i) => BigInt(i)) });
    expect((await send(scene, 'metrics', bytes, { type: PROTOBUF })).body).toMatchObject({ accepted: n });
  });
});

describe('a log that is slow or away', () => {
  const away = (kind: 'unavailable' | 'overloaded') => () => {
    throw new Fault(kind, 'BUS_TEST', 'not now');
  };

  it.each<['unavailable' | 'overloaded', number]>([
    ['unavailable', 503],
    ['overloaded', 429],
  ])('that is %s answers %i with Retry-After, and never 2xx', async (kind, status) => {
    scene.log.before = away(kind);
    const before = await stateOf(scene);
    for (const [path, body, type] of [
      ['events', events(fact('l1')), 'application/json'],
      ['metrics', batch('l1'), PROTOBUF],
    ] as const) {
      const answer = await send(scene, path, body, { type });
      expect([...refusalOf(answer), Number(answer.headers.get('retry-after')) >= 1]).toEqual([
        status,
        'BUS_TEST',
        true,
      ]);
    }
    expect(await stateOf(scene)).toEqual(before);
  });

  it('that does not answer is given up after the deadline, and the retry is taken', async () => {
    scene.log.before = () => new Promise((resolve) => setTimeout(resolve, 1_500));
    const began = performance.now();
    const answer = await send(scene, 'events', events(fact('l2', { id: 'e1' })));
    expect(refusalOf(answer)).toEqual([503, 'BUS_SLOW']);
    expect(performance.now() - began).toBeLessThan(3_000);
    scene.log.healthy();
    expect((await send(scene, 'events', events(fact('l2', { id: 'e1' })))).status).toBe(202);
  });

  it('that took the records and lost the answer has them twice after the retry, with the same identity', async () => {
    scene.log.after = away('unavailable');
    const bytes = batch('l3');
    expect((await send(scene, 'metrics', bytes, { type: PROTOBUF })).status).toBe(503);
    expect((await send(scene, 'events', events(fact('l3', { id: 'e1' })))).status).toBe(503);
    scene.log.healthy();
    expect((await send(scene, 'metrics', bytes, { type: PROTOBUF })).status).toBe(202);
    expect((await send(scene, 'events', events(fact('l3', { id: 'e1' })))).status).toBe(202);
    const sent = (await ofRun(METRICS, 'l3')).map(({ value, headers }) => [
      Buffer.from(value).equals(bytes),
      headers['ce_id'],
    ]);
    expect(sent).toEqual([
      [true, 'b-l3'],
      [true, 'b-l3'],
    ]);
    const facts = (await ofRun(RUNS, 'l3')).map((record) =>
      readEventRecord(record).events.map(({ id, data }) => [id, data]),
    );
    expect(facts).toEqual([facts[0], facts[0]]);
  });

  it('whose connections are cut again and again loses nothing that was acknowledged', async () => {
    const acknowledged = new Set<string>();
    const refused = new Map<number, number>();
    let cutting = true;
    const cutter = (async () => {
      while (cutting) {
        await new Promise((resolve) => setTimeout(resolve, 60));
        await scene.source
          .query(
            `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
             and pid <> pg_backend_pid() and query ilike '%log_record%'`,
          )
          .catch(() => undefined);
      }
    })();
    const client = async (run: string): Promise<void> => {
      for (let i = 0; i < 60; i++) {
        const id = `${run}-${i}`;
        const answer = await send(scene, 'events', events(fact(run, { id })));
        if (answer.status === 202) acknowledged.add(id);
        else refused.set(answer.status, (refused.get(answer.status) ?? 0) + 1);
      }
    };
    await Promise.all(['c1', 'c2', 'c3', 'c4'].map(client));
    cutting = false;
    await cutter;
    const stored = new Set(
      (await recordsOf(scene, RUNS)).flatMap((record) => readEventRecord(record).events.map(({ id }) => id)),
    );
    expect([...acknowledged].filter((id) => !stored.has(id))).toEqual([]);
    expect(acknowledged.size).toBeGreaterThan(20);
    expect([...refused.keys()].filter((status) => status !== 503 && status !== 429)).toEqual([]);
  });

  it('sent every batch three times, in any order, by two clients, holds one identity for each', async () => {
    const sends = Array.from({ length: 20 }, (_, sequence) => {
      const bytes = batch('f9', { id: `b${sequence}`, sequence });
      return [bytes, bytes, bytes];
    }).flat();
    const shuffled = sends.map((bytes, i) => ({ bytes, at: Math.sin(i * 12.9898) })).sort((a, b) => a.at - b.at);
    const half = shuffled.length / 2;
    const client = async (part: typeof shuffled): Promise<void> => {
      for (const { bytes } of part) expect((await send(scene, 'metrics', bytes, { type: PROTOBUF })).status).toBe(202);
    };
    await Promise.all([client(shuffled.slice(0, half)), client(shuffled.slice(half))]);
    const records = await ofRun(METRICS, 'f9');
    const identities = records.map(({ headers, value }) => {
      const { id, writer, sequence } = readMetricBatch(value);
      expect(headers).toMatchObject({ ce_id: id, ce_writer: writer, ce_sequence: String(sequence) });
      return `${id} ${writer} ${sequence} ${Buffer.from(value).toString('base64')}`;
    });
    expect([records.length, new Set(identities).size]).toEqual([60, 20]);
  });
});
