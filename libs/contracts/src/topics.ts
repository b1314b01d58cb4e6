import { partitionOf } from './partition';

/**
 * The log's topics. Partition count and partitioner are fixed per topic name, on both logs: to change them is a new
 * topic (`.v2`) and a rebuild.
 */
export const TOPICS = {
  runs: { name: 'runledger.runs.v1', partitions: 6 },
  metrics: { name: 'runledger.metrics.v1', partitions: 6 },
  console: { name: 'runledger.console.v1', partitions: 6 },
  catalog: { name: 'runledger.catalog.v1', partitions: 6 },
  dead: { name: 'runledger.dead.v1', partitions: 1 },
} as const;
export type TopicKey = keyof typeof TOPICS;
export const TOPIC_LIST = Object.values(TOPICS);

/** Number of partitions of a topic, by its full name. */
export function partitionsOf(topic: string): number {
  const found = TOPIC_LIST.find((t) => t.name === topic);
  if (found === undefined) throw new RangeError(`no topic ${topic}`);
  return found.partitions;
}

/** A record's key: one run keeps its order, and workspaces never meet. */
export const recordKey = (workspace: string, subject: string): string => `${workspace}/${subject}`;
/** Subject of a run's stream. */
export const runSubject = (run: string): string => `run/${run}`;
/** The run that a subject names, or null. */
export const runOfSubject = (subject: string): string | null => (subject.startsWith('run/') ? subject.slice(4) : null);

/** Where everything of one run lies in a topic. */
export const partitionOfRun = (topic: TopicKey, workspace: string, run: string): number =>
  partitionOf(recordKey(workspace, runSubject(run)), TOPICS[topic].partitions);
