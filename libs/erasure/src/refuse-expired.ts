import type { Log } from '@runledger/bus';
import { type LogRecord, type Retained, readEventRecord, runOfSubject, TOPICS } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import type { ExpiredSet } from './expired-set';

export const expiredFault = (run: string, what: Retained): Fault =>
  new Fault('conflict', 'RETENTION_EXPIRED', `the ${what} of run ${run} have expired: the run takes no more of them`);

const bringsArtifacts = (record: LogRecord): boolean =>
  readEventRecord(record).events.some(({ type }) => type === 'artifact.stored');

/** @throws Fault conflict RETENTION_EXPIRED */
function checkRecord(expired: ExpiredSet, record: LogRecord): void {
  const run = runOfSubject(record.headers['ce_subject'] ?? '');
  const workspace = record.headers['ce_workspace'] ?? '';
  if (run === null) return;
  if (record.topic === TOPICS.metrics.name && expired.has(workspace, run, 'points')) throw expiredFault(run, 'points');
  if (record.topic === TOPICS.runs.name && expired.has(workspace, run, 'artifacts') && bringsArtifacts(record))
    throw expiredFault(run, 'artifacts');
}

/** The log as a door sees it: what has expired takes no more in. Of a request that would bring some, nothing is published. */
export function createRefusingLog(log: Log, expired: ExpiredSet): Log {
  const check = (records: readonly LogRecord[]): void => {
    for (const record of records) checkRecord(expired, record);
  };
  const { publishUnmoved } = log;
  return {
    get incarnation() {
      return log.incarnation;
    },
    async publish(records) {
      check(records);
      return log.publish(records);
    },
    ...(publishUnmoved === undefined
      ? {}
      : {
          async publishUnmoved(records, since) {
            check(records);
            return publishUnmoved.call(log, records, since);
          },
        }),
    consume: (consumer) => log.consume(consumer),
    read: (topic, partition, from, to) => log.read(topic, partition, from, to),
    ends: (topics) => log.ends(topics),
    offsetsAfter: (topics, time) => log.offsetsAfter(topics, time),
    close: () => log.close(),
  };
}
