import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encodePositionToken, FACTS, isFactType, readMetricBatch } from '@runledger/contracts';

/**
 * What becomes of a request. `take`: as the door does. `cut`: taken, and the connection cut before the answer.
 * `drop`: the connection cut before anything was taken. `hang`: no answer at all.
 */
export type Fate = 'take' | 'cut' | 'drop' | 'hang' | Readonly<{ status: number; retryAfter?: string }>;
export type Seen = Readonly<{
  method: string;
  path: string;
  at: number;
  key: string | undefined;
  digest: string;
  /** topic/writer/sequence of a batch; the path of anything else. */
  batch: string;
  fate: Fate;
}>;
type StoredBatch = Readonly<{
  run: string;
  topic: string;
  writer: string;
  sequence: number;
  bytes: Buffer;
  points: number;
}>;
type Draft = {
  id: string;
  type: string;
  subject: string;
  writer: string;
  sequence: number;
  data: Record<string, unknown>;
};

const TOPIC = { 'console.written': 'console' } as Record<string, string>;
const readAll = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
};

/** A small HTTP server that answers as the door does, remembers everything, and fails as it is told. */
export class DoorStub {
  readonly seen: Seen[] = [];
  readonly stored = new Map<string, StoredBatch>();
  /** The same (writer, sequence) with other bytes: must stay empty. */
  readonly conflicts: string[] = [];
  readonly artifacts = new Map<string, Buffer>();
  readonly experiments = new Map<string, string>();
  /** Attempts of this batch before this one are counted by `nth`, from 0. */
  fate: (batch: string, nth: number) => Fate = () => 'take';
  port = 0;
  #offset = 0;
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch(() => response.destroy());
  });

  async listen(port = 0): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    this.port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Stored batches of a topic, by sequence. */
  batches(topic: string, writer?: string): StoredBatch[] {
    const found = [...this.stored.values()].filter((b) => b.topic === topic && (writer ?? b.writer) === b.writer);
    return found.sort((a, b) => a.sequence - b.sequence);
  }

  /** `key step value` of every point stored, in the order of writer and sequence. */
  points(): string[] {
    return this.batches('metrics').flatMap(({ bytes }) => {
      const { keys, keyIndex, steps, values } = readMetricBatch(bytes);
      return [...values].map((value, i) => `${keys[keyIndex[i] as number]} ${steps[i]} ${value}`);
    });
  }

  /** Events of the runs and console topics, in order. */
  events(topic = 'runs'): Draft[] {
    return this.batches(topic).flatMap(({ bytes }) => (JSON.parse(bytes.toString()) as { events: Draft[] }).events);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await readAll(request);
    const path = (request.url ?? '').replace(/^\/api\/v1\//, '');
    const drafts = path === 'events' ? (JSON.parse(bytes.toString()) as { events: Draft[] }).events : [];
    const batch = this.#nameOf(path, bytes, drafts);
    const nth = this.seen.filter((seen) => seen.batch === batch).length;
    const fate = this.fate(batch, nth);
    const digest = createHash('sha256').update(bytes).digest('hex');
    const key = request.headers.authorization;
    this.seen.push({ method: request.method ?? '', path, at: Date.now(), key, digest, batch, fate });
    if (fate === 'hang') return;
    if (fate === 'drop') return void request.socket.destroy();
    if (typeof fate === 'object') {
      if (fate.retryAfter !== undefined) response.setHeader('retry-after', fate.retryAfter);
      return this.#send(response, fate.status, { error: { code: 'STUB_TOLD_TO', message: 'as the test wants it' } });
    }
    const [status, body] = this.#take({ method: request.method ?? '', path, bytes, drafts });
    if (fate === 'cut') return void request.socket.destroy();
    this.#send(response, status, body);
  }

  #send(response: ServerResponse, status: number, body: object): void {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  #nameOf(path: string, bytes: Buffer, drafts: Draft[]): string {
    if (path === 'metrics') {
      const { writer, sequence } = readMetricBatch(bytes);
      return `metrics/${writer}/${sequence}`;
    }
    const [first] = drafts;
    return first === undefined ? path : `${TOPIC[first.type] ?? 'runs'}/${first.writer}/${first.sequence}`;
  }

  #take({
    method,
    path,
    bytes,
    drafts,
  }: {
    method: string;
    path: string;
    bytes: Buffer;
    drafts: Draft[];
  }): [number, object] {
    if (path === 'metrics') {
      const { run, writer, sequence = 0, values } = readMetricBatch(Buffer.from(bytes));
      return this.#store({ run, topic: 'metrics', writer, sequence, bytes, points: values.length });
    }
    if (path === 'events') return this.#takeEvents(drafts, bytes);
    if (path === 'commands/create-experiment') return this.#create(JSON.parse(bytes.toString()) as { name: string });
    const receipts = /^runs\/([^/]+)\/receipts/.exec(path)?.[1];
    if (receipts !== undefined) return [200, { receipts: this.#receipts(decodeURIComponent(receipts)) }];
    if (method !== 'PUT') return [404, { error: { code: 'STUB_NO_ROUTE', message: path } }];
    this.artifacts.set(path, bytes);
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    return [201, { path, digest, size: bytes.length, position: this.#position() }];
  }

  #takeEvents(drafts: Draft[], bytes: Buffer): [number, object] {
    const [first] = drafts;
    if (first === undefined) return [400, { error: { code: 'STUB_EMPTY', message: 'no events' } }];
    for (const { type, data } of drafts)
      if (!isFactType(type) || !FACTS[type].data.safeParse(data).success)
        return [400, { error: { code: 'STUB_BAD_FACT', message: type } }];
    const { writer, sequence } = first;
    const run = first.subject.replace(/^run\//, '');
    return this.#store({ run, topic: TOPIC[first.type] ?? 'runs', writer, sequence, bytes, points: 0 });
  }

  #store(batch: StoredBatch): [number, object] {
    const name = `${batch.topic}/${batch.writer}/${batch.sequence}`;
    const before = this.stored.get(name);
    if (before !== undefined && !before.bytes.equals(batch.bytes)) this.conflicts.push(name);
    this.stored.set(name, before ?? batch);
    return [202, { accepted: 1, position: this.#position() }];
  }

  #position(): string {
    const log = [{ topic: 'runledger.runs.v1', partition: 0, offset: this.#offset++ }];
    return encodePositionToken({ incarnation: 'stub', log, journal: [] });
  }

  #create({ name }: { name: string }): [number, object] {
    const taken = this.experiments.get(name);
    if (taken !== undefined)
      return [409, { error: { code: 'STUB_NAME_TAKEN', message: name, details: { experiment: taken } } }];
    this.experiments.set(name, `exp-${this.experiments.size + 1}`);
    return [200, { command: 'c', result: { experiment: this.experiments.get(name) }, position: this.#position() }];
  }

  #receipts(run: string): object[] {
    const closed = this.events().filter((e) => e.type === 'writer.closed' && e.subject === `run/${run}`);
    return closed.map(({ data: { writer, topic, batches, points = 0 } }) => {
      const stored = this.batches(String(topic), String(writer));
      const sum = stored.reduce((before, b) => before + b.points, 0);
      const missing = Number(batches) - stored.length;
      return {
        writer,
        topic,
        sent: batches,
        sentPoints: points,
        stored: stored.length,
        points: sum,
        missing,
        gaps: [],
      };
    });
  }
}
