import type { Logger, Quotas } from '@runledger/kernel';
import { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import { createLimits } from './create-limits';
import type { LimitScope, Limits } from './limits';

export type LimitOptions = Readonly<Record<LimitScope, Quotas>>;

const PREFIX = 'runledger.limit.v1';
/** Of a quota that processes share, each takes a hundredth at a time: that much of it can lie idle in one of them. */
const LEASES = 100;
/** A Redis that hangs is not waited for longer: the process counts by itself meanwhile. */
const PATIENCE_MS = 200;

/** Counts in this process. Nothing needs to be leased. */
export const openInProcessLimits = (options: LimitOptions): Limits =>
  createLimits(
    options,
    (name, limit, duration) => ({
      store: new RateLimiterMemory({ keyPrefix: name, points: limit, duration }),
      lease: limit,
    }),
    async () => undefined,
  );

function connect(url: string, logger: Logger): Redis {
  const redis = new Redis(url, {
    connectionName: 'runledger-limits',
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    commandTimeout: PATIENCE_MS,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), 1_000),
  });
  let down = false;
  redis.on('error', (err) => {
    if (!down) logger.warn({ err }, 'Redis is away; each process counts its limits alone meanwhile');
    down = true;
  });
  redis.on('ready', () => {
    down = false;
  });
  return redis;
}

/** Counts in Redis, for all processes together; alone, and with the whole quota, while Redis is away. */
export function openRedisLimits(url: string, options: LimitOptions, logger: Logger): Limits {
  const redis = connect(url, logger);
  return createLimits(
    options,
    (name, limit, duration) => {
      const shape = { keyPrefix: `${PREFIX}.${name}`, points: limit, duration };
      const insuranceLimiter = new RateLimiterMemory(shape);
      const store = new RateLimiterRedis({
        ...shape,
        storeClient: redis,
        rejectIfRedisNotReady: true,
        insuranceLimiter,
      });
      return { store, lease: Math.max(1, Math.floor(limit / LEASES)) };
    },
    async () => redis.disconnect(),
  );
}

export const openLimits = (redisUrl: string | undefined, options: LimitOptions, logger: Logger): Limits =>
  redisUrl === undefined ? openInProcessLimits(options) : openRedisLimits(redisUrl, options, logger);
