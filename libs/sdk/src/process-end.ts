/** What must happen to a live run when its process ends. */
export type Ending = Readonly<{
  /** In the background: nothing else keeps the process alive. */
  sealAndSend(): void;
  /** At once, without the event loop. */
  sealNow(): void;
  /** The process was told to stop. Bounded. */
  killed?(signal: NodeJS.Signals): Promise<void>;
}>;

const endings = new Set<Ending>();
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

const onBeforeExit = (): void => endings.forEach((ending) => ending.sealAndSend());
const onExit = (): void => endings.forEach((ending) => ending.sealNow());

let stopping = false;

/** Runs finish as killed, and then the signal does what it would have done. A second signal does it at once. */
function onSignal(signal: NodeJS.Signals): void {
  if (stopping) return endBy(signal);
  stopping = true;
  const ends = [...endings].map((ending) => Promise.resolve(ending.killed?.(signal)));
  void Promise.allSettled(ends).then(() => endBy(signal));
}

/** Where the program listens too, it decides itself how to end. */
function endBy(signal: NodeJS.Signals): void {
  for (const name of SIGNALS) process.off(name, onSignal);
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}

const takesSignals = (): boolean => [...endings].some((ending) => ending.killed !== undefined);

function listen(): void {
  process.on('beforeExit', onBeforeExit);
  process.on('exit', onExit);
}

/** One listener a process, however many runs it has. */
export function watchProcessEnd(ending: Ending): () => void {
  if (endings.size === 0) listen();
  const tookSignals = takesSignals();
  endings.add(ending);
  if (!tookSignals && takesSignals()) for (const name of SIGNALS) process.on(name, onSignal);
  return () => {
    endings.delete(ending);
    if (!takesSignals()) for (const name of SIGNALS) process.off(name, onSignal);
    if (endings.size > 0) return;
    process.off('beforeExit', onBeforeExit);
    process.off('exit', onExit);
  };
}
