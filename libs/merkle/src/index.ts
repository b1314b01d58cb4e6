export { type CanonicalValue, canonicalJson } from './canonical-json';
export { type Checkpoint, formatCheckpoint, openCheckpoint, parseCheckpoint, signCheckpoint } from './checkpoint';
export { MAX_ENTRY_BYTES, readBundle, writeBundle } from './entry-bundle';
export { type Completed, GrowingTree } from './growing-tree';
export { EMPTY_ROOT, HASH_BYTES, leafHash, leafHashInto, nodeHash } from './hash';
export { formatNote, type NoteSignature, openNote, parseNote, type SignedNote, signatureOf, signNote } from './note';
export {
  COSIGNATURE,
  ED25519,
  formatSignerKey,
  formatVerifierKey,
  generateSigner,
  isKeyName,
  type NoteSigner,
  type NoteVerifier,
  parseSignerKey,
  parseVerifierKey,
  renameSigner,
} from './note-key';
export { nodesOf, type ProofPlan, planConsistency, planInclusion, proofOf } from './prove';
export { saltedDigest } from './salted-digest';
export { type LeafRange, perfectSubtrees, rootOf, type TreeNode } from './subtree';
export {
  bundlesBetween,
  hashInTile,
  type NodePlace,
  nodeInTile,
  placeOfNode,
  TILE_WIDTH,
  type Tile,
  tileOfPath,
  tilePath,
  tilesBetween,
  widthOfTile,
} from './tile';
export { formatTlogProof, parseTlogProof, type TlogProof, verifyTlogProof } from './tlog-proof';
export { isConsistent, isIncluded, rootFromInclusion } from './verify';
export { proverOf } from './whole-tree';
