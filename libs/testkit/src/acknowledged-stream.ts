import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type MetricBatch, writeMetricBatch } from '@runledger/contracts';
import { uuidv7 } from '@runledger/kernel';

export type StreamOptions = Readonly<{
  /** Where the server is now: it may come back on another port. */
  url: () => string;
  key: string;
  /** Every acknowledged batch becomes a line here, fsynced before the next is sent. */
  file: string;
  writers: number;
  pointsPerBatch?: number;
  /** ms between two batches of a writer */
  pauseMs?: number;
  /** Names of the runs begin with it. */
  prefix?: string;
}>;

/** What the outside knows: acknowledged batches, and how often a batch had to be sent again. */
export type StreamEnd = Readonly<{ acknowledged: number; retries: number; refused: string[] }>;
export type Findings = Readonly<{ points: number; lost: string[]; duplicates: string[]; torn: string[] }>;

const POINTS = 50;
const LATE_PARAM = 10;
const runOf = (prefix: string, writer: number): string => `${prefix}-${writer}`;
const valueOf = (step: number): number => step * 1.5 + 0.25;

function batchOf(run: string, sequence: number, points: number): MetricBatch {
  const steps = Array.from({ length: points }, (_, i) => sequence * points + i);
  return {
    run,
    writer: `${run}-writer`,
    sequence,
    id: uuidv7(),
    time: Date.now(),
    keys: ['checked'],
    keyIndex: new Uint32Array(points),
    steps: BigInt64Array.from(steps, BigInt),
    times: BigInt64Array.from(steps, (step) => 1_790_000_000_000n + BigInt(step)),
    values: Float64Array.from(steps, valueOf),
  };
}

/**
 * A client that remembers on disk what it was promised: it sends numbered batches, and a param with every tenth, again
 * and again with the same bytes until they are acknowledged.
 */
export class AcknowledgedStream {
  readonly #refused: string[] = [];
  #acknowledged = 0;
  #retries = 0;
  #stopped = false;
  #writers: Promise<void>[] = [];
  readonly #file: number;

  constructor(private readonly options: StreamOptions) {
    this.#file = openSync(options.file, 'a');
  }

  get acknowledged(): number {
    return this.#acknowledged;
  }

  start(): void {
    this.#writers = Array.from({ length: this.options.writers }, (_, i) => this.#write(i));
  }

  /** Ends after the batches under way are acknowledged. */
  async stop(): Promise<StreamEnd> {
    this.#stopped = true;
    await Promise.all(this.#writers);
    closeSync(this.#file);
    return { acknowledged: this.#acknowledged, retries: this.#retries, refused: this.#refused };
  }

  async #write(writer: number): Promise<void> {
    const run = runOf(this.options.prefix ?? 'checked', writer);
    for (let sequence = 0; !this.#stopped; sequence++) {
      const bytes = writeMetricBatch(batchOf(run, sequence, this.options.pointsPerBatch ?? POINTS));
      await this.#send('metrics', 'application/x-protobuf', bytes);
      this.#remember({ run, sequence });
      if (sequence % LATE_PARAM === 0) {
        const data = { params: [{ key: `p${sequence}`, value: sequence }] };
        const event = {
          id: uuidv7(),
          type: 'params.logged',
          subject: `run/${run}`,
          time: new Date().toISOString(),
          data,
        };
        await this.#send('events', 'application/json', Buffer.from(JSON.stringify({ events: [event] })));
        this.#remember({ run, param: sequence });
      }
      if (this.options.pauseMs !== undefined) await sleep(this.options.pauseMs);
    }
  }

  #remember(what: object): void {
    writeSync(this.#file, `${JSON.stringify(what)}\n`);
    fsyncSync(this.#file);
    this.#acknowledged++;
  }

  async #send(door: string, type: string, body: Uint8Array): Promise<void> {
    for (;;) {
      const status = await this.#sendOnce(door, type, body);
      if (status === 202) return;
      if (status >= 400 && status < 500 && status !== 429) this.#refused.push(`${door} ${status}`);
      this.#retries++;
      await sleep(50);
    }
  }

  async #sendOnce(door: string, type: string, body: Uint8Array): Promise<number> {
    try {
      const answer = await fetch(`${this.options.url()}/api/v1/${door}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${this.options.key}`, 'content-type': type },
        body: Buffer.from(body),
        signal: AbortSignal.timeout(15_000),
      });
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      return 0; // not known: sent again
    }
  }
}

type Raw = { points: Array<{ step: number | string; value: number | string }>; next_page_token?: string | null };

async function read<T>(url: string, key: string): Promise<T> {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

async function seriesOf(url: string, key: string, run: string): Promise<Raw['points']> {
  const points: Raw['points'] = [];
  let page: string | null | undefined = '';
  while (page !== null && page !== undefined) {
    const at = page === '' ? '' : `&page_token=${encodeURIComponent(page)}`;
    const path = `/api/v1/runs/${run}/series?key=checked&limit=1000&strong=true&wait=30000${at}`;
    const answer: { series: Raw[] } = await read(url + path, key);
    points.push(...(answer.series[0]?.points ?? []));
    page = answer.series[0]?.next_page_token;
  }
  return points;
}

/** Holds what the server shows against what the file remembers. */
export async function checkAcknowledged(options: StreamOptions): Promise<Findings> {
  const pointsPerBatch = options.pointsPerBatch ?? POINTS;
  const lines = readFileSync(options.file, 'utf8').trim().split('\n');
  const promised = lines.map((line) => JSON.parse(line) as { run: string; sequence?: number; param?: number });
  const lost: string[] = [];
  const duplicates: string[] = [];
  const torn: string[] = [];
  let points = 0;
  for (const run of new Set(promised.map((p) => p.run))) {
    const shown = await seriesOf(options.url(), options.key, run);
    points += shown.length;
    const perBatch = new Map<number, Set<number>>();
    for (const { step, value } of shown) {
      const sequence = Math.floor(Number(step) / pointsPerBatch);
      const steps = perBatch.get(sequence) ?? new Set();
      perBatch.set(sequence, steps);
      if (steps.has(Number(step))) duplicates.push(`${run} step ${step}`);
      if (value !== valueOf(Number(step))) torn.push(`${run} step ${step} has value ${value}`);
      steps.add(Number(step));
    }
    for (const [sequence, steps] of perBatch)
      if (steps.size !== pointsPerBatch) torn.push(`${run} batch ${sequence}: ${steps.size} of ${pointsPerBatch}`);
    const { params } = await read<{ params: Array<{ key: string }> }>(
      `${options.url()}/api/v1/runs/${run}?strong=true&wait=30000`,
      options.key,
    );
    const keys = new Set(params.map((p) => p.key));
    for (const { sequence, param } of promised.filter((p) => p.run === run)) {
      if (sequence !== undefined && !perBatch.has(sequence)) lost.push(`${run} batch ${sequence}`);
      if (param !== undefined && !keys.has(`p${param}`)) lost.push(`${run} param p${param}`);
    }
    if (keys.size !== params.length) duplicates.push(`${run} params`);
  }
  return { points, lost, duplicates, torn };
}
