import type { Consumer } from '@runledger/bus';
import { TOPICS } from '@runledger/contracts';
import { failpoint } from '@runledger/kernel';
import { createMetadataStore } from '@runledger/postgres';
import { projectMetadata } from './metadata-batch';
import { checkShare } from './read-batch';
import { type TableRoomDeps, tableConsumer } from './table-room';

const METADATA_GROUP = 'metadata';

export type MetadataRoomDeps = TableRoomDeps & Readonly<{ group?: string }>;

/** The consumer that carries facts and decisions into the read schema. */
export function metadataConsumer({ group = METADATA_GROUP, ...deps }: MetadataRoomDeps): Consumer {
  const parts = { log: deps.log, store: createMetadataStore(deps.source), checkShare };
  return tableConsumer(deps, {
    group,
    topics: [TOPICS.runs.name, TOPICS.catalog.name],
    moves: 'facts',
    async project(lease, records) {
      const moved = await projectMetadata(parts, lease, records);
      failpoint('facts.after-commit');
      return moved;
    },
  });
}
