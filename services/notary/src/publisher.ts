import { BackgroundLoop, failpoint, isFault, type Logger } from '@runledger/kernel';
import { formatVerifierKey, GrowingTree, type NoteSigner, signCheckpoint } from '@runledger/merkle';
import {
  asWriter,
  behindTrees,
  integrateLeaves,
  type LedgerTree,
  type LedgerWriter,
  leafHashes,
  leaveLedger,
  publishCheckpoint,
  signedSize,
  storeCheckpoint,
  takeLedger,
} from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import { growTree } from './grow-tree';

export type PublisherDeps = Readonly<{
  source: DataSource;
  logger: Logger;
  holder: string;
  /** The signer of a workspace's log, whose name is the log's origin. */
  signerOf: (workspace: string) => NoteSigner;
  /** Signs too, while the key changes; null when it does not. */
  nextSignerOf: ((workspace: string) => NoteSigner) | null;
  /** How often to look, which is also how often a log may get a checkpoint. */
  everyMs?: number;
}>;

const EVERY_MS = 1_000;
/** Leaves that one transaction integrates. */
const MOST_LEAVES = 4_096;

/**
 * Integrates what is sequenced, signs, and publishes what is signed: three steps, each kept before the next begins. One
 * process at a time does it; the others wait until it is silent (see asWriter).
 */
export class Publisher {
  readonly #loop: BackgroundLoop;
  #writer: LedgerWriter | null = null;

  constructor(private readonly deps: PublisherDeps) {
    const { everyMs = EVERY_MS, logger } = deps;
    this.#loop = new BackgroundLoop({
      round: () => this.#round(),
      everyMs,
      failed: (error) => {
        if (isFault(error) && error.code === 'POSTGRES_LOST_LEDGER') this.#writer = null;
        logger.warn({ err: error }, 'the ledger was not published; this is tried again');
      },
    });
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
    if (this.#writer !== null) await leaveLedger(this.deps.source, this.#writer).catch(() => undefined);
  }

  async #round(): Promise<void> {
    const { source, holder } = this.deps;
    this.#writer ??= await takeLedger(source, holder);
    if (this.#writer === null) return;
    await asWriter(source, this.#writer, async () => undefined); // alive, also when there is nothing to do
    for (const tree of await behindTrees(source)) await this.#advance(this.#writer, tree);
  }

  async #advance(writer: LedgerWriter, tree: LedgerTree): Promise<void> {
    const { source } = this.deps;
    const signed = await signedSize(source, tree.workspace);
    // Signed and not published: a process ended between the two. It is published as it is; no size is signed twice.
    if (signed !== null && signed > tree.published) await this.#publish(writer, tree.workspace, signed);
    const integrated = await this.#integrate(writer, tree);
    if (integrated.integrated > Math.max(tree.published, signed ?? 0)) await this.#sign(writer, integrated);
  }

  async #integrate(writer: LedgerWriter, from: LedgerTree): Promise<LedgerTree> {
    const { source } = this.deps;
    let tree = from;
    while (tree.integrated < tree.sequenced && !this.#loop.signal.aborted) {
      const to = Math.min(tree.integrated + MOST_LEAVES, tree.sequenced);
      const hashes = await leafHashes(source, tree.workspace, tree.integrated, to);
      const grown = growTree({ size: tree.integrated, subtrees: tree.subtrees }, hashes);
      await asWriter(source, writer, (tx) => integrateLeaves(tx, tree, grown));
      failpoint('ledger.after-integrated');
      tree = { ...tree, integrated: grown.size, subtrees: grown.subtrees };
    }
    return tree;
  }

  async #sign(writer: LedgerWriter, { workspace, integrated: size, subtrees }: LedgerTree): Promise<void> {
    const signer = this.deps.signerOf(workspace);
    const root = new GrowingTree(size, subtrees).root();
    const next = this.deps.nextSignerOf?.(workspace) ?? null;
    const note = signCheckpoint({ origin: signer.name, size, root }, next === null ? [signer] : [signer, next]);
    const nextVerifierKey = next === null ? null : formatVerifierKey(next);
    const as = { origin: signer.name, verifierKey: formatVerifierKey(signer), nextVerifierKey };
    await asWriter(this.deps.source, writer, (tx) => storeCheckpoint(tx, { workspace, size, root, note }, as));
    failpoint('ledger.after-signed');
    await this.#publish(writer, workspace, size);
  }

  async #publish(writer: LedgerWriter, workspace: string, size: number): Promise<void> {
    await asWriter(this.deps.source, writer, (tx) => publishCheckpoint(tx, workspace, size));
    failpoint('ledger.after-published');
  }
}
