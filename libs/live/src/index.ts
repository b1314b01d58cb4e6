export { openInProcessLive } from './in-process-live';
export type { Live, Signal } from './live';
export { openLive } from './open-live';
export { openRedisLive } from './redis-live';
