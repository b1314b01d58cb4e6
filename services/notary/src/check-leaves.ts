import { createHash } from 'node:crypto';
import type { Artifacts } from '@runledger/artifacts';
import { isDamage, type Log } from '@runledger/bus';
import type { CheckResult, Difference } from '@runledger/contracts/http';
import { artifactDigestOf } from '@runledger/evidence';
import { Fault, isFault } from '@runledger/kernel';
import { leafHash, parseCheckpoint, parseNote } from '@runledger/merkle';
import { createLedgerExports, type KeptLeaf } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import { growTree } from './grow-tree';
import { payloadDigest, sha256 } from './leaf';
import type { NotaryRoom } from './notary-room';
import { type FoundPayload, findPayloads, type Said } from './payload-reads';
import { recordsOfSegment, segmentLine, segmentOf, segmentRoot } from './segment';

export type CheckPorts = Readonly<{
  source: DataSource;
  log: Pick<Log, 'read'>;
  room: NotaryRoom;
  artifacts: Pick<Artifacts, 'open'>;
}>;
export type LeavesCheckOptions = Readonly<{
  /** Whether the stored files that leaves name are read, too: each once. */
  artifacts: boolean;
  /** Called after each page with how long it took, for whoever is in no hurry. */
  rest?(workedMs: number): Promise<void>;
}>;
type Checked = Readonly<{ leaves: number; checkpoints: number }>;

const PAGE = 1_000;
/** Differences that the result repeats. */
const KEPT = 100;

type Place = Pick<Difference, 'workspace' | 'subject' | 'where'>;
type Body = Readonly<{ stream: string; payload_digest?: string; segment?: object }>;
type EventBody = Omit<Said, 'workspace'> & Readonly<{ payload_digest: string }>;

const digestOf = (bytes: Uint8Array | string): string => sha256(bytes).toString('hex');

/** Who said something, when, of what and by which id: it stands in the leaf as it stands in the record. */
const wordsOf = ({ workspace, stream, id, time, recorded, actor }: Said): string =>
  JSON.stringify([workspace, stream, id, time, recorded, actor]);

/**
 * Whether the log that was signed is the one that is kept: each leaf has the hash that its tile has, commits to what the log
 * of records still has and says of it what is said there, stored files have the bytes that they are named by, and the tree over the leaves has the root of every
 * checkpoint. Names what differs; nothing of it can be repaired. With a look at each record and each file once, in memory that
 * grows with nothing but the number of different files.
 */
