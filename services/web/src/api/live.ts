import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
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

/** Calls `moved` when what is watched has moved, and once at the beginning, for what moved before. */
async function follow(watched: Watched, moved: () => void, signal: AbortSignal): Promise<void> {
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
          moved();
        }
    } catch {
      lastId = ''; // whatever it was, begin anew
    }
    if (!document.hidden) await sleep(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)] ?? 0, signal);
  }
}

/** Reads again, at most every `spacing` ms, what begins with one of these words and may have moved. */
export function useLive(watched: Watched, words: ReadonlyArray<readonly string[]>, spacing = 700): void {
  const queries = useQueryClient();
  const what = JSON.stringify([watched, words]);
  useEffect(() => {
    const [of, keys] = JSON.parse(what) as [Watched, string[][]];
    const gone = new AbortController();
    let due: ReturnType<typeof setTimeout> | undefined;
    const moved = (): void => {
      due ??= setTimeout(() => {
        due = undefined;
        for (const queryKey of keys) void queries.invalidateQueries({ queryKey }, { cancelRefetch: false });
      }, spacing);
    };
    void follow(of, moved, gone.signal);
    return () => {
      gone.abort();
      clearTimeout(due);
    };
  }, [what, spacing, queries]);
}
