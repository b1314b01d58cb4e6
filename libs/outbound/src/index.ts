export { type AddressSet, addressSet, isPublicAddress } from './address';
export { checkTarget } from './check-target';
export type { Lookup } from './guarded-connector';
export { createOutbound, type Outbound, type OutboundAnswer, type OutboundCall, type Trust } from './outbound';
