import { eventRecord, metricRecord, type Recorded, writeMetricBatch } from '@runledger/contracts';
import { leafHash } from '@runledger/merkle';
import { draftsOf, payloadDigest, writeLeaf } from './leaf';
import { segmentLine, segmentRoot, segmentsOf } from './segment';

const SHARED = { workspace: 'default', source: 'test', actor: 'actor-1', recordedtime: '2026-01-02T03:04:05.678Z' };
const salt = Buffer.alloc(32, 7);
const event = (id: string, data: unknown) => ({
  id,
  type: 'tags.set',
  time: '2026-01-02T03:04:05Z',
  dataversion: 1,
  data,
});
const inLog = (record: Omit<Recorded, 'partition' | 'offset' | 'appended'>, offset: number): Recorded => ({
  ...record,
  partition: 3,
  offset,
  appended: Date.UTC(2026, 0, 2),
});
const numbers = (streamSeq: number) => ({ streamSeq, project: null, projectSeq: null });
const facts = (...events: Array<ReturnType<typeof event>>): Recorded =>
  inLog(eventRecord({ ...SHARED, topic: 'runs', subject: 'run/r1', events }), 41);

const first = { tags: [{ key: 'user', value: 'Ada Lovelace' }] };

describe('a leaf', () => {
  it('says what happened, when, to what and by whom, and only commits to the payload', () => {
    const { workspace, drafts } = draftsOf(facts(event('e1', first), event('e2', { tags: [] })), () => salt);
    expect([workspace, drafts.length]).toEqual(['default', 2]);
    const { entry, hash } = writeLeaf(drafts[0]!, numbers(7));
    expect(entry.toString()).toBe(
      `{"actor":"actor-1","at":{"offset":41,"ordinal":0,"partition":3,"topic":"runledger.runs.v1"},"id":"e1",` +
        `"payload_alg":"hmac-sha256","payload_digest":"${payloadDigest({ event: event('e1', first) }, salt)}",` +
        `"recorded":"2026-01-02T03:04:05.678Z","stream":"run/r1","stream_seq":7,"time":"2026-01-02T03:04:05Z","type":"tags.set","v":2}`,
    );
    expect(hash).toEqual(leafHash(entry));
    expect(entry.toString()).not.toContain('Ada');
  });

  it('says its number in the project where one is known, which the first event of a stream tells', () => {
    const announced = (type: string, data: object) =>
      draftsOf(facts({ ...event('e', data), type }), () => salt).drafts[0]!;
    expect(announced('run.started', { experiment: 'x', project: 'p1' }).project).toBe('p1');
    expect(announced('run.started', { experiment: 'x' }).project).toBe('default');
    expect(announced('tags.set', { project: 'p1' }).project).toBeNull();
    const { entry } = writeLeaf(announced('run.started', {}), { streamSeq: 3, project: 'p1', projectSeq: 9 });
    expect(JSON.parse(entry.toString())).toMatchObject({ stream_seq: 3, project: 'p1', project_seq: 9, v: 2 });
  });

  it('commits to the meaning: another order of members is the same, another value or salt is not', () => {
    const digest = (data: unknown, by = salt) => payloadDigest({ event: event('e', data) }, by);
    expect(digest({ a: 1, b: [2] })).toBe(digest({ b: [2], a: 1 }));
    expect(digest({ a: 1, b: [2] })).not.toBe(digest({ a: 1, b: [3] }));
    expect(digest({ a: 1 })).not.toBe(digest({ a: 1 }, Buffer.alloc(32, 8)));
    expect(payloadDigest({ event: { ...event('e', {}), dataversion: 2 } }, salt)).not.toBe(digest({}));
  });

  it('is made of a record that cannot be read, too', () => {
    const torn = { ...facts(event('e1', first)), value: Buffer.from('[{') };
    const { workspace, drafts } = draftsOf(torn, () => salt);
    expect([workspace, drafts.map(({ stream, event: id }) => [stream, id])]).toEqual([
      'default',
      [['unreadable/runledger.runs.v1/3', 'runledger.runs.v1/3/41']],
    ]);
    expect(JSON.parse(writeLeaf(drafts[0]!, numbers(0)).entry.toString())).toMatchObject({ type: 'record.unreadable' });
    const surrogate = facts(event('e1', { tags: '\ud800' }));
    expect(draftsOf(surrogate, () => salt).drafts[0]?.body['type']).toBe('record.unreadable');
    const nobodys = { ...torn, headers: { ...torn.headers, ce_workspace: 'NOT ONE' } };
    expect(draftsOf(nobodys, () => salt).workspace).toBe('default');
  });

  it('has at most 32 KiB', () => {
    const [draft] = draftsOf(facts(event('e1', first)), () => salt).drafts;
    expect(() => writeLeaf({ ...draft!, stream: 'x'.repeat(33_000) }, numbers(0))).toThrow(
      expect.objectContaining({ code: 'NOTARY_LEAF_TOO_LARGE' }),
    );
  });
});

