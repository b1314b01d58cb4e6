export { artifactDigestOf } from './artifact-digest';
export type { EvidenceSource, ExportedLeaf, SaltedPayload } from './evidence-source';
export type { LeafBody } from './leaf-row';
export type { SegmentMessage } from './payload-line';
export type { EvidenceScope, Manifest } from './statement';
export { type Verified, verifyBundle } from './verify-bundle';
export { verifyCommand } from './verify-command';
export { type BundleHead, BundleWriter } from './write-bundle';
