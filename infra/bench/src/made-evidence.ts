import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BundleWriter, type EvidenceSource, type ExportedLeaf, type SaltedPayload } from '@runledger/evidence';
import {
  type CanonicalValue,
  canonicalJson,
  GrowingTree,
  generateSigner,
  leafHash,
  type NoteSigner,
  saltedDigest,
  signCheckpoint,
} from '@runledger/merkle';

const RUNS = 1_000;
const PAGE = 1_000;
const RECORDED = '2026-01-02T03:04:05.678Z';

type Made = ExportedLeaf & SaltedPayload;

/** One param of one of many runs, as a notary sequences it; the same whenever it is made. */
function leafOf(index: number): Made {
  const salt = Buffer.alloc(32, index % 251);
  salt.writeUInt32LE(index);
  const event = {
    type: 'params.logged',
    dataversion: 1,
    data: { params: [{ key: `param-${index % 50}`, value: index / 1_000 }] },
  };
  const entry = canonicalJson({
    v: 2,
    id: `01a21844-bb79-719f-bdc3-${String(index).padStart(12, '0')}`,
    type: event.type,
    time: RECORDED,
    recorded: RECORDED,
    actor: 'actor-1',
    at: { topic: 'runledger.runs.v1', partition: index % 16, offset: Math.floor(index / 16), ordinal: 0 },
    project: 'default',
    project_seq: index,
    stream: `run/01a21844-bb79-719f-bdc3-${index % RUNS}`,
    stream_seq: Math.floor(index / RUNS),
    payload_alg: 'hmac-sha256',
    payload_digest: saltedDigest(salt, Buffer.from(canonicalJson(event))),
  });
  return { index, entry: Buffer.from(entry), salt, payload: { event } };
}

function* pagesOf(events: number): Generator<Made[]> {
  for (let first = 0; first < events; first += PAGE)
    yield Array.from({ length: Math.min(PAGE, events - first) }, (_, at) => leafOf(first + at));
}

/**
 * Seconds that the hashes of one leaf after another take which the formats ask for, with nothing read, parsed or compared: the
 * leaf's, its part of the tree, and the salted one of what it commits to. No verifier of one thread can be faster.
 */
export function secondsOfHashes(events: number): number {
  const tree = new GrowingTree();
  let seconds = 0;
  for (const page of pagesOf(events)) {
    const made = page.map(({ entry, salt, payload }) => ({
      entry,
      salt,
      committed: Buffer.from(canonicalJson(payload as CanonicalValue)),
    }));
    const from = performance.now();
    for (const { entry, salt, committed } of made) {
      tree.append(leafHash(entry));
      saltedDigest(salt, committed);
    }
    seconds += (performance.now() - from) / 1_000;
  }
  return seconds;
}

/** Writes evidence of a log of so many events to a file, and answers the key that it is verified by. */
export async function writeMadeEvidence(events: number, path: string): Promise<NoteSigner> {
  const signer = generateSigner('bench.test/log/default');
  const tree = new GrowingTree();
  for (const page of pagesOf(events)) for (const { entry } of page) tree.append(leafHash(entry));
  const source: EvidenceSource = {
    async *leaves() {
      yield* pagesOf(events);
    },
    hashOf: () => Promise.reject(new Error('all leaves are there')),
    payloads: async (leaves) => new Map((leaves as readonly Made[]).map((leaf) => [leaf.index, leaf])),
    async *messages() {},
    artifact: async () => null,
  };
  const at = { origin: signer.name, size: tree.size, root: tree.root() };
  const head = {
    scope: { kind: 'time', from: '2026-01-01T00:00:00Z', to: '2026-01-03T00:00:00Z' },
    complete: { kind: 'range', first: 0, end: events },
    ...at,
    root: at.root.toString('hex'),
    checkpoint: signCheckpoint(at, [signer]),
    artifacts: true,
    madeAt: RECORDED,
    madeFor: 'actor-1',
  } as const;
  await pipeline(Readable.from(new BundleWriter(source, head, signer).write()), createWriteStream(path));
  return signer;
}
