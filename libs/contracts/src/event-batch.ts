import { Fault } from '@runledger/kernel';
import { z } from 'zod';
import type { StoredEvent } from './define-event';
import type { LogRecord } from './log-record';
import { METRIC_BATCH_MEDIA_TYPE, METRIC_BATCH_VERSION, METRICS_LOGGED, type MetricBatch } from './metric-batch';
import { entityId, instant, workspaceId } from './names';
import { recordKey, runSubject, TOPICS } from './topics';

/**
 * What all events of one message share: CloudEvents 1.0 attributes, carried as Kafka headers `ce_<name>` (Kafka protocol
 * binding 3.2). A message holds all of one request's events for one subject, so writer and sequence are the message's.
 */
export type BatchAttributes = Readonly<{
  workspace: string;
  subject: string;
  source: string;
  /** Surrogate id of who sent it, never an e-mail address. */
  actor: string;
  /** The server's clock, RFC 3339. */
  recordedtime: string;
  writer?: string | undefined;
  sequence?: number | undefined;
  /** Reserved for encrypted payloads. */
  keyid?: string | undefined;
  traceparent?: string | undefined;
}>;
export type EventBatch = BatchAttributes &
  Readonly<{ topic: 'runs' | 'console' | 'catalog'; events: readonly StoredEvent[] }>;

const JSON_BATCH = 'application/cloudevents-batch+json';
const ATTRIBUTES = [
  'workspace',
  'subject',
  'source',
  'actor',
  'recordedtime',
  'writer',
  'sequence',
  'keyid',
  'traceparent',
] as const;

function attributeHeaders(attributes: BatchAttributes): Record<string, string> {
  const headers: Record<string, string> = { ce_specversion: '1.0' };
  for (const name of ATTRIBUTES) {
    const value = attributes[name];
    if (value !== undefined) headers[`ce_${name}`] = String(value);
  }
  return headers;
}

const attributes = z.object({
  workspace: workspaceId,
  subject: z.string().min(1),
  source: z.string(),
  actor: z.string(),
  recordedtime: instant,
  writer: entityId.optional(),
  sequence: z.coerce.number().int().min(0).optional(),
  keyid: z.string().optional(),
  traceparent: z.string().optional(),
});
const storedEvents = z.array(
  z.object({ id: entityId, type: z.string(), time: instant, dataversion: z.int().min(1), data: z.unknown() }),
);

/** @throws Fault invalid CONTRACTS_BAD_RECORD */
export function readAttributes(record: LogRecord): BatchAttributes {
  const raw = Object.fromEntries(ATTRIBUTES.map((name) => [name, record.headers[`ce_${name}`]]));
  const parsed = attributes.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new Fault('invalid', 'CONTRACTS_BAD_RECORD', 'the attributes of this record cannot be read', {
    cause: parsed.error,
  });
}

export function eventRecord(batch: EventBatch): LogRecord {
  return {
    topic: TOPICS[batch.topic].name,
    // The catalog is one stream per workspace: its consumers apply journal numbers without gaps.
    key: batch.topic === 'catalog' ? batch.workspace : recordKey(batch.workspace, batch.subject),
    headers: { ...attributeHeaders(batch), 'content-type': JSON_BATCH },
    value: Buffer.from(JSON.stringify(batch.events)),
  };
}

/**
 * Reads what `eventRecord` wrote; the events still have the version that they were written in (see readEvent).
 * @throws Fault invalid CONTRACTS_BAD_RECORD
 */
export function readEventRecord(record: LogRecord): BatchAttributes & { events: StoredEvent[] } {
  const shared = readAttributes(record);
  try {
    return { ...shared, events: storedEvents.parse(JSON.parse(Buffer.from(record.value).toString())) };
  } catch (cause) {
    throw new Fault('invalid', 'CONTRACTS_BAD_RECORD', 'the events of this record cannot be read', { cause });
  }
}

/** `value` is the batch's bytes as `readMetricBatch` left them; they are published without a copy. */
export function metricRecord(
  batch: Pick<MetricBatch, 'run' | 'id' | 'time' | 'writer' | 'sequence'>,
  value: Uint8Array,
  shared: Pick<BatchAttributes, 'workspace' | 'source' | 'actor' | 'recordedtime' | 'traceparent'>,
): LogRecord {
  const subject = runSubject(batch.run);
  const writer = batch.writer === '' ? undefined : batch.writer;
  return {
    topic: TOPICS.metrics.name,
    key: recordKey(shared.workspace, subject),
    headers: {
      ...attributeHeaders({ ...shared, subject, writer, sequence: batch.sequence }),
      ce_id: batch.id,
      ce_type: METRICS_LOGGED,
      ce_time: new Date(batch.time).toISOString(),
      ce_dataversion: String(METRIC_BATCH_VERSION),
      'content-type': METRIC_BATCH_MEDIA_TYPE,
    },
    value,
  };
}
