import type { Logger } from '@runledger/kernel';
import type { Live } from './live';
import { createSubscribers } from './subscribers';

/** Signals between the rooms of one process. */
export function openInProcessLive(logger: Pick<Logger, 'error'>): Live {
  const subscribers = createSubscribers(logger);
  return {
    publish: subscribers.tell,
    subscribe: (listener) => subscribers.add(listener),
    close: async () => subscribers.clear(),
  };
}
