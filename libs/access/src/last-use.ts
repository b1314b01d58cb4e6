import type { Logger } from '@runledger/kernel';
import type { KeyStore } from './key-store';
import type { LiveKey } from './live-key';

/** A process notes the use of a key so often at most. */
const EVERY_MS = 60_000;

/** Notes when a key or a session was used. Nobody waits for it, and a use that cannot be noted is one that will be with the next. */
export function createLastUses(store: Pick<KeyStore, 'used'>, logger: Logger, now = Date.now) {
  const noted = new Map<string, number>();
  return (key: Pick<LiveKey, 'id' | 'of'>): void => {
    const at = now();
    if (at - (noted.get(key.id) ?? Number.NEGATIVE_INFINITY) < EVERY_MS) return;
    noted.set(key.id, at);
    store.used(key, new Date(at)).catch((err: unknown) => logger.warn({ err }, 'the use of a key was not noted'));
  };
}
