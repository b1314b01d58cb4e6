export { seal, unseal } from './seal';
export { openSecretKey, type SecretKey } from './secret-key';
