import type { Consumer } from '@runledger/bus';
import {
  type DecisionOf,
  type PlacedDecision,
  type PlacedFact,
  type Recorded,
  TOPICS,
  WEBHOOK_DECISIONS,
} from '@runledger/contracts';
import type { Logger } from '@runledger/kernel';
import { createLeasedPartitions, moveOffset } from '@runledger/postgres';
import { readDecisions, readFacts } from '@runledger/projections';
import {
  appendToFeed,
  applyToEndpoint,
  entriesOfDecision,
  entriesOfFact,
  type FeedDraft,
  modelNameAt,
  modelToldOf,
  noteJudgements,
  whoAwaitsObjectives,
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

const endsIn = (records: readonly Recorded[]): PlacedFact[] =>
  records
    .filter(saysFinished)
    .flatMap((record) => readFacts(record).message?.facts ?? [])
    .filter(({ event }) => event.type === 'run.finished');

function draftsOf(ends: readonly PlacedFact[]): Array<[workspace: string, drafts: FeedDraft[]]> {
  const byWorkspace = new Map<string, FeedDraft[]>();
  for (const fact of ends) {
    const drafts = byWorkspace.get(fact.workspace) ?? [];
    byWorkspace.set(fact.workspace, [...drafts, ...entriesOfFact(fact)]);
  }
  return [...byWorkspace].sort(([a], [b]) => (a < b ? -1 : 1)); // everybody locks the heads in one order
}

/** Runs that ended where somebody waits for what their objectives came to; they are judged once their points are summed up. */
async function noteEnds(tx: EntityManager, ends: readonly PlacedFact[]): Promise<void> {
  const awaiting = await whoAwaitsObjectives(tx, [...new Set(ends.map(({ workspace }) => workspace))]);
  const awaited = ends.filter(({ workspace }) => awaiting.has(workspace));
  await noteJudgements(
    tx,
    awaited.map(({ workspace, run, at, event }) => ({ workspace, run, event: event.id, endedAt: new Date(at.time) })),
  );
}

async function followFacts(tx: EntityManager, records: readonly Recorded[]): Promise<void> {
  const ends = endsIn(records);
  if (ends.length === 0) return;
  for (const [workspace, drafts] of draftsOf(ends)) await appendToFeed(tx, workspace, drafts);
  await noteEnds(tx, ends);
}

/**
 * The consumer that writes the feeds of workspaces and keeps the list of endpoints. Both move in one transaction with the
 * offset. What can never be read is the projectors' to tell of.
 */
export function createFollower({ source, logger, holder, onNews }: FollowerDeps): Consumer {
  const partitions = createLeasedPartitions({ source, logger, holder, group: COURIER_GROUP, done: 'followed' });
  return {
    group: COURIER_GROUP,
    topics: [TOPICS.runs.name, TOPICS.catalog.name],
    maxRecords: 500,
    assigned: partitions.assigned,
    async onBatch(batch) {
      const follow = batch.topic === TOPICS.catalog.name ? followDecisions : followFacts;
      const moved = await partitions.advance(batch, async (lease) => {
        const records = batch.records.filter(({ offset }) => offset >= lease.nextOffset);
        const last = records.at(-1);
        if (last === undefined) return lease;
        return source.transaction(async (tx) => {
          const behind = await moveOffset(tx, lease, last.offset + 1);
          await follow(tx, records);
          return behind;
        });
      });
      if (moved !== null) onNews();
    },
    revoked: partitions.revoked,
  };
}
