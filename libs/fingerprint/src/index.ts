export { type Fingerprinted, fingerprintOf } from './fingerprint';
