export { openInProcessLive } from './in-process-live';
export type { Live, Signal } from './live';
export { openRedisLive } from './redis-live';
