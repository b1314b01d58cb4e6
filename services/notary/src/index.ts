export { notarySettings } from './notary.config';
export { NotaryModule, type NotaryPorts, openNotary } from './notary.module';
export { openSigningKey } from './signing-key';
