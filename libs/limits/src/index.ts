export type { Asker, LimitScope, Limits, Quantity, Quota } from './limits';
export { openInProcessLimits, openLimits, openRedisLimits } from './open-limits';
export {
  createStorageLimits,
  type Kept,
  type StorageLimits,
  type StoragePlace,
  unlimitedStorage,
} from './storage-limits';
export { unlimited } from './unlimited';
