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
export function createSealingLog(log: Log, personal: PersonalData): Log {
  const seal = (records: readonly LogRecord[]): Promise<LogRecord[]> =>
    Promise.all(records.map((record) => sealedRecord(personal, record)));
  const { publishUnmoved } = log;
  return {
    get incarnation() {
      return log.incarnation;
    },
    publish: async (records) => log.publish(await seal(records)),
    ...(publishUnmoved === undefined
      ? {}
      : { publishUnmoved: async (records, since) => publishUnmoved.call(log, await seal(records), since) }),
    consume: (consumer) => log.consume(consumer),
    read: (topic, partition, from, to) => log.read(topic, partition, from, to),
    ends: (topics) => log.ends(topics),
    offsetsAfter: (topics, time) => log.offsetsAfter(topics, time),
    close: () => log.close(),
  };
}
