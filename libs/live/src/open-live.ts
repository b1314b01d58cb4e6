import type { Logger } from '@runledger/kernel';
import { openInProcessLive } from './in-process-live';
import type { Live } from './live';
import { openRedisLive } from './redis-live';

/** Signals by Redis where there is one; without it only this process hears them, and others look for themselves. */
export const openLive = async (redisUrl: string | undefined, logger: Logger): Promise<Live> =>
  redisUrl === undefined ? openInProcessLive(logger) : openRedisLive(redisUrl, logger);
