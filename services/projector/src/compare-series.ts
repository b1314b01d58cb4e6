import { randomBytes } from 'node:crypto';
import type { SeriesDigest, ShadowPoints } from '@runledger/clickhouse';
import { TOPICS } from '@runledger/contracts';
import type { Difference } from '@runledger/contracts/http';
import { namesOfSeries, type Standing } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import { differing, type Found, type Pair } from './differences';

export type LogEnds = (
  topics: readonly string[],
) => Promise<ReadonlyArray<Readonly<{ partition: number; offset: number }>>>;
type Parts = Readonly<{
  source: DataSource;
  points: ShadowPoints;
  ends: LogEnds;
  standings: readonly Standing[];
  found(one: Found): void;
}>;
type Named = Readonly<{ series: number; workspace: string; run: string }>;

/** By partition: the offset up to which points are stored. */
export function cutsOf(standings: readonly Standing[]): number[] {
  const cuts = new Array<number>(TOPICS.metrics.partitions).fill(0);
  for (const { partition, nextOffset } of standings) cuts[partition] = nextOffset;
  return cuts;
}

const heldOf = (digest: SeriesDigest | null): Difference['expected'] =>
  digest === null ? null : { rows: digest.points, digest: digest.digest };

const WHERE = 'clickhouse points';

function foundOf({ series, workspace, run }: Named, more: Partial<Difference>): Found {
  const difference: Difference = {
    kind: 'difference',
    workspace,
    subject: `run/${run}`,
    where: WHERE,
    expected: null,
    found: null,
    missing: [],
    unexpected: [],
    repaired: false,
    ...more,
  };
  return { difference, subject: { workspace, kind: 'run', id: run }, series };
}

async function nameOf({ source }: Parts, series: number): Promise<Named> {
  const name = (await namesOfSeries(source, [series])).get(series);
  return { series, workspace: name?.workspace ?? '', run: name?.run ?? `series ${series}` };
}

async function describe(parts: Parts, cuts: readonly number[], pair: Pair<SeriesDigest>): Promise<Found> {
  const { series } = (pair.expected ?? pair.found) as SeriesDigest;
  return foundOf(await nameOf(parts, series), {
    expected: heldOf(pair.expected),
    found: heldOf(pair.found),
    missing: await parts.points.only('shadow', series, cuts),
    unexpected: await parts.points.only('live', series, cuts),
  });
}

/** Points whose records the log does not have: no projector stored them. */
async function foundBeyond(parts: Parts, cuts: readonly number[]): Promise<void> {
  const beyond = await parts.points.beyond(cuts);
  if (beyond.length === 0) return;
  // Asked for afterwards: whatever was stored meanwhile had been in the log before.
  const ends = new Map((await parts.ends([TOPICS.metrics.name])).map(({ partition, offset }) => [partition, offset]));
  for (const { series, partition, offset } of beyond) {
    if (offset < (ends.get(partition) ?? 0)) continue;
    const unexpected = [`points of offset ${offset} in partition ${partition}, which the log does not have`];
    const { difference } = foundOf(await nameOf(parts, series), { unexpected });
    parts.found({ difference, subject: null });
  }
}

/** Compares the points of every series, each once, as readers see them. */
export async function compareSeries(parts: Parts): Promise<void> {
  const cuts = cutsOf(parts.standings);
  const secret = randomBytes(16).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const pairs = differing({
    expected: parts.points.digests('shadow', cuts, secret),
    found: parts.points.digests('live', cuts, secret),
    compare: (a, b) => a.series - b.series,
    isSame: (a, b) => a.digest === b.digest && a.points === b.points,
  });
  for await (const pair of pairs) parts.found(await describe(parts, cuts, pair));
  await foundBeyond(parts, cuts);
}
