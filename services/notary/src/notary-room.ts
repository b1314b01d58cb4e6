import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '@runledger/kernel';
import {
  formatTlogProof,
  planInclusion,
  TILE_WIDTH,
  type Tile,
  tilePath,
  widthOfTile,
  writeBundle,
} from '@runledger/merkle';
import {
  createLedgerReads,
  type Delivery,
  deliveriesOf,
  type LedgerReads,
  type PublishedLog,
} from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import { createTreeHashes, readProof } from './tree-hashes';

/** How long after it was signed a checkpoint is waited for to come back from a witness. */
const WITNESS_MS = 5_000;
const WITNESS_LOOK_MS = 200;

const noSuch = (what: string): Fault => new Fault('missing', 'NOTARY_MISSING', `there is no such ${what}`);

/** What is served of the logs: nothing beyond the newest published checkpoint. */
export type NotaryRoom = Readonly<{
  reads: LedgerReads;
  /** How it stands with the places that checkpoints of the log go to. */
  deliveries(workspace: string): Promise<Delivery[]>;
  /** @throws Fault missing NOTARY_NO_LOG (before the first checkpoint as well) */
  log(workspace: string): Promise<PublishedLog>;
  /**
   * A checkpoint with all that is published now, signed by a witness too where the log has one and it answers within seconds.
   * @throws Fault missing NOTARY_NO_LOG
   */
  witnessed(workspace: string): Promise<PublishedLog>;
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

  /** The newest checkpoint with the leaf that a witness has signed too; the newest of all where none has it. */
  async function over(workspace: string, index: number, newest: PublishedLog): Promise<PublishedLog> {
    const cosigned = await reads.cosigned(workspace);
    return cosigned !== null && index < cosigned.size ? cosigned : newest;
  }

  async function witnessed(workspace: string): Promise<PublishedLog> {
    const asked = await log(workspace);
    for (const end = performance.now() + WITNESS_MS - asked.ageMs; ; await sleep(WITNESS_LOOK_MS)) {
      const cosigned = await reads.cosigned(workspace);
      if (cosigned !== null && cosigned.size >= asked.size) return cosigned;
      if (cosigned === null || performance.now() > end) return log(workspace);
    }
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
    const hashes = await readProof(planInclusion(index, size), createTreeHashes(reads, workspace, size));
    return formatTlogProof({ index, hashes, checkpoint: note });
  }

  return {
    reads,
    deliveries: (workspace) => deliveriesOf(source, workspace),
    log,
    witnessed,
    tile,
    async prove(workspace, index) {
      const head = await log(workspace);
      if (index >= head.size) throw noSuch('leaf in a checkpoint, or not yet');
      return { index, proof: await proof(workspace, index, await over(workspace, index, head)) };
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
          proof: await proof(workspace, index, await over(workspace, index, head)),
        })),
      );
    },
  };
}