describe('a segment', () => {
  function batch(run: string, sequence: number, workspace = 'default'): Recorded {
    const steps = BigInt64Array.from([1n, 2n, 3n]);
    const made = {
      run,
      writer: 'w',
      sequence,
      id: `${run}-${sequence}`,
      time: 1_790_000_000_000,
      keys: ['loss'],
      keyIndex: new Uint32Array(3),
      steps,
      times: steps,
      values: Float64Array.from([0.5, Number.NaN, 1]),
    };
    return inLog(metricRecord(made, writeMetricBatch(made), { ...SHARED, workspace }), 100 + sequence);
  }
  const records = [batch('a', 0), batch('b', 1, 'other'), batch('a', 2)];
  const piece = { topic: 'runledger.metrics.v1', partition: 3, records };

  it('is one leaf for each workspace, over a line for each message', () => {
    const segments = segmentsOf(piece);
    expect(segments.map(({ workspace }) => workspace)).toEqual(['default', 'other']);
    const own = segments[0]!.drafts[0]!;
    const leaf = JSON.parse(writeLeaf(own, numbers(0)).entry.toString()) as { segment: object };
    expect(leaf).toMatchObject({ type: 'segment.closed', stream: 'segment/runledger.metrics.v1/3' });
    expect(leaf.segment).toEqual({
      topic: 'runledger.metrics.v1',
      partition: 3,
      first: 100,
      last: 102,
      messages: 2,
      points: 6,
      root: segmentRoot([records[0]!, records[2]!].map(segmentLine)).toString('hex'),
    });
  });

  it('has another root when a message of it is another, missing, doubled or elsewhere', () => {
    const [a, b, c] = records as [Recorded, Recorded, Recorded];
    const root = (...some: Recorded[]) => segmentRoot(some.map(segmentLine)).toString('hex');
    const flipped = { ...a, value: Uint8Array.from(a.value).map((byte, i) => (i === 20 ? byte ^ 1 : byte)) };
    const others = [[flipped, c], [a], [a, c, c], [c, a], [a, b, c], [{ ...a, offset: 99 }, c]];
    for (const other of others) expect(root(...other)).not.toBe(root(a, c));
    const renamed = { ...a, headers: { ...a.headers, ce_actor: 'somebody else' } };
    expect(root(renamed, c)).not.toBe(root(a, c));
  });

  it('counts no points of a message that cannot be read, and commits to its bytes', () => {
    const torn = { ...records[0]!, value: Buffer.from('torn') };
    expect(JSON.parse(segmentLine(torn).text)).not.toHaveProperty('points');
    expect(segmentsOf({ ...piece, records: [torn] })[0]?.drafts[0]?.body['segment']).toMatchObject({
      messages: 1,
      points: 0,
    });
  });
});
