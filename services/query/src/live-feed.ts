import { setTimeout as sleep } from 'node:timers/promises';
import { decodePositionToken, encodePositionToken, type Reach } from '@runledger/contracts';
import type { Filter } from '@runledger/filter';
import { Fault } from '@runledger/kernel';
import type { Live, Signal } from '@runledger/live';
import { createMovedReads, type PositionReads, type RunSearches } from '@runledger/postgres';
import { type Bell, createBell, type LogEnds, type Place, placeName, placesOf, type Use } from '@runledger/reads';
import { type LiveState, liveStateOf } from './live-state';
import type { Postgres } from './query-ports';
import { Watch, type Watched } from './watch';

/** Between two events of one reader, what moves meanwhile goes together: at least so long, */
const SPACING_MS = 100;
/** and this many times as long as the last one took to be put together, so that many readers, or a busy machine, make it longer; */
const SPACING_SHARE = 3;
/** but no more than this. */
const MOST_SPACING_MS = 1_000;
/** Silence after which the connection is shown to be alive. */
const HEARTBEAT_MS = 15_000;
/** How often the stores are looked at, since a signal may be lost. */
const LOOK_MS = 3_000;
const MOST_READERS = 2_000;

export type LiveQuestion = Readonly<{
  reach: Reach;
  runs?: readonly string[] | undefined;
  experiment?: string | undefined;
  filter?: Filter | undefined;
  keys?: readonly string[] | undefined;
  lastEventId?: string | undefined;
}>;
/** `id` resumes behind this event, and is a position token. */
export type LiveEvent = Readonly<{ id: string; event: 'watching' | 'moved'; data: LiveState | Record<string, never> }>;

type Parts = Readonly<{
  source: Postgres;
  live: Live;
  log: LogEnds;
  positions: PositionReads;
  search: Pick<RunSearches, 'find'>;
}>;
type Positions = ReadonlyMap<string, number>;
/** One reader. `resumed`: from where he goes on; null when he begins. */
type Reader = { readonly bell: Bell; readonly resumed: Positions | null; done: boolean };

const spacingAfter = (tookMs: number): number =>
  Math.min(MOST_SPACING_MS, Math.max(SPACING_MS, SPACING_SHARE * tookMs));

const placesWatched = ({ reach: { workspace }, runs }: LiveQuestion): Place[] => {
  const uses = ['runs', 'series', 'console'] as const;
  if (runs === undefined) return placesOf({ workspace, uses });
  const places = runs.flatMap((run) => placesOf({ workspace, run, uses }));
  return [...new Map(places.map((place) => [placeName(place), place])).values()];
};

