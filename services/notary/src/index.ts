export { archiveAges } from './archive-ages';
export { notarySettings } from './notary.config';
export { NotaryModule, type NotaryPorts, openNotary } from './notary.module';
export { openNextKey, openSigningKey } from './signing-key';
