import { isFault } from '@runledger/kernel';
import fc from 'fast-check';
import { readEvent } from './define-event';
import { type EventBatch, eventRecord, readEventRecord } from './event-batch';
import { FACTS, type FactType } from './facts';
import type { LogRecord } from './log-record';

const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const id = fc
  .stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,20}$/)
  .filter((name) => !['constructor', 'prototype'].includes(name));
const time = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((d) => d.toISOString());
const event = fc.record({
  id,
  type: fc.constantFrom('tags.set', 'unheard.of'),
  time,
  dataversion: fc.integer({ min: 1, max: 9 }),
  data: fc.jsonValue({ maxDepth: 3 }).filter((value) => JSON.stringify(value) !== undefined),
});
const batch = fc.record(
  {
    topic: fc.constant('runs' as const),
    workspace: fc.constantFrom('default', 'a-b', '0'),
    subject: id.map((run) => `run/${run}`),
    source: text,
    actor: text,
    recordedtime: time,
    writer: id,
    sequence: fc.maxSafeNat(),
    events: fc.array(event, { maxLength: 5 }),
  },
  { requiredKeys: ['topic', 'workspace', 'subject', 'source', 'actor', 'recordedtime', 'events'] },
);

const failure = (run: () => unknown): unknown => {
  try {
    run();
    return null;
  } catch (error) {
    return error;
  }
};
const isInvalid = (error: unknown): boolean => isFault(error) && error.kind === 'invalid';

describe('records of events', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(batch, (given) => {
        const { topic: _topic, ...rest } = given;
        const plain = JSON.parse(JSON.stringify(rest)) as object; // JSON has no -0
        expect(readEventRecord(eventRecord(given as EventBatch))).toEqual(plain);
      }),
      { numRuns: 300 },
    );
  });

  it('are refused as invalid, and in no other way, whatever their headers and bytes are', () => {
    const headers = fc.dictionary(
      fc.constantFrom(
        'ce_workspace',
        'ce_subject',
        'ce_recordedtime',
        'ce_sequence',
        'ce_writer',
        'ce_actor',
        'ce_source',
        'x',
      ),
      fc.string(),
    );
    const value = fc.oneof(
      fc.uint8Array(),
      fc.json().map((json) => new Uint8Array(Buffer.from(json))),
    );
    fc.assert(
      fc.property(batch, headers, value, fc.boolean(), (given, broken, bytes, keep) => {
        const record = eventRecord(given);
        const hostile: LogRecord = {
          ...record,
          headers: { ...record.headers, ...broken },
          value: keep ? record.value : bytes,
        };
        const error = failure(() => readEventRecord(hostile));
        expect(error === null || isInvalid(error)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('survive JSON that is nested as deeply as bytes allow', () => {
    const record = eventRecord({
      topic: 'runs',
      workspace: 'w',
      subject: 'run/r',
      source: '',
      actor: '',
      recordedtime: '2026-01-01T00:00:00Z',
      events: [],
    });
    const deep = Buffer.from('['.repeat(500_000) + ']'.repeat(500_000));
    expect(isInvalid(failure(() => readEventRecord({ ...record, value: deep })))).toBe(true);
  });
});

describe('events', () => {
  const types = Object.keys(FACTS) as FactType[];

  it.each(types)('%s are read, or refused as invalid, whatever their data are', (type) => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 3 }), (data, dataversion) => {
        const stored = { id: 'e', type, time: '2026-01-01T00:00:00Z', dataversion, data };
        const error = failure(() => readEvent(FACTS[type], stored));
        expect(error === null || isInvalid(error)).toBe(true);
      }),
    );
  });

  it('of a version that is still to come are refused as such', () => {
    const stored = { id: 'e', type: 'tags.set', time: '2026-01-01T00:00:00Z', dataversion: 2, data: {} };
    expect(failure(() => readEvent(FACTS['tags.set'], stored))).toMatchObject({ code: 'CONTRACTS_FROM_FUTURE' });
  });

  it.each([
    ['an unknown member', { keys: ['a'], more: 1 }],
    ['a name of a prototype', { keys: ['__proto__'] }],
    ['a lone surrogate', { keys: ['\ud800'] }],
    ['NUL', { keys: ['a\0'] }],
    ['an empty key', { keys: [''] }],
    ['a long key', { keys: ['k'.repeat(251)] }],
    ['a member of its prototype', JSON.parse('{"keys":["a"],"__proto__":{"x":1}}')],
  ])('with %s are refused', (_what, data) => {
    const stored = {
      id: 'e',
      type: 'tags.deleted',
      time: '2026-01-01T00:00:00Z',
      dataversion: 1,
      data: data as unknown,
    };
    expect(isInvalid(failure(() => readEvent(FACTS['tags.deleted'], stored)))).toBe(true);
  });
});
