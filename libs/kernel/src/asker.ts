import { AsyncLocalStorage } from 'node:async_hooks';

const asking = new AsyncLocalStorage<AbortSignal | undefined>();

/** Does work for somebody who may go away: all that it calls can ask `askerGone`. */
export const workFor = <T>(gone: AbortSignal | undefined, work: () => T): T => asking.run(gone, work);

/** Aborted once nobody waits for this work any more; undefined where it is nobody's, or everybody's. */
export const askerGone = (): AbortSignal | undefined => asking.getStore();
