import { Fault } from '@runledger/kernel';
import type { Live, Signal } from '@runledger/live';
import { type Bell, createBell } from './bell';
import { behindOf, type Goal, type Goals, isReached, type Shortfall } from './freshness';
import { placeName, placesOf } from './places';

/** A signal may be lost; whoever waits looks again after so long. */
const LOOK_AGAIN_MS = 1_000;
/** Readers that wait at a time. */
const MOST_WAITERS = 2_000;

/** The places whose movement matters to a goal, with the offset to pass. A journal's end shows in its partition only. */
function watched({ offsets, journal }: Goal): Map<string, number> {
  const places = new Map(offsets.map((o) => [placeName(o), o.offset]));
  if (journal !== null)
    for (const place of placesOf({ workspace: journal.workspace, uses: ['catalog'] })) places.set(placeName(place), -1);
  return places;
}

const wantedOf = ({ offsets }: Shortfall): Signal[] =>
  offsets.map(({ group, topic, partition, offset }) => ({ kind: 'wanted', group, topic, partition, offset }));

function ranOut(missing: Shortfall, waitedMs: number): Fault {
  const behind = missing.offsets.map(({ group, topic, partition, nextOffset, offset }) => ({
    group,
    topic,
    partition,
    nextOffset,
    wanted: offset,
  }));
  const journal = missing.journal && { applied: missing.journal.applied, wanted: missing.journal.journalseq };
  const details = { lag: behindOf(missing), waitedMs, behind, journal };
  return new Fault('unavailable', 'READS_BEHIND', 'the projections have not come that far yet; try again', {
    context: { retryAfter: 1, details },
  });
}

/** Waits until the projections have passed a goal, and says so: woken by signals, with a look of its own every second. */
export function createGoalWaiter(goals: Goals, live: Live) {
  let waiters = 0;
  let closing = false;
  const bells = new Set<Bell>();

  async function waitOn(goal: Goal, ms: number): Promise<void> {
    const begun = performance.now();
    const bell = createBell();
    bells.add(bell);
    const watch = watched(goal);
    const stop = live.subscribe((signal) => {
      if (signal.kind !== 'projected') return;
      const wanted = watch.get(placeName(signal));
      if (wanted !== undefined && signal.nextOffset > wanted) bell.ring();
    });
    try {
      for (;;) {
        // Looked at after the bell was hung up, so that nothing is missed between the two.
        const missing = await goals.missing(goal);
        if (isReached(missing)) return;
        if (closing) throw new Fault('unavailable', 'READS_CLOSING', 'this server is stopping; send the request again');
        const left = ms - (performance.now() - begun);
        if (left <= 0) throw ranOut(missing, ms);
        live.publish(wantedOf(missing));
        await bell.wait(Math.min(left, LOOK_AGAIN_MS));
      }
    } finally {
      bells.delete(bell);
      stop();
    }
  }

  /** Sends those who wait away: they would keep a server that stops from stopping. */
  function close(): void {
    closing = true;
    for (const bell of bells) bell.ring();
  }

  /** @throws Fault invalid READS_POSITION_AHEAD, unavailable READS_BEHIND, overloaded READS_TOO_MANY_WAITERS */
  async function waitFor(goal: Goal, ms: number, known?: Shortfall): Promise<void> {
    const missing = known ?? (await goals.missing(goal));
    if (isReached(missing)) return;
    await goals.checkExists(missing);
    if (waiters >= MOST_WAITERS)
      throw new Fault('overloaded', 'READS_TOO_MANY_WAITERS', 'too many reads wait for the projections; try again');
    waiters++;
    try {
      await waitOn(goal, ms);
    } finally {
      waiters--;
    }
  }

  return { waitFor, close };
}
export type GoalWaiter = ReturnType<typeof createGoalWaiter>;
