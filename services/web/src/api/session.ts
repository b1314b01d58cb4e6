/**
 * The key that this tab signs in with. It lives as long as the tab, and goes to no other place than the API. Without one, the browser sends
 * the cookie of whoever signed in by a provider, which no script can read. `reason` is why the provider's way in ended here.
 */
export type Session = Readonly<{ key: string | null; refused: boolean; reason: string | null }>;

const NAME = 'runledger.key';
const CHANNEL = 'runledger.key';
/** Other tabs of this browser answer at once or not at all. */
const ANSWER_MS = 120;

let session: Session = { key: sessionStorage.getItem(NAME), refused: false, reason: null };
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
  become({ key, refused: false, reason: null });
}

/** Who has a key as well as a cookie is signed in by the key. */
export const credentialsOf = (key: string | null): RequestCredentials => (key === null ? 'same-origin' : 'omit');

/** Forgets the key, or ends the session; where the provider has a page for it, that is where people end up. */
export async function signOut(): Promise<void> {
  const byCookie = session.key === null;
  sessionStorage.removeItem(NAME);
  const answer = byCookie ? await fetch('/auth/logout', { method: 'POST' }).catch(() => null) : null;
  const { redirect = null } = answer?.ok ? ((await answer.json()) as { redirect: string | null }) : {};
  if (redirect === null) become({ key: null, refused: true, reason: null });
  else location.assign(redirect);
}

/** The server does not take the key (any more). */
export function refuseSession(): void {
  if (!session.refused) become({ ...session, refused: true });
}

/** Where a provider's way in ended without a session, the server says why in the fragment. */
function takeRefusalFromLink(): void {
  const reason = new URLSearchParams(location.hash.slice(1)).get('refused');
  if (reason === null) return;
  history.replaceState(history.state, '', location.pathname + location.search);
  become({ key: null, refused: true, reason });
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
  takeRefusalFromLink();
  const channel = new BroadcastChannel(CHANNEL);
  if (session.key === null && session.reason === null) await askOtherTabs(channel);
  channel.onmessage = ({ data }: MessageEvent<{ key?: string }>) => {
    if (data.key === undefined && session.key !== null && !session.refused) channel.postMessage({ key: session.key });
  };
}
