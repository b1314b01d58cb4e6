import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { queryOf, request } from './api';
import { EventReader } from './event-stream';

export type Watched = Readonly<{ run?: string | readonly string[]; experiment?: string }>;

const RETRY_MS = [1_000, 2_000, 5_000, 15_000];

const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      done();
    });
  });

/** Resolves when somebody looks at the tab: one that is hidden costs nothing. */
const whenVisible = (): Promise<void> =>
  new Promise((done) => {
    if (!document.hidden) return done();
    document.addEventListener('visibilitychange', () => done(), { once: true });
  });

/** Ends with the signal, and when the tab is hidden. */
function whileVisible(signal: AbortSignal): AbortSignal {
  const hidden = new AbortController();
  const stop = (): void => {
    if (document.hidden) hidden.abort();
  };
  document.addEventListener('visibilitychange', stop, { signal });
  return AbortSignal.any([signal, hidden.signal]);
}

/** The runs that an event names; null where it may be any. */
function runsOf(data: string): readonly string[] | null {
  const { all, runs } = JSON.parse(data) as { all?: boolean; runs?: ReadonlyArray<{ run: string }> };
  return all === true || runs === undefined ? null : runs.map(({ run }) => run);
}

/** Calls `moved` with the runs that have moved, and with null at the beginning, for whatever moved before. */
async function follow(
  watched: Watched,
  moved: (runs: readonly string[] | null) => void,
  signal: AbortSignal,
): Promise<void> {
  let lastId = '';
  for (let failures = 0; !signal.aborted; ) {
    await whenVisible();
    const visible = whileVisible(signal);
    try {
      const response = await request(`live${queryOf(watched)}`, {
        signal: visible,
        headers: { accept: 'text/event-stream', ...(lastId === '' ? {} : { 'last-event-id': lastId }) },
      });
      const reader = new EventReader();
      for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? [])
        for (const event of reader.push(text)) {
          failures = 0;
          lastId = event.id;
          moved(runsOf(event.data));
        }
    } catch {
      lastId = ''; // whatever it was, begin anew
    }
    if (!document.hidden) await sleep(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)] ?? 0, signal);
  }
}

type OnMoved = (runs: ReadonlySet<string> | null) => Promise<unknown> | void;
/** A point is seen within half a second of its arrival, with the reading. */
const SPACING_MS = 250;
/** Of the time, reading takes half at most, however slow it is. */
const REST = 2;

/** Tells, at most every `spacing` ms, which runs have moved; null where it may be any. Where what is done then takes long, more seldom. */
export function useMoved(watched: Watched, onMoved: OnMoved, spacing = SPACING_MS): void {
  const what = JSON.stringify(watched);
  const latest = useRef(onMoved);
  useEffect(() => {
    latest.current = onMoved;
  });
  useEffect(() => {
    const gone = new AbortController();
    let due: ReturnType<typeof setTimeout> | undefined;
    let gathered: Set<string> | null = new Set();
    let nextAt = 0;
    const tell = async (): Promise<void> => {
      const runs = gathered;
      due = undefined;
      const began = performance.now();
      nextAt = began + spacing;
      gathered = new Set();
      await latest.current(runs);
      nextAt = Math.max(nextAt, began + REST * (performance.now() - began));
    };
    const moved = (runs: readonly string[] | null): void => {
      gathered = runs === null || gathered === null ? null : new Set([...gathered, ...runs]);
      // The first at once: what begins with "all may have moved" must not swallow who moves next.
      due ??= setTimeout(() => void tell(), Math.max(0, nextAt - performance.now()));
    };
    void follow(JSON.parse(what) as Watched, moved, gone.signal);
    return () => {
      gone.abort();
      clearTimeout(due);
    };
  }, [what, spacing]);
}

type Words = ReadonlyArray<readonly string[]>;
/** What need not move with every point: what a run is called, what it has, whether it goes on. */
const SELDOM_MS = 2_000;
const NONE: Words = [];

/**
 * Reads again, at most every `spacing` ms, what begins with one of these words and may have moved; and what begins with those of `seldom`
 * less often, so that nothing waits for it.
 */
export function useLive(
  watched: Watched,
  words: Words,
  { spacing, seldom = NONE }: Readonly<{ spacing?: number; seldom?: Words }> = {},
): void {
  const queries = useQueryClient();
  const next = useRef({ at: 0, timer: undefined as ReturnType<typeof setTimeout> | undefined });
  useEffect(() => () => clearTimeout(next.current.timer), []);
  const read = (those: Words): Promise<unknown> =>
    Promise.all(those.map((queryKey) => queries.invalidateQueries({ queryKey }, { cancelRefetch: false })));
  const readSeldom = (): void => {
    const { current } = next;
    current.timer ??= setTimeout(
      () => {
        current.timer = undefined;
        current.at = performance.now() + SELDOM_MS;
        void read(seldom);
      },
      Math.max(0, current.at - performance.now()),
    );
  };
  useMoved(
    watched,
    () => {
      if (seldom.length > 0) readSeldom();
      return read(words);
    },
    spacing,
  );
}
