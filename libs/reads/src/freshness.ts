import { decodePositionToken, type Position, type PositionToken, TOPICS } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import type { AsOf, GroupOffset, JournalProgress, PositionReads } from '@runledger/postgres';
import { type Place, partitionName, placeName, placesOf, type Scope, topicsOf } from './places';

/** The log, as far as the read side may know it. */
export interface LogEnds {
  readonly incarnation: string;
  ends(topics: readonly string[]): Promise<Position[]>;
}

/** What must be projected before a read answers: these offsets, and this number of the workspace's journal. */
export type Goal = Readonly<{
  offsets: ReadonlyArray<Place & { offset: number }>;
  journal: Readonly<{ workspace: string; journalseq: number }> | null;
}>;
/** What of a goal is not reached yet. */
export type Shortfall = Readonly<{
  offsets: ReadonlyArray<Place & { offset: number; nextOffset: number }>;
  journal: Readonly<{ workspace: string; journalseq: number; applied: number; decided: number }> | null;
}>;

const NO_GOAL: Goal = { offsets: [], journal: null };

/** Records and decisions that are still to be projected before the goal is reached. */
export const behindOf = ({ offsets, journal }: Shortfall): number =>
  offsets.reduce((sum, o) => sum + o.offset + 1 - o.nextOffset, journal ? journal.journalseq - journal.applied : 0);
export const isReached = ({ offsets, journal }: Shortfall): boolean => offsets.length === 0 && journal === null;

/** Keeps the higher goal of each place. */
function merge(a: Goal, b: Goal): Goal {
  const offsets = new Map(a.offsets.map((o) => [placeName(o), o]));
  for (const o of b.offsets) {
    const known = offsets.get(placeName(o));
    if (known === undefined || known.offset < o.offset) offsets.set(placeName(o), o);
  }
  const later = (a.journal?.journalseq ?? -1) > (b.journal?.journalseq ?? -1) ? a : b;
  return { offsets: [...offsets.values()], journal: later.journal };
}

const loggedPlaces = (scope: Scope): Place[] =>
  placesOf({ ...scope, uses: scope.uses.filter((use) => use !== 'catalog') });

/** Everything before these ends. The catalog's part is what is decided, relayed or not. */
function goalAt(
  { workspace }: Scope,
  places: readonly Place[],
  ends: readonly Position[],
  decided: number | null,
): Goal {
  const endOf = new Map(ends.map((end) => [partitionName(end), end.offset]));
  return {
    offsets: places.flatMap((place) => {
      const end = endOf.get(partitionName(place)) ?? 0;
      return end === 0 ? [] : [{ ...place, offset: end - 1 }];
    }),
    journal: decided === null ? null : { workspace, journalseq: decided },
  };
}

function missingOf(
  { offsets, journal }: Goal,
  stands: readonly GroupOffset[],
  progress: JournalProgress | null,
): Shortfall {
  const at = new Map(stands.map((stand) => [placeName(stand), stand.nextOffset]));
  return {
    offsets: offsets
      .map((o) => ({ ...o, nextOffset: at.get(placeName(o)) ?? 0 }))
      .filter(({ offset, nextOffset }) => nextOffset <= offset),
    journal: journal && progress && progress.applied < journal.journalseq ? { ...journal, ...progress } : null,
  };
}

/** Turns what a client asks for into a goal, and says what of a goal is missing. */
export function createGoals(log: LogEnds, reads: Pick<PositionReads, 'offsets' | 'journal'>) {
  function fromToken(scope: Scope, token: PositionToken): Goal {
    if (token.incarnation !== log.incarnation)
      throw new Fault('invalid', 'READS_FOREIGN_POSITION', 'this position belongs to another log than the one in use');
    const given = new Map(token.log.map((p) => [partitionName(p), p.offset]));
    const offsets = placesOf(scope).flatMap((place) => {
      const offset = given.get(partitionName(place));
      return offset === undefined ? [] : [{ ...place, offset }];
    });
    const decided = token.journal.find(({ workspace }) => workspace === scope.workspace);
    return { offsets, journal: scope.uses.includes('catalog') ? (decided ?? null) : null };
  }

  /** Everything that was acknowledged before this call. */
  async function fromEnds(scope: Scope): Promise<Goal> {
    const logged = loggedPlaces(scope);
    const [ends, journal] = await Promise.all([
      logged.length === 0 ? [] : log.ends(topicsOf(logged)),
      scope.uses.includes('catalog') ? reads.journal(scope.workspace) : null,
    ]);
    return goalAt(scope, logged, ends, journal === null ? null : journal.decided);
  }

  /** What was recorded by then must be projected, or it would be missing in the answer. */
  function fromPast(scope: Scope, { runs, metrics, console: lines, catalog }: AsOf): Goal {
    const cuts = new Map<string, readonly number[]>([
      [TOPICS.runs.name, runs],
      [TOPICS.metrics.name, metrics],
      [TOPICS.console.name, lines],
    ]);
    const offsets = placesOf(scope).flatMap((place) => {
      const { topic, partition } = place;
      const cut = topic === TOPICS.catalog.name ? catalog : (cuts.get(topic)?.[partition] ?? 0);
      return cut === 0 ? [] : [{ ...place, offset: cut - 1 }];
    });
    return { offsets, journal: null };
  }

  return {
    /** @throws Fault invalid CONTRACTS_BAD_POSITION, READS_FOREIGN_POSITION */
    async of(
      scope: Scope,
      asked: { atLeast?: string | undefined; strong: boolean; asOf?: AsOf | undefined },
    ): Promise<Goal> {
      const token = asked.atLeast === undefined ? NO_GOAL : fromToken(scope, decodePositionToken(asked.atLeast));
      const goal = asked.asOf === undefined ? token : merge(token, fromPast(scope, asked.asOf));
      return asked.strong ? merge(goal, await fromEnds(scope)) : goal;
    },

    async missing(goal: Goal): Promise<Shortfall> {
      const [stands, progress] = await Promise.all([
        goal.offsets.length === 0 ? [] : reads.offsets(),
        goal.journal && reads.journal(goal.journal.workspace),
      ]);
      return missingOf(goal, stands, progress);
    },

    /**
     * Everything that was acknowledged before this call, and what of it is missing, asked at the same time: projections only go
     * forward, so that whoever stands behind an end has passed it, whichever of the two was looked at first.
     */
    async now(scope: Scope): Promise<{ goal: Goal; missing: Shortfall }> {
      const logged = loggedPlaces(scope);
      const [ends, stands, journal] = await Promise.all([
        logged.length === 0 ? [] : log.ends(topicsOf(logged)),
        logged.length === 0 ? [] : reads.offsets(),
        scope.uses.includes('catalog') ? reads.journal(scope.workspace) : null,
      ]);
      const goal = goalAt(scope, logged, ends, journal === null ? null : journal.decided);
      return { goal, missing: missingOf(goal, stands, journal) };
    },

    /** @throws Fault invalid READS_POSITION_AHEAD when nothing ever was where the goal is: waiting would be in vain */
    async checkExists({ offsets, journal }: Shortfall): Promise<void> {
      const ends = offsets.length === 0 ? [] : await log.ends(topicsOf(offsets));
      const endOf = new Map(ends.map((end) => [partitionName(end), end.offset]));
      const ahead = offsets.some((o) => o.offset >= (endOf.get(partitionName(o)) ?? 0));
      if (ahead || (journal !== null && journal.journalseq > journal.decided))
        throw new Fault('invalid', 'READS_POSITION_AHEAD', 'this position lies beyond the end of the log');
    },
  };
}
export type Goals = ReturnType<typeof createGoals>;
