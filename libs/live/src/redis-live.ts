import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@runledger/kernel';
import { Redis } from 'ioredis';
import type { Live, Signal } from './live';
import { createSubscribers } from './subscribers';

const CHANNEL = 'runledger.live.v1';
/** How long the start waits for Redis. It starts without one as well. */
const START_MS = 2_000;
const LONGEST_RETRY_MS = 1_000;
/** Signals on their way to a Redis that does not answer. What comes on top is dropped. */
const MOST_PENDING = 1_000;

type Message = { from: string; signals: Signal[] };

function readMessage(text: string): Message | undefined {
  try {
    const message = JSON.parse(text) as Partial<Message> | null;
    if (typeof message?.from !== 'string' || !Array.isArray(message.signals)) return undefined;
    return { from: message.from, signals: message.signals };
  } catch {
    return undefined;
  }
}

function connect(url: string, name: string, logger: Logger): Redis {
  const redis = new Redis(url, {
    connectionName: `runledger-live-${name}`,
    lazyConnect: true,
    enableOfflineQueue: name === 'subscribe', // the wish to listen outlives an outage, a signal does not
    maxRetriesPerRequest: null,
    connectTimeout: 2_000,
    keepAlive: 10_000,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), LONGEST_RETRY_MS),
  });
  let down = false;
  redis.on('error', (err) => {
    if (!down) logger.warn({ err, connection: name }, 'Redis is away; signals of other processes are lost meanwhile');
    down = true;
  });
  redis.on('ready', () => {
    if (down) logger.info({ connection: name }, 'Redis is back');
    down = false;
  });
  return redis;
}

/**
 * Signals between processes, by Redis pub/sub. Listeners of the publishing process hear it without Redis, so that they
 * hear it once, and also while Redis is away. Nothing here throws or blocks for Redis; it reconnects by itself.
 */
export async function openRedisLive(url: string, logger: Logger): Promise<Live> {
  const me = randomUUID();
  const subscribers = createSubscribers(logger);
  const sender = connect(url, 'publish', logger);
  const receiver = connect(url, 'subscribe', logger);
  let pending = 0;
  let closed = false;

  receiver.on('message', (_channel: string, text: string) => {
    const message = readMessage(text);
    if (message !== undefined && message.from !== me) subscribers.tell(message.signals);
  });
  // Both reconnect by themselves, for ever: a first failure is a warning like every other.
  const up = Promise.allSettled([sender.connect(), receiver.connect(), receiver.subscribe(CHANNEL)]);
  await Promise.race([up, sleep(START_MS, undefined, { ref: false })]);

  function send(signals: readonly Signal[]): void {
    if (sender.status !== 'ready' || pending >= MOST_PENDING) return;
    pending++;
    sender
      .publish(CHANNEL, JSON.stringify({ from: me, signals }))
      .catch(() => undefined) // lost, as a signal may be; the connection's own events tell of it
      .finally(() => pending--);
  }

  return {
    publish(signals) {
      if (closed || signals.length === 0) return;
      subscribers.tell(signals);
      send(signals);
    },
    subscribe: (listener) => subscribers.add(listener),
    async close() {
      closed = true;
      subscribers.clear();
      sender.disconnect();
      receiver.disconnect();
    },
  };
}
