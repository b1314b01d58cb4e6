/** The key that this tab signs in with. It lives as long as the tab, and goes to no other place than the API. */
export type Session = Readonly<{ key: string | null; refused: boolean }>;

const NAME = 'runledger.key';
const CHANNEL = 'runledger.key';
/** Other tabs of this browser answer at once or not at all. */
const ANSWER_MS = 120;

let session: Session = { key: sessionStorage.getItem(NAME), refused: false };
const watchers = new Set<() => void>();

function become(next: Session): void {
  session = next;
  for (const watcher of watchers) watcher();
}

export const currentSession = (): Session => session;

export function watchSession(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function signIn(key: string): void {
  sessionStorage.setItem(NAME, key);
  become({ key, refused: false });
}

export function signOut(): void {
  sessionStorage.removeItem(NAME);
  become({ key: null, refused: true });
}

/** The server does not take the key (any more). */
export function refuseSession(): void {
  if (!session.refused) become({ ...session, refused: true });
}

/** A link may carry a key in its fragment, which browsers send to nobody. It is taken, and leaves the address bar. */
function takeKeyFromLink(): void {
  const key = new URLSearchParams(location.hash.slice(1)).get('key');
  if (key === null) return;
  history.replaceState(history.state, '', location.pathname + location.search);
  signIn(key);
}

/** A link that was opened in a new tab is signed in by the tab that it came from. */
function askOtherTabs(channel: BroadcastChannel): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ANSWER_MS);
    channel.onmessage = ({ data }: MessageEvent<{ key?: string }>) => {
      if (data.key === undefined) return;
      clearTimeout(timer);
      signIn(data.key);
      done();
    };
    channel.postMessage({});
  });
}

export async function beginSession(): Promise<void> {
  takeKeyFromLink();
  const channel = new BroadcastChannel(CHANNEL);
  if (session.key === null) await askOtherTabs(channel);
  channel.onmessage = ({ data }: MessageEvent<{ key?: string }>) => {
    if (data.key === undefined && session.key !== null && !session.refused) channel.postMessage({ key: session.key });
  };
}
