import { TOPIC_LIST } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import { type Admin, ConfigResourceTypes } from 'kafkajs';

export type TopicOptions = Readonly<{
  /** Of topics that are made here; default: what the brokers say. */
  replicationFactor?: number;
  minInsyncReplicas?: number;
  maxRecordBytes: number;
}>;

/** What a record batch weighs beside the values. */
const BATCH_OVERHEAD = 64 * 1024;

const config = ({ maxRecordBytes, minInsyncReplicas }: TopicOptions) => [
  { name: 'cleanup.policy', value: 'delete' },
  // The log is the record: nothing in it expires.
  { name: 'retention.ms', value: '-1' },
  { name: 'retention.bytes', value: '-1' },
  { name: 'max.message.bytes', value: String(maxRecordBytes + BATCH_OVERHEAD) },
  // The time that counts is the log's, not a producer's.
  { name: 'message.timestamp.type', value: 'LogAppendTime' },
  ...(minInsyncReplicas === undefined ? [] : [{ name: 'min.insync.replicas', value: String(minInsyncReplicas) }]),
];

/** Makes the topics that are missing. Another process may be doing the same. */
async function createMissing(admin: Admin, options: TopicOptions): Promise<void> {
  const there = new Set(await admin.listTopics());
  const topics = TOPIC_LIST.filter(({ name }) => !there.has(name)).map(({ name, partitions }) => ({
    topic: name,
    numPartitions: partitions,
    replicationFactor: options.replicationFactor ?? -1,
    configEntries: config(options),
  }));
  if (topics.length > 0) await admin.createTopics({ topics });
}

/** A topic with another number of partitions would put keys where nobody looks for them. */
async function checkPartitions(admin: Admin): Promise<void> {
  const { topics } = await admin.fetchTopicMetadata({ topics: TOPIC_LIST.map(({ name }) => name) });
  for (const { name, partitions } of TOPIC_LIST) {
    const found = topics.find((topic) => topic.name === name)?.partitions.length;
    if (found !== partitions)
      throw new Fault('conflict', 'BUS_WRONG_PARTITIONS', `topic ${name} has ${found} partitions, not ${partitions}`);
  }
}

/** Topics made by somebody else may take less than we would. */
async function largestRecord(admin: Admin, wanted: number): Promise<number> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: TOPIC_LIST.map(({ name }) => ({
      type: ConfigResourceTypes.TOPIC,
      name,
      configNames: ['max.message.bytes'],
    })),
  });
  const limits = resources.flatMap(({ configEntries }) => configEntries.map(({ configValue }) => Number(configValue)));
  return Math.min(wanted, ...limits.map((limit) => limit - BATCH_OVERHEAD));
}

/**
 * Makes sure of the topics. Answers the size of the largest record that all of them take.
 * @throws Fault conflict BUS_WRONG_PARTITIONS
 */
export async function ensureTopics(admin: Admin, options: TopicOptions): Promise<number> {
  await createMissing(admin, options);
  await checkPartitions(admin);
  // A new topic is named before its leaders lead: they do once they tell offsets.
  for (const { name } of TOPIC_LIST) await admin.fetchTopicOffsets(name);
  return largestRecord(admin, options.maxRecordBytes);
}
