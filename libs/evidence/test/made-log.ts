import { createHash, createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { sealedText, writeMetricBatch } from '@runledger/contracts';
import {
  type CanonicalValue,
  canonicalJson,
  GrowingTree,
  generateSigner,
  leafHash,
  type NoteSigner,
  proverOf,
  rootOf,
  signCheckpoint,
  type TreeNode,
} from '@runledger/merkle';
import type { EvidenceSource, ExportedLeaf } from '../src/evidence-source';
import type { Payload, SegmentMessage } from '../src/payload-line';
import type { EvidenceScope, Manifest } from '../src/statement';
import { BundleWriter } from '../src/write-bundle';

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

type Made = ExportedLeaf & {
  salt: Buffer;
  payload: Payload | null;
  messages: SegmentMessage[];
  streams: Set<string>;
};

/** What the record has instead of what it says, which a bundle tells in a file of names. */
const ANNA = sealedText('anna'.padEnd(22, '0'), Buffer.alloc(40, 1));

/** A log in memory, as a notary would have written it, to export from. */
export class MadeLog {
  readonly signer: NoteSigner = generateSigner('ledger.test/log/default');
  readonly leaves: Made[] = [];
  readonly artifacts = new Map<string, Buffer>();
  readonly #numbers = new Map<string, number>();

  #append(stream: string, body: Record<string, CanonicalValue>, more: Partial<Made>): void {
    const seq = this.#numbers.get(stream) ?? 0;
    this.#numbers.set(stream, seq + 1);
    const time = new Date(Date.UTC(2026, 0, 1) + this.leaves.length * 1_000).toISOString();
    const leaf = { v: 2, recorded: time, ...body, stream, stream_seq: seq };
    const none = { salt: Buffer.alloc(0), payload: null, messages: [], streams: new Set([stream]) };
    this.leaves.push({ index: this.leaves.length, entry: Buffer.from(canonicalJson(leaf)), ...none, ...more });
  }

  event(stream: string, type: string, data: CanonicalValue): this {
    const index = this.leaves.length;
    const salt = createHash('sha256').update(`salt ${index}`).digest();
    const event = { type, dataversion: 1, data };
    const body = {
      id: `event-${index}`,
      type,
      time: '2026-01-01T00:00:00Z',
      actor: 'actor-1',
      at: { topic: 'runledger.runs.v1', partition: 0, offset: index, ordinal: 0 },
      payload_alg: 'hmac-sha256',
      payload_digest: createHmac('sha256', salt).update(canonicalJson(event)).digest('hex'),
    };
    this.#append(stream, body, { salt, payload: { event } });
    return this;
  }

  artifact(run: string, path: string, bytes: Buffer): this {
    this.artifacts.set(sha256(bytes), bytes);
    return this.event(`run/${run}`, 'artifact.stored', { path, digest: `sha256:${sha256(bytes)}`, size: bytes.length });
  }

  /** A segment with one batch for each of the runs. */
  segment(runs: readonly string[], sequence: number, points = 3): this {
    const topic = 'runledger.metrics.v1';
    const values = runs.map((run) => {
      const steps = BigInt64Array.from({ length: points }, (_, i) => BigInt(sequence * points + i));
      const key = { keys: ['loss'], keyIndex: new Uint32Array(points), steps, times: steps };
      const own = { run, writer: 'w', sequence, id: `${run}-${sequence}`, time: 1_767_225_600_000 };
      return writeMetricBatch({ ...own, ...key, values: Float64Array.from(steps, (step) => 1 / (1 + Number(step))) });
    });
    const lines = values.map((value, i) =>
      canonicalJson({
        offset: i,
        digest: sha256(value),
        subject: `run/${runs[i]}`,
        writer: 'w',
        sequence: String(sequence),
      }),
    );
    const prove = proverOf(lines.map((line) => Buffer.from(line)));
    const tree = new GrowingTree();
    for (const line of lines) tree.append(leafHash(Buffer.from(line)));
    const messages = lines.map((line, at) => {
      return { line, at, size: lines.length, proof: prove(at), value: values[at] ?? Buffer.alloc(0) };
    });
    const count = { messages: lines.length, points: points * runs.length, root: tree.root().toString('hex') };
    const segment = { topic, partition: 0, first: 0, last: lines.length - 1, ...count };
    const streams = new Set(runs.map((run) => `run/${run}`));
    this.#append(
      `segment/${topic}/0`,
      { id: `segment-${this.leaves.length}`, type: 'segment.closed', segment },
      { messages, streams },
    );
    return this;
  }

  #hashOf({ level, index }: TreeNode): Buffer {
    if (level === 0) return leafHash(this.leaves[index]?.entry ?? Buffer.alloc(0));
    return rootOf([index * 2, index * 2 + 1].map((half) => this.#hashOf({ level: level - 1, index: half })));
  }

  #source(wanted: (leaf: Made) => boolean, ofMessage: (subject: string) => boolean): EvidenceSource {
    const leaves = this.leaves.filter(wanted);
    const { artifacts } = this;
    return {
      async *leaves() {
        for (let at = 0; at < leaves.length; at += 7) yield leaves.slice(at, at + 7);
      },
      hashOf: async (node) => this.#hashOf(node),
      payloads: async (some) =>
        new Map(
          some.flatMap(({ index }) => {
            const { salt, payload = null } = this.leaves[index] ?? {};
            return payload === null || salt === undefined ? [] : [[index, { salt, payload }] as const];
          }),
        ),
      messages: async function* (leaf) {
        const made = leaves.find(({ entry }) => entry.includes(`"id":"${leaf.id}"`));
        for (const message of made?.messages ?? [])
          if (ofMessage((JSON.parse(message.line) as { subject: string }).subject)) yield message;
      },
      namesOf: async (sealed) =>
        Object.fromEntries(sealed.map((text) => [text, text === ANNA ? '/home/anna/train.py' : text])),
      async artifact(digest) {
        const bytes = artifacts.get(digest);
        return bytes === undefined
          ? null
          : {
              size: bytes.length,
              bytes: (async function* () {
                yield bytes;
              })(),
            };
      },
    };
  }

  async #export(scope: EvidenceScope, complete: Manifest['complete'], source: EvidenceSource): Promise<Buffer> {
    const tree = new GrowingTree();
    for (const { entry } of this.leaves) tree.append(leafHash(entry));
    const { signer } = this;
    const at = { origin: signer.name, size: tree.size, root: tree.root() };
    const head = { scope, complete, ...at, root: at.root.toString('hex'), artifacts: true };
    const more = { checkpoint: signCheckpoint(at, [signer]), madeAt: '2026-02-01T00:00:00.000Z', madeFor: 'actor-2' };
    const chunks: Buffer[] = [];
    for await (const chunk of new BundleWriter(source, { ...head, ...more }, signer).write()) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  exportRun(run: string): Promise<Buffer> {
    const stream = `run/${run}`;
    const streams = { [stream]: this.#numbers.get(stream) ?? 0 };
    return this.#export(
      { kind: 'run', run },
      { kind: 'streams', streams },
      this.#source(
        (leaf) => leaf.streams.has(stream),
        (subject) => subject === stream,
      ),
    );
  }

  exportRange(first: number, end: number): Promise<Buffer> {
    return this.#export(
      { kind: 'time', from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' },
      { kind: 'range', first, end },
      this.#source(
        ({ index }) => index >= first && index < end,
        () => true,
      ),
    );
  }
}

