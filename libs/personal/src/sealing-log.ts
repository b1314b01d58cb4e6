import type { Log } from '@runledger/bus';
import { type LogRecord, PERSONAL_FIELDS, readEventRecord, TOPICS } from '@runledger/contracts';
import type { PersonalData } from './personal-data';

/** How types stand in a message: most messages have none of them, and are not parsed. */
const TYPES = Object.keys(PERSONAL_FIELDS).map((type) => Buffer.from(JSON.stringify(type)));

async function sealedRecord(personal: PersonalData, record: LogRecord): Promise<LogRecord> {
  if (record.topic !== TOPICS.runs.name) return record;
  const value = Buffer.from(record.value.buffer, record.value.byteOffset, record.value.length);
  if (!TYPES.some((type) => value.includes(type))) return record;
  const { workspace, actor, events } = readEventRecord(record);
  const sealed = await personal.sealEvents(workspace, actor, events);
  return { ...record, value: Buffer.from(JSON.stringify(sealed.events)) };
}

/** The log as a door sees it: what it publishes of people is sealed before the log has it. */
export const createSealingLog = (log: Log, personal: PersonalData): Log => ({
  get incarnation() {
    return log.incarnation;
  },
  publish: async (records) => log.publish(await Promise.all(records.map((record) => sealedRecord(personal, record)))),
  consume: (consumer) => log.consume(consumer),
  read: (topic, partition, from, to) => log.read(topic, partition, from, to),
  ends: (topics) => log.ends(topics),
  offsetsAfter: (topics, time) => log.offsetsAfter(topics, time),
  close: () => log.close(),
});
