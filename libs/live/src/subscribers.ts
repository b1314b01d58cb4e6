import type { Logger } from '@runledger/kernel';
import type { Signal } from './live';

export type Listener = (signal: Signal) => void;

/** The listeners of one process. They hear signals in order, later than the publisher goes on, and apart from each other. */
export function createSubscribers(logger: Pick<Logger, 'error'>) {
  const listeners = new Set<{ listener: Listener }>();

  function tell(signals: readonly Signal[]): void {
    for (const signal of signals)
      for (const { listener } of [...listeners]) {
        try {
          listener(signal);
        } catch (err) {
          logger.error({ err, kind: signal.kind }, 'a listener to signals failed');
        }
      }
  }

  return {
    tell: (signals: readonly Signal[]): void => {
      if (listeners.size > 0 && signals.length > 0) setImmediate(tell, signals);
    },
    add(listener: Listener): () => void {
      const entry = { listener }; // the same function may listen twice
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    clear: (): void => listeners.clear(),
  };
}
