import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  catalogRecord,
  DECISIONS,
  decodePositionToken,
  type EventBatch,
  type EventSpec,
  encodePositionToken,
  eventRecord,
  FACTS,
  type JournalEvent,
  journalseqOf,
  type LogRecord,
  metricRecord,
  type PositionToken,
  readEvent,
  readEventRecord,
  readMetricBatch,
  type StoredEvent,
  writeMetricBatch,
} from './index';

// Everything that was ever written must be read for ever: these files are added to, never changed.
const GOLDEN = path.join(__dirname, '../golden');
const readJson = (name: string): unknown => JSON.parse(readFileSync(path.join(GOLDEN, name), 'utf8'));
const SPECS: Readonly<Record<string, EventSpec>> = { ...FACTS, ...DECISIONS };
const EVENT_FILE = /^([a-z-]+\.[a-z]+)\.v(\d+)\.json$/;
const eventFiles = readdirSync(GOLDEN).filter((name) => EVENT_FILE.test(name) && name !== 'metrics.logged.v1.json');

describe('golden events', () => {
  it('are there for every version of every event', () => {
    const wanted = Object.values(SPECS).flatMap(({ type, version }) =>
      Array.from({ length: version }, (_, i) => `${type}.v${i + 1}.json`),
    );
    expect(eventFiles.sort()).toEqual(wanted.sort());
  });

  it.each(eventFiles)('%s is read as it was meant', (name) => {
    const [, type = '', version] = EVENT_FILE.exec(name) ?? [];
    const { stored, read } = readJson(name) as { stored: StoredEvent; read: unknown };
    expect(stored).toMatchObject({ type, dataversion: Number(version) });
    const spec = SPECS[type] as EventSpec;
    expect(readEvent(spec, stored)).toEqual({ ...stored, dataversion: spec.version, data: read });
  });
});

describe('golden records', () => {
  const asText = (record: LogRecord) => ({ ...record, value: Buffer.from(record.value).toString() });

  it('of facts are written and read as ever', () => {
    const { batch, record } = readJson('records/runs.v1.json') as {
      batch: EventBatch;
      record: LogRecord & { value: string };
    };
    expect(asText(eventRecord(batch))).toEqual(record);
    const { topic: _topic, ...rest } = batch;
    expect(readEventRecord({ ...record, value: Buffer.from(record.value) })).toEqual(rest);
  });

  it('of decisions are written and read as ever', () => {
    const { event, record } = readJson('records/catalog.v1.json') as {
      event: JournalEvent;
      record: LogRecord & { value: string };
    };
    expect(asText(catalogRecord(event))).toEqual(record);
    const bytes = { ...record, value: Buffer.from(record.value) };
    expect(journalseqOf(bytes)).toBe(event.journalseq);
    const { id, type, time, dataversion, data, subject, workspace, actor } = event;
    expect(readEventRecord(bytes)).toMatchObject({ subject, workspace, actor });
    expect(readEventRecord(bytes).events).toEqual([{ id, type, time, dataversion, data }]);
  });

  it('of metric batches are written and read as ever, bit by bit', () => {
    const value = readFileSync(path.join(GOLDEN, 'metrics.logged.v1.bin'));
    const batch = readMetricBatch(Buffer.from(value));
    const { points, ...head } = readJson('metrics.logged.v1.json') as { points: unknown[] };
    expect(batch).toMatchObject(head);
    const bits = new DataView(batch.values.buffer);
    expect(
      Array.from(batch.keyIndex, (index, i) => ({
        key: batch.keys[index],
        step: String(batch.steps[i]),
        time: String(batch.times[i]),
        bits: bits
          .getBigUint64(8 * i, true)
          .toString(16)
          .padStart(16, '0'),
      })),
    ).toEqual(points);
    expect(writeMetricBatch(batch)).toEqual(value);
    const { shared, record } = readJson('records/metrics.v1.json') as {
      shared: Parameters<typeof metricRecord>[2];
      record: object;
    };
    expect(metricRecord(batch, value, shared)).toEqual({ ...record, value });
  });

  it('of positions are written and read as ever', () => {
    const { position, token } = readJson('position-token.v1.json') as { position: PositionToken; token: string };
    expect(encodePositionToken(position)).toBe(token);
    expect(decodePositionToken(token)).toEqual(position);
  });
});
