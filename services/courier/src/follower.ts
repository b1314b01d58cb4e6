import type { Batch, Consumer } from '@runledger/bus';
import { type DecisionOf, type PlacedDecision, type Recorded, TOPICS, WEBHOOK_DECISIONS } from '@runledger/contracts';
import { isFault, type Logger } from '@runledger/kernel';
import { type Lease, moveOffset, renewLease, takeLease } from '@runledger/postgres';
import { readDecisions, readFacts } from '@runledger/projections';
import {
  appendToFeed,
  applyToEndpoint,
  entriesOfDecision,
  entriesOfFact,
  type FeedDraft,
  modelNameAt,
  modelToldOf,
} from '@runledger/webhooks';
import type { DataSource, EntityManager } from 'typeorm';

const COURIER_GROUP = 'courier';

export type FollowerDeps = Readonly<{
  source: DataSource;
  logger: Logger;
  /** Names this process in the lease, for people who look. */
  holder: string;
  /** Called after a commit that brought something to send. */
  onNews(): void;
}>;

type WebhookDecision = PlacedDecision<DecisionOf<typeof WEBHOOK_DECISIONS>>;
const isAboutWebhook = (decision: PlacedDecision): decision is WebhookDecision =>
  Object.hasOwn(WEBHOOK_DECISIONS, decision.event.type);

/** One decision after the other, so that a webhook gets what is decided after it, and nothing from before. */
async function followDecisions(tx: EntityManager, records: readonly Recorded[]): Promise<void> {
  for (const record of records)
    for (const decision of readDecisions(record).message?.decisions ?? []) {
      const { workspace, journalseq, event } = decision;
      if (isAboutWebhook(decision)) {
        await applyToEndpoint(tx, decision, await appendToFeed(tx, workspace, []));
        continue;
      }
      const model = modelToldOf(event);
      const name = model === null ? '' : await modelNameAt(tx, workspace, model, journalseq);
      const drafts = entriesOfDecision(decision, name);
      if (drafts.length > 0) await appendToFeed(tx, workspace, drafts);
    }
}

/** Most messages say nothing of an end, and need not be read to know it. */
const saysFinished = ({ value }: Recorded): boolean =>
  Buffer.from(value.buffer, value.byteOffset, value.byteLength).includes('"run.finished"');

function endsIn(records: readonly Recorded[]): Array<[workspace: string, drafts: FeedDraft[]]> {
  const byWorkspace = new Map<string, FeedDraft[]>();
  for (const fact of records.filter(saysFinished).flatMap((record) => readFacts(record).message?.facts ?? [])) {
    const drafts = byWorkspace.get(fact.workspace) ?? [];
    byWorkspace.set(fact.workspace, [...drafts, ...entriesOfFact(fact)]);
  }
  return [...byWorkspace].sort(([a], [b]) => (a < b ? -1 : 1)); // everybody locks the heads in one order
}

async function followFacts(tx: EntityManager, records: readonly Recorded[]): Promise<void> {
  for (const [workspace, drafts] of endsIn(records)) if (drafts.length > 0) await appendToFeed(tx, workspace, drafts);
}

/** `certain` is false after an outcome that is not known: the offset may have moved. */
type Held = { lease: Lease; certain: boolean };

/**
 * The consumer that writes the feeds of workspaces and keeps the list of endpoints. Both move in one transaction with the
 * offset. What can never be read is the projectors' to tell of.
 */
export function createFollower({ source, logger, holder, onNews }: FollowerDeps): Consumer {
  const held = new Map<string, Held>();
  const nameOf = (topic: string, partition: number): string => `${topic}/${partition}`;

  async function follow(own: Held, batch: Batch): Promise<void> {
    if (!own.certain) own.lease = await renewLease(source, own.lease);
    own.certain = false;
    const records = batch.records.filter(({ offset }) => offset >= own.lease.nextOffset);
    const last = records.at(-1);
    if (last !== undefined)
      own.lease = await source.transaction(async (tx) => {
        const moved = await moveOffset(tx, own.lease, last.offset + 1);
        await (batch.topic === TOPICS.catalog.name ? followDecisions : followFacts)(tx, records);
        return moved;
      });
    own.certain = true;
    onNews();
  }

  return {
    group: COURIER_GROUP,
    topics: [TOPICS.runs.name, TOPICS.catalog.name],
    maxRecords: 500,
    async assigned(topic, partition) {
      const lease = await takeLease(source, { group: COURIER_GROUP, topic, partition }, holder);
      held.set(nameOf(topic, partition), { lease, certain: true });
      return lease.nextOffset;
    },
    async onBatch(batch) {
      const { topic, partition } = batch;
      const own = held.get(nameOf(topic, partition));
      if (own === undefined || batch.stale()) return;
      try {
        await follow(own, batch);
      } catch (error) {
        if (!isFault(error) || error.code !== 'POSTGRES_LOST_LEASE') {
          logger.warn({ topic, partition, err: error }, 'a batch was not followed; its records come again');
          throw error;
        }
        if (held.get(nameOf(topic, partition)) === own) held.delete(nameOf(topic, partition));
        batch.lost();
        logger.info({ topic, partition }, 'another courier has this partition now');
      }
    },
    revoked(topic, partition) {
      held.delete(nameOf(topic, partition));
    },
  };
}
