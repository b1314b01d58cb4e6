import type { TreeNode } from '@runledger/merkle';
import type { LeafBody } from './leaf-row';
import type { Payload, SegmentMessage } from './payload-line';

export type ExportedLeaf = Readonly<{ index: number; entry: Buffer }>;

/** By which erasure bytes went, and when. */
export type ErasedBytes = Readonly<{ erasure: string; at: string }>;

/** By which decision bytes went that had expired, an event of the ledger, and when. */
export type ExpiredBytes = Readonly<{ event: string; at: string }>;

/** What a leaf commits to, and with which salt. */
export type SaltedPayload = Readonly<{ salt: Buffer; payload: Payload }>;

/** Where the leaves of an export come from, and what they commit to. One size of the log for all of it. */
export interface EvidenceSource {
  /** All leaves of the scope, in the order of their indexes, in pages. */
  leaves(): AsyncIterable<readonly ExportedLeaf[]>;
  /** The root of a perfect subtree of the log at that size. */
  hashOf(node: TreeNode): Promise<Buffer>;
  /** What the leaves of a page commit to, by index, with the salts; leaves that have no payload are not among them. */
  payloads(leaves: readonly ExportedLeaf[]): Promise<ReadonlyMap<number, SaltedPayload>>;
  /** The messages of a segment that are in the scope, in the order of its lines. */
  messages(leaf: LeafBody): AsyncIterable<SegmentMessage>;
  /** What sealed texts say, for who reads the dossier; none are told when absent. */
  namesOf?(sealed: readonly string[]): Promise<Readonly<Record<string, string>>>;
  /** Bytes of an artifact by its digest in hex, or that they were erased or have expired; null where the store has none. */
  artifact(
    digest: string,
  ): Promise<Readonly<
    { size: number; bytes: AsyncIterable<Buffer> } | { erased: ErasedBytes } | { expired: ExpiredBytes }
  > | null>;
}
