import type { Log } from '@runledger/bus';
import { type LogRecord, type Recorded, type RefusedEvent, TOPICS, workspaceId } from '@runledger/contracts';
import { insertDeadLetters } from '@runledger/postgres';
import type { DeadLetters, DeadRecord } from './series-range';

const WHOLE_RECORD = -1;

/** The copy of a record that goes to the dead topic: as it came, with its place and what was wrong in headers of their own. */
export function deadRecord(group: string, record: Recorded, refused: RefusedEvent): LogRecord {
  return {
    topic: TOPICS.dead.name,
    key: record.key,
    headers: {
      ...record.headers,
      dead_group: group,
      dead_topic: refused.topic,
      dead_partition: String(refused.partition),
      dead_offset: String(refused.offset),
      dead_ordinal: String(refused.ordinal),
      dead_step: refused.step,
      dead_code: refused.code,
      dead_message: refused.message,
    },
    value: record.value,
  };
}

function refusedRecord(step: string, { record, reason }: DeadRecord): RefusedEvent {
  const { topic, partition, offset, appended: time, headers } = record;
  const workspace = workspaceId.safeParse(headers['ce_workspace']).data ?? null;
  const message = reason.message.toWellFormed().replaceAll('\u0000', '\ufffd');
  return { topic, partition, offset, ordinal: WHOLE_RECORD, time, workspace, step, code: reason.code, message };
}

/** Where a room puts whole records that can never be applied. */
export const createDeadLetters = (log: Pick<Log, 'publish'>, group: string): DeadLetters => ({
  async publish(step, dead) {
    if (dead.length > 0) await log.publish(dead.map((d) => deadRecord(group, d.record, refusedRecord(step, d))));
  },
  record: (tx, step, dead) =>
    insertDeadLetters(
      tx,
      group,
      dead.map((d) => refusedRecord(step, d)),
    ),
});
