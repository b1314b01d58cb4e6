import type { PositionReads } from '@runledger/postgres';
import { allPlaces, type LogEnds, type Place, partitionName, placeName, topicsOf } from '@runledger/reads';

/** Where a group stands in a partition. Lag counts records, not events. */
export type Standing = Place & Readonly<{ nextOffset: number; end: number; lag: number }>;

const KEPT_MS = 250;
/** How long an answer waits to learn how far behind it is. */
const PATIENCE_MS = 200;
/** An older measurement is not told any more. */
const OLDEST_MS = 5_000;

/** How far each group is behind each partition it follows, looked up now. */
export function createStandings(log: LogEnds, reads: PositionReads) {
  return async function standings(): Promise<Standing[]> {
    const places = allPlaces();
    // Offsets first: an end that is older than an offset would make the lag negative.
    const offsets = new Map((await reads.offsets()).map((o) => [placeName(o), o.nextOffset]));
    const ends = await log.ends(topicsOf(places));
    const endOf = new Map(ends.map((end) => [partitionName(end), end.offset]));
    return places.map((place) => {
      const nextOffset = offsets.get(placeName(place)) ?? 0;
      const end = endOf.get(partitionName(place)) ?? 0;
      return { ...place, nextOffset, end, lag: Math.max(0, end - nextOffset) };
    });
  };
}
export type Standings = ReturnType<typeof createStandings>;

/** The lag that every answer tells, from a measurement shared by the answers of a quarter second. */
export function createLagOf(standings: Standings) {
  let last: { at: number; lag: Map<string, number> } | undefined;
  let measuring: Promise<void> | undefined;

  async function measure(): Promise<void> {
    const at = performance.now();
    try {
      last = { at, lag: new Map((await standings()).map((s) => [placeName(s), s.lag])) };
    } catch {
      // The log is away: reads go on, and say that they do not know.
    } finally {
      measuring = undefined;
    }
  }

  const age = (): number => performance.now() - (last?.at ?? Number.NEGATIVE_INFINITY);

  /** Records behind in these places, or null while that is unknown. */
  return async function lagOf(places: readonly Place[]): Promise<number | null> {
    if (age() > KEPT_MS) {
      measuring ??= measure();
      let timer: NodeJS.Timeout | undefined;
      const impatience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, PATIENCE_MS);
      });
      await Promise.race([measuring, impatience]);
      clearTimeout(timer);
    }
    const known = last;
    if (known === undefined || age() > OLDEST_MS) return null;
    return places.reduce((sum, place) => sum + (known.lag.get(placeName(place)) ?? 0), 0);
  };
}
export type LagOf = ReturnType<typeof createLagOf>;
