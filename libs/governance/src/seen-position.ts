import { encodePositionToken } from '@runledger/contracts';
import { createPositionReads } from '@runledger/postgres';
import { placeName, placesOf } from '@runledger/reads';
import type { DataSource, EntityManager } from 'typeorm';

export type LogName = Readonly<{ incarnation: string }>;
type Of = Readonly<{ workspace: string; runs: readonly string[] }>;

/** Up to where the projections had come, of what these runs lie in and of the journal. Read in the snapshot of the answer. */
export async function seenPosition(
  tx: Pick<DataSource | EntityManager, 'query'>,
  { incarnation }: LogName,
  { workspace, runs }: Of,
): Promise<string> {
  const reads = createPositionReads(tx);
  const places = runs.flatMap((run) => placesOf({ workspace, run, uses: ['runs', 'series'] }));
  const names = new Set(places.map(placeName));
  const stands = (await reads.offsets()).filter((stand) => names.has(placeName(stand)) && stand.nextOffset > 0);
  const { applied } = await reads.journal(workspace);
  return encodePositionToken({
    incarnation,
    log: stands.map(({ topic, partition, nextOffset }) => ({ topic, partition, offset: nextOffset - 1 })),
    journal: [{ workspace, journalseq: applied }],
  });
}