export function createLeavesCheck({ source, log, room, artifacts }: CheckPorts) {
  const exports = createLedgerExports(source);

  const differs = (at: Place, expected: string, found: string | null) =>
    ({
      kind: 'difference',
      ...at,
      expected: { rows: 1, digest: expected },
      found: found === null ? null : { rows: 1, digest: found },
      missing: [],
      unexpected: [],
      repaired: false,
    }) satisfies Difference;

  /** The digest of the bytes that are stored under one; null where there are none. What was erased or has expired is as it has to be. */
  async function storedDigest(digest: string): Promise<string | null> {
    try {
      const { stream } = await artifacts.open(`sha256:${digest}`);
      const hash = createHash('sha256');
      for await (const chunk of stream) hash.update(chunk as Buffer);
      return hash.digest('hex');
    } catch (error) {
      if (!isFault(error) || error.kind !== 'missing') throw error;
      return error.code === 'ARTIFACTS_ERASED' || error.code === 'ARTIFACTS_EXPIRED' ? digest : null;
    }
  }

  /** What is compared with records; where the archive of the log does not have them, that is the difference. */
  async function* withRecords(workspace: string, work: AsyncIterable<Difference>): AsyncGenerator<Difference> {
    try {
      yield* work;
    } catch (error) {
      if (!isDamage(error)) throw error;
      const { topic, partition, first, next, digest = '' } = error.context;
      const subject = `${String(topic)}/${String(partition)}`;
      const where = `archive: offsets ${String(first)} to ${Number(next) - 1}`;
      yield {
        ...differs({ workspace, subject, where }, String(digest), null),
        unexpected: [`${error.message} (${error.code})`],
      };
    }
  }

  /** A leaf of an event against what the record has of it. */
  function* recordOf(
    at: Readonly<{ workspace: string; index: number }>,
    body: EventBody,
    found: FoundPayload,
  ): Generator<Difference> {
    const { workspace, index } = at;
    const { stream: subject, payload_digest: expected } = body;
    const digest = payloadDigest(found.payload, found.salt);
    if (digest !== expected)
      yield differs({ workspace, subject, where: `log: what leaf ${index} commits to` }, expected, digest);
    if (found.said === null) return;
    const [told, kept] = [wordsOf({ ...body, workspace }), wordsOf(found.said)];
    const where = `log: what leaf ${index} says of its event`;
    if (kept !== told) yield differs({ workspace, subject, where }, digestOf(told), digestOf(kept));
  }

  async function* payloads(
    workspace: string,
    leaves: readonly KeptLeaf[],
    files: Set<string> | null,
  ): AsyncGenerator<Difference> {
    const found = await findPayloads(log, leaves);
    for (const { index, entry, salt } of leaves) {
      const body = JSON.parse(entry.toString()) as Body | EventBody;
      const { stream, payload_digest: expected } = body;
      if (salt === null || expected === undefined) continue;
      const kept = found.get(index);
      const where = `log: what leaf ${index} commits to`;
      if (kept === undefined) yield differs({ workspace, subject: stream, where }, expected, null);
      else {
        yield* recordOf({ workspace, index }, body as EventBody, kept);
        const file = artifactDigestOf(kept.payload);
        if (files === null || file === null || files.has(file)) continue;
        files.add(file);
        const stored = await storedDigest(file);
        if (stored !== file)
          yield differs({ workspace, subject: stream, where: `artifacts: the file of leaf ${index}` }, file, stored);
      }
    }
  }

  async function* segments(workspace: string, leaves: readonly KeptLeaf[]): AsyncGenerator<Difference> {
    for (const { index, entry } of leaves) {
      const { stream, segment } = JSON.parse(entry.toString()) as Body;
      if (segment === undefined) continue;
      const { root: expected, ...piece } = segmentOf(entry);
      const records = await recordsOfSegment(log, workspace, { ...piece, root: expected });
      const root = segmentRoot(records.map(segmentLine)).toString('hex');
      const where = `log: records ${piece.first} to ${piece.last} of leaf ${index}`;
      if (root !== expected)
        yield differs({ workspace, subject: stream, where }, expected, records.length === 0 ? null : root);
    }
  }

  /** What a page adds to the tree, against the tiles. */
  async function* tiles(workspace: string, grown: ReturnType<typeof growTree>): AsyncGenerator<Difference> {
    for (const { level, index, bytes, widthAfter } of grown.tiles) {
      const kept = (await room.reads.tile(workspace, level, index, widthAfter))?.subarray(-bytes.length) ?? null;
      if (kept === null || !kept.equals(bytes))
        yield differs(
          { workspace, subject: `tile/${level}/${index}`, where: 'tiles' },
          digestOf(bytes),
          kept && digestOf(kept),
        );
    }
  }

  function* checkpoint(
    workspace: string,
    { size, root, note }: Readonly<{ size: number; root: Buffer; note: string }>,
    computed: Buffer,
  ): Generator<Difference> {
    const subject = `checkpoint/${size}`;
    const signed = parseCheckpoint(parseNote(note).text);
    if (signed.size !== size || !signed.root.equals(root))
      yield differs(
        { workspace, subject, where: 'checkpoints: the note' },
        root.toString('hex'),
        signed.root.toString('hex'),
      );
    if (!computed.equals(signed.root))
      yield differs({ workspace, subject, where: 'leaves' }, signed.root.toString('hex'), computed.toString('hex'));
  }

  async function* checkAll(
    workspace: string,
    { artifacts: withFiles, rest }: LeavesCheckOptions,
  ): AsyncGenerator<Difference, Checked> {
    const none = { leaves: 0, checkpoints: 0 };
    const head = await room.log(workspace).catch((error: unknown) => {
      if (isFault(error) && error.code === 'NOTARY_NO_LOG') return null; // nothing was published yet
      throw error;
    });
    if (head === null) return none;
    let tree: Pick<ReturnType<typeof growTree>, 'size' | 'subtrees'> = { size: 0, subtrees: [] };
    let checkpoints = 0;
    const files = withFiles ? new Set<string>() : null;
    while (tree.size < head.size) {
      const began = performance.now();
      // A page ends at a checkpoint, so that the tree is compared at each.
      const next = await room.reads.nextCheckpoint(workspace, tree.size);
      if (next === null) throw new Fault('bug', 'NOTARY_MISSING', 'the newest checkpoint is not kept');
      const end = Math.min(next.size, tree.size + PAGE);
      const range = { kind: 'range', first: tree.size, end } as const;
      const leaves = await exports.page(workspace, range, { after: tree.size - 1, size: head.size, limit: PAGE });
      const lost = leaves.findIndex(({ index }, at) => index !== tree.size + at);
      if (lost >= 0 || leaves.length < end - tree.size) {
        const index = tree.size + (lost >= 0 ? lost : leaves.length);
        yield differs({ workspace, subject: `leaf ${index}`, where: 'leaves' }, '', null);
        return { leaves: index, checkpoints }; // without it there is no tree over those behind it
      }
      const grown = growTree(
        tree,
        leaves.map(({ entry }) => leafHash(entry)),
      );
      yield* withRecords(workspace, payloads(workspace, leaves, files));
      yield* withRecords(workspace, segments(workspace, leaves));
      yield* tiles(workspace, grown);
      if (grown.size === next.size) {
        yield* checkpoint(workspace, next, grown.root);
        checkpoints++;
      }
      tree = grown;
      await rest?.(performance.now() - began);
    }
    return { leaves: tree.size, checkpoints };
  }

  /** Tells each difference, and answers the result. */
  return async function* check(
    workspace: string,
    options: LeavesCheckOptions,
  ): AsyncGenerator<Difference, CheckResult> {
    const startedAt = new Date().toISOString();
    const found: Difference[] = [];
    let differences = 0;
    const checking = checkAll(workspace, options);
    let step = await checking.next();
    for (; step.done !== true; step = await checking.next()) {
      differences++;
      if (found.length < KEPT) found.push(step.value);
      yield step.value;
    }
    const { leaves: records, checkpoints: compared } = step.value;
    const finishedAt = new Date().toISOString();
    return { kind: 'result', startedAt, finishedAt, records, compared, differences, repaired: 0, found };
  };
}
export type LeavesCheck = ReturnType<typeof createLeavesCheck>;
