import { createHash } from 'node:crypto';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { canonicalJson, GrowingTree, generateSigner, leafHash, saltedDigest, signCheckpoint } from '@runledger/merkle';
import type { EvidenceSource, ExportedLeaf, SaltedPayload } from './evidence-source';
import { TAR_BLOCK } from './tar';
import { BundleWriter } from './write-bundle';

const SCALE = Number(process.env['LONG_SCALE'] ?? 0.05);
const MIB = 2 ** 20;
const GIB = 2 ** 30;
const FILES = 10;
/** At full size 100 GiB in all, and each file longer than the sizes that a plain tar header has room for. */
const BYTES = Math.round((10 * GIB * SCALE) / MIB) * MIB;
const MOST_GROWTH = 48 * MIB;

type Made = ExportedLeaf & SaltedPayload;
const RECORDED = '2026-01-02T03:04:05.678Z';

/** A file that is made while it is read: one block over and over, with its number. */
async function* bytesOf(file: number): AsyncGenerator<Buffer> {
  const block = Buffer.alloc(MIB, file + 1);
  for (let sent = 0; sent < BYTES; sent += block.length) yield block;
}

async function digestOf(file: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const block of bytesOf(file)) hash.update(block);
  return hash.digest('hex');
}

function leafOf(index: number, digest: string): Made {
  const salt = Buffer.alloc(32, index);
  const event = {
    type: 'artifact.stored',
    dataversion: 1,
    data: {
      path: `checkpoints/${index}`,
      digest: `sha256:${digest}`,
      size: BYTES,
      mediaType: 'application/octet-stream',
    },
  };
  const entry = canonicalJson({
    v: 2,
    id: `event-${index}`,
    type: event.type,
    recorded: RECORDED,
    stream: 'run/r1',
    stream_seq: index,
    payload_alg: 'hmac-sha256',
    payload_digest: saltedDigest(salt, Buffer.from(canonicalJson(event))),
  });
  return { index, entry: Buffer.from(entry), salt, payload: { event } };
}

it(`streams evidence with files of ${(FILES * BYTES) / GIB} GiB in constant memory`, async () => {
  const digests = await Promise.all(Array.from({ length: FILES }, (_, file) => digestOf(file)));
  const leaves = digests.map((digest, index) => leafOf(index, digest));
  const tree = new GrowingTree();
  for (const { entry } of leaves) tree.append(leafHash(entry));
  const source: EvidenceSource = {
    async *leaves() {
      yield leaves;
    },
    hashOf: () => Promise.reject(new Error('all leaves are there')),
    payloads: async () => new Map(leaves.map((leaf) => [leaf.index, leaf])),
    async *messages() {},
    artifact: async (digest) => ({ size: BYTES, bytes: bytesOf(digests.indexOf(digest)) }),
  };
  const signer = generateSigner('ledger.test/log/default');
  const at = { origin: signer.name, size: tree.size, root: tree.root() };
  const head = {
    scope: { kind: 'run', run: 'r1' },
    complete: { kind: 'streams', streams: { 'run/r1': FILES } },
    ...at,
    root: at.root.toString('hex'),
    checkpoint: signCheckpoint(at, [signer]),
    artifacts: true,
    madeAt: RECORDED,
    madeFor: 'actor-1',
  } as const;
  let [bytes, chunks, first, most] = [0, 0, 0, 0];
  const away = new Writable({
    highWaterMark: 4 * MIB,
    write(chunk: Buffer, _, done) {
      bytes += chunk.length;
      if (++chunks % 64 === 0) {
        const { rss } = process.memoryUsage();
        if (bytes > (FILES * BYTES) / 20) first ||= rss;
        most = Math.max(most, rss);
      }
      setImmediate(done);
    },
  });
  await pipeline(Readable.from(new BundleWriter(source, head, signer).write()), away);
  process.stderr.write(`evidence of ${Math.round(bytes / GIB)} GiB: grew by ${Math.round((most - first) / MIB)} MiB\n`);
  expect(bytes).toBeGreaterThan(FILES * (BYTES + TAR_BLOCK));
  expect(first).toBeGreaterThan(0);
  expect(most - first).toBeLessThan(MOST_GROWTH);
}, 1_800_000);