/** A log with what a bundle can have of everything. */
export function madeLog(): MadeLog {
  const log = new MadeLog();
  for (let i = 0; i < 20; i++) log.event(`run/other-${i % 3}`, 'tags.set', { tags: [{ key: 'i', value: String(i) }] });
  log
    .event('run/r1', 'run.started', { project: 'default', experiment: 'digits', name: 'first <run>' })
    .event('run/r1', 'params.logged', { params: [{ key: 'lr', value: 0.1 }] })
    .event('run/r1', 'inputs.used', { inputs: [{ name: 'mnist', digest: 'sha256:abc', context: 'train', tags: [] }] })
    .event('run/r1', 'code.recorded', { commit: 'c0ffee', repository: 'https://example.test/repo', entrypoint: ANNA })
    .segment(['r1', 'other-1', 'r1', 'other-2'], 0)
    .artifact('r1', 'model.bin', Buffer.from(Array.from({ length: 700 }, (_, i) => (i * 37) % 256)))
    .segment(['other-1'], 1)
    .segment(['other-2', 'r1'], 1)
    .artifact('r1', 'notes.txt', Buffer.from('all is well\n'))
    .event('run/r1', 'writer.closed', { writer: 'w', topic: 'metrics', batches: 2, points: 9 })
    .event('run/r1', 'run.finished', { outcome: 'finished' });
  for (let i = 0; i < 9; i++)
    log.event(`run/other-${i % 3}`, 'tags.set', { tags: [{ key: 'late', value: String(i) }] });
  return log;
}

export const writeBundleTo = (path: string, bytes: Uint8Array): string => {
  writeFileSync(path, bytes);
  return path;
};
