export type { Asker, LimitScope, Limits, Quantity, Quota } from './limits';
export { openInProcessLimits, openLimits, openRedisLimits } from './open-limits';
export { unlimited } from './unlimited';
