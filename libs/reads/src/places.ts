import { partitionOf, partitionOfRun, partitionsOf, TOPICS } from '@runledger/contracts';

/** What an answer is made of. Each stands for a consumer group and the topic that it projects. */
export type Use = 'runs' | 'catalog' | 'series' | 'console';
const SOURCES = {
  runs: { group: 'metadata', topic: TOPICS.runs.name },
  catalog: { group: 'metadata', topic: TOPICS.catalog.name },
  series: { group: 'series', topic: TOPICS.metrics.name },
  console: { group: 'console', topic: TOPICS.console.name },
} as const;

/** One partition as one group sees it. */
export type Place = Readonly<{ group: string; topic: string; partition: number }>;
/** What a read touches: everything of a workspace, or one run of it. */
export type Scope = Readonly<{ workspace: string; run?: string; uses: readonly Use[] }>;

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

function partitionsOfUse(use: Use, { workspace, run }: Scope): number[] {
  // A workspace's journal lies in one partition of the catalog, everything of a run in one of the other topics.
  if (use === 'catalog') return [partitionOf(workspace, TOPICS.catalog.partitions)];
  const topic = use === 'series' ? 'metrics' : use;
  return run === undefined ? range(TOPICS[topic].partitions) : [partitionOfRun(topic, workspace, run)];
}

/** The partitions that an answer depends on. */
export const placesOf = (scope: Scope): Place[] =>
  scope.uses.flatMap((use) => partitionsOfUse(use, scope).map((partition) => ({ ...SOURCES[use], partition })));

/** Every partition that some projection follows. */
export const allPlaces = (): Place[] =>
  Object.values(SOURCES).flatMap((source) =>
    range(partitionsOf(source.topic)).map((partition) => ({ ...source, partition })),
  );

export const topicsOf = (places: readonly Place[]): string[] => [...new Set(places.map(({ topic }) => topic))];
export const placeName = ({ group, topic, partition }: Place): string => `${group}/${topic}/${partition}`;
export const partitionName = ({ topic, partition }: Omit<Place, 'group'>): string => `${topic}/${partition}`;
