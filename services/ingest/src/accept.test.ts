import { readEventRecord } from '@runledger/contracts';
import { Fault, isFault } from '@runledger/kernel';
import { acceptDrafts, type Stamp } from './accept';
import { MAX_DRAFTS } from './ingest.schema';

const NOW = '2026-05-04T03:02:01.000Z';
const stamp: Stamp = { workspace: 'w1', actor: 'a1', source: 'runledger/ingest', recordedtime: NOW };

const params = (run = 'r1', more: object = {}) => ({
  type: 'params.logged',
  subject: `run/${run}`,
  data: { params: [{ key: 'lr', value: 0.1 }] },
  ...more,
});
const line = (run = 'r1', more: object = {}) => ({
  type: 'console.written',
  subject: `run/${run}`,
  data: { stream: 'stdout', firstLine: 0, lines: [{ time: NOW, text: 'hello' }] },
  ...more,
});

const accept = (...items: unknown[]) => acceptDrafts(items, stamp);
function refusal(...items: unknown[]): Fault {
  try {
    accept(...items);
  } catch (error) {
    if (isFault(error)) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
/** Index and code of every bad item. */
const named = (...items: unknown[]): Array<[number, string]> => {
  const { bad } = refusal(...items).context['details'] as { bad: Array<{ index: number; code: string }> };
  return bad.map(({ index, code }) => [index, code]);
};

describe('drafts that are good', () => {
  it('are published as one message for each topic and subject, in the order of the request', () => {
    const { records, accepted } = accept(
      params('r1', { id: 'e1' }),
      params('r2', { id: 'e2' }),
      line('r1', { id: 'e3' }),
      params('r1', { id: 'e4' }),
    );
    expect(accepted).toBe(4);
    expect(records.map(({ topic, key }) => [topic, key])).toEqual([
      ['runledger.runs.v1', 'w1/run/r1'],
      ['runledger.runs.v1', 'w1/run/r2'],
      ['runledger.console.v1', 'w1/run/r1'],
    ]);
    expect(records.map((record) => readEventRecord(record).events.map(({ id }) => id))).toEqual([
      ['e1', 'e4'],
      ['e2'],
      ['e3'],
    ]);
  });

  it('carry what the server knows and what the client said', () => {
    const traced = { ...stamp, traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' };
    const draft = params('r1', { id: 'e1', time: '2026-01-01T00:00:00+02:00', writer: 'p1', sequence: 3 });
    const [record] = acceptDrafts([draft], traced).records;
    expect(record && readEventRecord(record)).toEqual({
      ...traced,
      subject: 'run/r1',
      writer: 'p1',
      sequence: 3,
      keyid: undefined,
      events: [{ id: 'e1', type: 'params.logged', time: draft['time' as never], dataversion: 1, data: draft.data }],
    });
  });

  it('get an id and the time of the request when they have none', () => {
    const [record] = accept(params()).records;
    const [event] = record ? readEventRecord(record).events : [];
    expect(event).toMatchObject({ time: NOW, dataversion: 1 });
    expect(event?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  });

  it('keep their data as they were written, without defaults filled in', () => {
    const data = { name: 'renamed', experiment: 'x1' };
    const [record] = accept({ type: 'run.started', subject: 'run/r1', data }).records;
    expect(record && readEventRecord(record).events[0]?.data).toEqual(data);
  });

  it('may say writer and sequence once for all of one topic and subject', () => {
    const [record] = accept(params(), params('r1', { writer: 'p1', sequence: 0 })).records;
    expect(record?.headers).toMatchObject({ ce_writer: 'p1', ce_sequence: '0' });
  });

  it('may have another writer in another topic or for another run', () => {
    const other = { writer: 'p2', sequence: 9 };
    const { records } = accept(params('r1', { writer: 'p1', sequence: 0 }), params('r2', other), line('r1', other));
    expect(records.map(({ headers }) => headers['ce_writer'])).toEqual(['p1', 'p2', 'p2']);
  });

  it("may come twice in one request when they say the same, and share an id with another run's", () => {
    const other = { params: [{ key: 'seed', value: 7 }] };
    expect(accept(params('r1', { id: 'e1' }), params('r1', { id: 'e1' })).accepted).toBe(2);
    expect(accept(params('r1', { id: 'e1' }), params('r2', { id: 'e1', data: other })).accepted).toBe(2);
  });
});

describe('drafts that are bad', () => {
  it.each<[what: string, draft: unknown, code: string]>([
    ['no object', 7, 'INGEST_BAD_DRAFT'],
    ['null', null, 'INGEST_BAD_DRAFT'],
    ['an array', [], 'INGEST_BAD_DRAFT'],
    ['without a type', { subject: 'run/r1', data: {} }, 'INGEST_BAD_DRAFT'],
    ['without a subject', { type: 'params.logged', data: params().data }, 'INGEST_BAD_DRAFT'],
    ['without data', { type: 'params.logged', subject: 'run/r1' }, 'INGEST_BAD_DRAFT'],
    ['about an experiment', params('r1', { subject: 'experiment/e1' }), 'INGEST_BAD_DRAFT'],
    ['about nothing', params('r1', { subject: 'run/' }), 'INGEST_BAD_DRAFT'],
    ['about a path', params('../r1'), 'INGEST_BAD_DRAFT'],
    ['about a run of a long name', params('r'.repeat(129)), 'INGEST_BAD_DRAFT'],
    ['that names a workspace', params('r1', { workspace: 'w2' }), 'INGEST_BAD_DRAFT'],
    ['that names an actor', params('r1', { actor: 'somebody' }), 'INGEST_BAD_DRAFT'],
    ['that names its recorded time', params('r1', { recordedtime: NOW }), 'INGEST_BAD_DRAFT'],
    ['with a bad id', params('r1', { id: 'a b' }), 'INGEST_BAD_DRAFT'],
    ['with a time without a zone', params('r1', { time: '2026-01-01T00:00:00' }), 'INGEST_BAD_DRAFT'],
    ['with a time that is a number', params('r1', { time: 0 }), 'INGEST_BAD_DRAFT'],
    ['with a sequence below 0', params('r1', { writer: 'p1', sequence: -1 }), 'INGEST_BAD_DRAFT'],
    ['with half a sequence', params('r1', { writer: 'p1', sequence: 0.5 }), 'INGEST_BAD_DRAFT'],
    ['with a sequence beyond 2^53', params('r1', { writer: 'p1', sequence: 2 ** 53 }), 'INGEST_BAD_DRAFT'],
    ['with a sequence and no writer', params('r1', { sequence: 0 }), 'INGEST_BAD_DRAFT'],
    ['of a type that nobody knows', params('r1', { type: 'run.exploded' }), 'INGEST_UNKNOWN_TYPE'],
    ["of a prototype's type", params('r1', { type: 'constructor' }), 'INGEST_UNKNOWN_TYPE'],
    ['that only a command decides', params('r1', { type: 'experiment.created' }), 'INGEST_UNKNOWN_TYPE'],
    ['that claim an upload', params('r1', { type: 'artifact.stored' }), 'INGEST_NOT_A_DRAFT'],
    ['that delete what they may not', params('r1', { type: 'artifacts.deleted' }), 'INGEST_NOT_A_DRAFT'],
    ['from the future', params('r1', { dataversion: 2 }), 'CONTRACTS_FROM_FUTURE'],
    ['with no version', params('r1', { dataversion: 0 }), 'INGEST_BAD_DRAFT'],
    ['with an unknown member', params('r1', { data: { ...params().data, extra: 1 } }), 'CONTRACTS_BAD_DATA'],
    ['with an empty list', params('r1', { data: { params: [] } }), 'CONTRACTS_BAD_DATA'],
    ['with an infinite param', params('r1', { data: { params: [{ key: 'a', value: 1 / 0 }] } }), 'CONTRACTS_BAD_DATA'],
    [
      'with a step beyond int64',
      {
        type: 'run.started',
        subject: 'run/r1',
        data: { experiment: 'x', fork: { run: 'r', step: '9223372036854775808' } },
      },
      'CONTRACTS_BAD_DATA',
    ],
    [
      'with half a step',
      { type: 'run.started', subject: 'run/r1', data: { experiment: 'x', fork: { run: 'r', step: 1.5 } } },
      'CONTRACTS_BAD_DATA',
    ],
    [
      'with a key of a prototype',
      params('r1', { data: { params: [{ key: '__proto__', value: 1 }] } }),
      'CONTRACTS_BAD_DATA',
    ],
  ])('are refused: %s', (_what, draft, code) => {
    expect(named(draft)).toEqual([[0, code]]);
  });

  it('are all named by index, and none of the others is published', () => {
    const items = Array.from({ length: 1_000 }, (_, i) => params('r1', { id: `e${i}` }) as unknown);
    items[17] = params('r1', { type: 'nope' });
    items[999] = params('r1', { data: {} });
    items[500] = new Fault('invalid', 'HTTP_BAD_JSON', 'the text is not JSON');
    expect(named(...items)).toEqual([
      [17, 'INGEST_UNKNOWN_TYPE'],
      [500, 'HTTP_BAD_JSON'],
      [999, 'CONTRACTS_BAD_DATA'],
    ]);
    expect(refusal(...items)).toMatchObject({ kind: 'invalid', code: 'INGEST_BAD_BATCH' });
    expect(refusal(...items).message).toContain('3 of 1000 items are refused');
  });

  it('are named a hundred at most', () => {
    const fault = refusal(...Array.from({ length: 150 }, () => 0));
    expect(fault.context['details']).toMatchObject({ total: 150 });
    expect((fault.context['details'] as { bad: unknown[] }).bad).toHaveLength(100);
  });

  it('say where in their data the mistake is', () => {
    const { bad } = refusal(params('r1', { data: { params: [{ key: '', value: 1 }] } })).context['details'] as {
      bad: Array<{ message: string }>;
    };
    expect(bad[0]?.message).toMatch(/^data: params\.0\.key: /);
  });

  it('have two writers or two sequences for one run', () => {
    const first = params('r1', { writer: 'p1', sequence: 0 });
    expect(named(first, params('r1', { writer: 'p2', sequence: 0 }))).toEqual([[1, 'INGEST_MIXED_WRITERS']]);
    expect(named(first, params('r1', { writer: 'p1', sequence: 1 }))).toEqual([[1, 'INGEST_MIXED_WRITERS']]);
  });

  it('use an id twice for different facts', () => {
    const [first, other] = [
      params('r1', { id: 'e1' }),
      params('r1', { id: 'e1', data: { params: [{ key: 'lr', value: 1 }] } }),
    ];
    expect(named(first, other)).toEqual([[1, 'INGEST_ID_REUSED']]);
    expect([refusal(first, other).kind, refusal(first, other, 0).kind]).toEqual(['conflict', 'invalid']);
  });

  it('are none, or too many', () => {
    expect(refusal()).toMatchObject({ kind: 'invalid', code: 'INGEST_NO_DRAFTS' });
    expect(refusal(...Array.from({ length: MAX_DRAFTS + 1 }, () => 0))).toMatchObject({
      kind: 'too-large',
      code: 'INGEST_TOO_MANY_DRAFTS',
    });
  });
});
