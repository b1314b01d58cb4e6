import { Fault } from '@runledger/kernel';
import {
  formatTlogProof,
  nodesOf,
  planInclusion,
  proofOf,
  TILE_WIDTH,
  type Tile,
  type TreeNode,
  tilePath,
  widthOfTile,
  writeBundle,
} from '@runledger/merkle';
import { createLedgerReads, type LedgerReads, type PublishedLog } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import { createTreeHashes } from './tree-hashes';

const nameOf = ({ level, index }: TreeNode): string => `${level}/${index}`;
const noSuch = (what: string): Fault => new Fault('missing', 'NOTARY_MISSING', `there is no such ${what}`);

/** What is served of the logs: nothing beyond the newest published checkpoint. */
export type NotaryRoom = Readonly<{
  reads: LedgerReads;
  /** @throws Fault missing NOTARY_NO_LOG (before the first checkpoint as well) */
  log(workspace: string): Promise<PublishedLog>;
  /** @throws Fault missing NOTARY_NO_LOG, NOTARY_MISSING */
  tile(workspace: string, tile: Tile): Promise<Buffer>;
  /** A leaf with the text that proves it (C2SP tlog-proof). @throws Fault missing NOTARY_NO_LOG, NOTARY_MISSING (not yet published) */
  prove(workspace: string, index: number): Promise<{ index: number; proof: string }>;
  /** The leaves of an event, each with the text that proves it (C2SP tlog-proof). @throws Fault missing NOTARY_MISSING */
  proofs(
    workspace: string,
    event: string,
  ): Promise<Array<{ index: number; stream: string; entry: string; proof: string }>>;
}>;

export const NOTARY_ROOM = Symbol('notary-room');

export function openNotaryRoom(source: DataSource): NotaryRoom {
  const reads = createLedgerReads(source);

  async function log(workspace: string): Promise<PublishedLog> {
    const found = await reads.published(workspace);
    if (found === null) throw new Fault('missing', 'NOTARY_NO_LOG', 'this workspace has no log, or nothing in it yet');
    return found;
  }

  async function tile(workspace: string, wanted: Tile): Promise<Buffer> {
    const { size } = await log(workspace);
    if (widthOfTile(wanted, size) < wanted.width) throw noSuch('tile');
    const { level, index, width } = wanted;
    if (level === 'entries') {
      const first = index * TILE_WIDTH;
      return writeBundle(await reads.entries(workspace, first, first + width));
    }
    const bytes = await reads.tile(workspace, level, index, width);
    if (bytes === null) throw new Fault('bug', 'NOTARY_NO_TILE', `${tilePath(wanted)} of ${workspace} is not stored`);
    return bytes;
  }

  async function proof(workspace: string, index: number, { size, note }: PublishedLog): Promise<string> {
    const plan = planInclusion(index, size);
    const hashOf = createTreeHashes(reads, workspace, size);
    const hashes = new Map<string, Buffer>();
    for (const node of nodesOf(plan)) hashes.set(nameOf(node), await hashOf(node));
    const known = (node: TreeNode): Buffer => hashes.get(nameOf(node)) ?? Buffer.alloc(0);
    return formatTlogProof({ index, hashes: proofOf(plan, known), checkpoint: note });
  }

  return {
    reads,
    log,
    tile,
    async prove(workspace, index) {
      const head = await log(workspace);
      if (index >= head.size) throw noSuch('leaf in a checkpoint, or not yet');
      return { index, proof: await proof(workspace, index, head) };
    },
    async proofs(workspace, event) {
      const head = await log(workspace);
      const leaves = await reads.findEvent(workspace, event);
      if (leaves.length === 0) throw noSuch('event in the log, or not yet');
      const known = leaves.filter(({ index }) => index < head.size);
      return Promise.all(
        known.map(async ({ index, stream, entry }) => ({
          index,
          stream,
          entry: entry.toString(),
          proof: await proof(workspace, index, head),
        })),
      );
    },
  };
}
