import { Fault } from '@runledger/kernel';
import { hashInTile, nodesOf, type ProofPlan, placeOfNode, proofOf, type TreeNode, tilePath } from '@runledger/merkle';
import type { LedgerReads } from '@runledger/postgres';

/** Tiles that are kept while a tree is read from left to right. */
const KEPT_TILES = 64;

/** The hash of a node of a tree. */
export type TreeHashes = (node: TreeNode) => Promise<Buffer>;

/** Hashes of the nodes of a workspace's tree at one size, from its tiles. @throws Fault bug NOTARY_NO_TILE */
export function createTreeHashes(reads: LedgerReads, workspace: string, size: number): TreeHashes {
  const tiles = new Map<string, Buffer>();
  return async (node) => {
    const place = placeOfNode(node, size);
    const path = tilePath(place.tile);
    const kept = tiles.get(path);
    if (kept !== undefined) return hashInTile(place, kept);
    const bytes = await reads.tile(workspace, place.tile.level, place.tile.index, place.tile.width);
    if (bytes === null) throw new Fault('bug', 'NOTARY_NO_TILE', `${path} of ${workspace} is not stored`);
    const [oldest] = tiles.keys();
    if (tiles.size >= KEPT_TILES && oldest !== undefined) tiles.delete(oldest);
    tiles.set(path, bytes);
    return hashInTile(place, bytes);
  };
}

const nameOf = ({ level, index }: TreeNode): string => `${level}/${index}`;

/** The hashes of a planned proof. @throws Fault bug NOTARY_NO_TILE */
export async function readProof(plan: ProofPlan, hashOf: TreeHashes): Promise<Buffer[]> {
  const hashes = new Map<string, Buffer>();
  for (const node of nodesOf(plan)) hashes.set(nameOf(node), await hashOf(node));
  return proofOf(plan, (node) => hashes.get(nameOf(node)) ?? Buffer.alloc(0));
}
