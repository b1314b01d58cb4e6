import { AsyncLocalStorage } from 'node:async_hooks';

type Asker = { readonly gone: () => AbortSignal | undefined; tenant: string };
const asking = new AsyncLocalStorage<Asker>();

/** Does work for somebody who may go away: all that it calls can ask `askerGone`. Most ask for no signal, so that it is made for the first who does. */
export function workFor<T>(gone: () => AbortSignal | undefined, work: () => T): T {
  let made: Readonly<{ signal: AbortSignal | undefined }> | undefined;
  const once = (): AbortSignal | undefined => {
    made ??= { signal: gone() };
    return made.signal;
  };
  return asking.run({ gone: once, tenant: askingTenant() }, work);
}

/** Aborted once nobody waits for this work any more; undefined where it is nobody's, or everybody's. */
export const askerGone = (): AbortSignal | undefined => asking.getStore()?.gone();

/** Says on whose account the work is that goes on from here, once that is known. */
export function askFor(tenant: string): void {
  const asker = asking.getStore();
  if (asker !== undefined) asker.tenant = tenant;
}

/** On whose account this work is; empty for the process's own. */
export function askingTenant(): string {
  return asking.getStore()?.tenant ?? '';
}