/** Tells readers who moved. Each has a place of his own in the log, from which he goes on after a break, without a gap. */
export function createLiveFeeds({ source, live, log, positions, search }: Parts) {
  const moved = createMovedReads(source);
  const open = new Set<Reader>();
  let closing = false;
  const leave = (reader: Reader): void => {
    reader.done = true;
    open.delete(reader); // a reader that has never begun has no end either
    reader.bell.ring();
  };

  const positionsNow = async (): Promise<Positions> =>
    new Map((await positions.offsets()).map((offset) => [placeName(offset), offset.nextOffset]));

  /** @throws Fault invalid CONTRACTS_BAD_POSITION, READS_FOREIGN_POSITION */
  function positionsOf(token: string, places: readonly Place[]): Positions {
    const { incarnation, log: given } = decodePositionToken(token);
    if (incarnation !== log.incarnation)
      throw new Fault('invalid', 'READS_FOREIGN_POSITION', 'this position belongs to another log than the one in use');
    const at = new Map(given.map((p) => [`${p.topic}/${p.partition}`, p.offset + 1]));
    return new Map(places.map((place) => [placeName(place), at.get(`${place.topic}/${place.partition}`) ?? 0]));
  }

  const idOf = (places: readonly Place[], at: Positions): string =>
    encodePositionToken({
      incarnation: log.incarnation,
      log: places.flatMap(({ topic, partition, group }) => {
        const nextOffset = at.get(placeName({ group, topic, partition })) ?? 0;
        return nextOffset === 0 ? [] : [{ topic, partition, offset: nextOffset - 1 }];
      }),
      journal: [],
    });

  /** Finds in the stores what moved since `told`, for a reader who has missed signals. Rather too much than too little. */
  async function catchUp(watch: Watch, told: Positions): Promise<void> {
    const { workspace, runs, places } = watch.watched;
    const now = await positionsNow();
    const passed = new Set(places.map(placeName).filter((name) => (now.get(name) ?? 0) > (told.get(name) ?? 0)));
    watch.closeGap(now);
    if (passed.size === 0) return;
    if (runs === null) {
      watch.addAll();
      return;
    }
    const placeOf = (run: string, use: Use): string =>
      placesOf({ workspace, run, uses: [use] }).map(placeName)[0] ?? '';
    for (const run of runs) {
      if (passed.has(placeOf(run, 'runs'))) watch.add(run, 'facts');
      if (passed.has(placeOf(run, 'console'))) watch.add(run, 'console');
    }
    const late = [...runs].flatMap((run) => {
      const name = placeOf(run, 'series');
      return passed.has(name) ? [{ run, offset: told.get(name) ?? 0 }] : [];
    });
    for (const run of await moved.seriesSince(workspace, late)) watch.add(run, 'series');
  }

  /** Signals from now on, also those that come before there is a watch to hear them. */
  function listen(bell: Bell) {
    const early: Signal[] = [];
    let watch: Watch | undefined;
    const stop = live.subscribe((signal) => {
      if (watch === undefined) early.push(signal);
      else watch.hear(signal);
      if (watch?.moved === true || watch?.hasGap === true) bell.ring();
    });
    return {
      stop,
      begin(watched: Watched, from: Positions): Watch {
        const begun = new Watch(watched, from);
        for (const signal of early.splice(0)) begun.hear(signal);
        watch = begun;
        return begun;
      },
    };
  }

  async function* events(asked: LiveQuestion, watched: Watched, reader: Reader): AsyncGenerator<LiveEvent | null> {
    const { bell, resumed } = reader;
    const ear = listen(bell); // before the stores are looked at, so that nothing falls between the two
    try {
      let told = resumed ?? (await positionsNow());
      const watch = ear.begin(watched, told);
      if (resumed === null) yield { id: idOf(watched.places, told), event: 'watching', data: {} };
      else await catchUp(watch, told);
      let silentSince = performance.now();
      while (!reader.done) {
        if (watch.hasGap) await catchUp(watch, told);
        const begun = performance.now();
        const taken = watch.moved ? watch.take() : null;
        const data = taken && (await liveStateOf({ moved, search }, asked, taken));
        const tookMs = performance.now() - begun;
        if (taken !== null) told = taken.heardTo;
        if (data !== null) yield { id: idOf(watched.places, told), event: 'moved', data };
        else if (performance.now() - silentSince > HEARTBEAT_MS) yield null;
        else {
          await bell.wait(LOOK_MS);
          if (!watch.moved && !reader.done) watch.lookAt(await positionsNow());
          continue;
        }
        silentSince = performance.now();
        await sleep(spacingAfter(tookMs));
      }
    } finally {
      ear.stop();
      open.delete(reader);
    }
  }

  return {
    /**
     * Events until `signal` aborts or the server stops; null is a sign of life.
     * @throws Fault overloaded QUERY_TOO_MANY_READERS, invalid CONTRACTS_BAD_POSITION, READS_FOREIGN_POSITION
     */
    follow(asked: LiveQuestion, signal: AbortSignal): AsyncGenerator<LiveEvent | null> {
      if (open.size >= MOST_READERS)
        throw new Fault('overloaded', 'QUERY_TOO_MANY_READERS', 'too many readers follow live; try again');
      const places = placesWatched(asked);
      const { reach, runs, lastEventId } = asked;
      const { workspace } = reach;
      const resumed = lastEventId === undefined ? null : positionsOf(lastEventId, places);
      const reader: Reader = { bell: createBell(), resumed, done: closing || signal.aborted };
      open.add(reader);
      signal.addEventListener('abort', () => leave(reader), { once: true });
      return events(asked, { workspace, runs: runs === undefined ? null : new Set(runs), places }, reader);
    },
    /** Lets every reader go: they would keep a server that stops from stopping. */
    close(): void {
      closing = true;
      for (const reader of [...open]) leave(reader);
    },
  };
}
export type LiveFeeds = ReturnType<typeof createLiveFeeds>;
