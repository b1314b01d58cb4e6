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
export type StreamEnd = Readonly<{
  acknowledged: number;
  retries: number;
  refused: string[];
  /** How often each status came that was no acknowledgement; 0 stands for no answer. */
  statuses: Readonly<Record<number, number>>;
}>;
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
  readonly #statuses: Record<number, number> = {};
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
    return {
      acknowledged: this.#acknowledged,
      retries: this.#retries,
      refused: this.#refused,
      statuses: this.#statuses,
    };
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
      this.#statuses[status] = (this.#statuses[status] ?? 0) + 1;
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

type Page = { series: Array<{ steps: number[]; values: number[] }>; nextPageToken: string | null };
type Shown = ReadonlyArray<Readonly<{ step: number; value: number }>>;

async function read<T>(url: string, key: string): Promise<T> {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** Every point that the server shows of a run. */
async function pointsOf({ url, key }: StreamOptions, run: string): Promise<Shown> {
  const points: Array<{ step: number; value: number }> = [];
  const path = `${url()}/api/v1/runs/${run}/series?key=checked&limit=1000&strong=true&wait=30000`;
  for (let token: string | null = ''; token !== null; ) {
    const page: Page = await read(token === '' ? path : `${path}&page_token=${encodeURIComponent(token)}`, key);
    for (const { steps, values } of page.series)
      points.push(...steps.map((step, i) => ({ step, value: values[i] as number })));
    token = page.nextPageToken;
  }
  return points;
}

async function paramsOf({ url, key }: StreamOptions, run: string): Promise<string[]> {
  type Params = { params: Array<{ key: string }>; nextPageToken: string | null };
  const names: string[] = [];
  const path = `${url()}/api/v1/runs/${run}/params?limit=1000&strong=true&wait=30000`;
  for (let token: string | null = ''; token !== null; ) {
    const page: Params = await read(token === '' ? path : `${path}&page_token=${encodeURIComponent(token)}`, key);
    names.push(...page.params.map((param) => param.key));
    token = page.nextPageToken;
  }
  return names;
}

type Promised = Readonly<{ run: string; sequence?: number; param?: number }>;
type Faults = { lost: string[]; duplicates: string[]; torn: string[] };

/** The steps of each batch that are shown; what is shown twice, with another value or in part goes to the faults. */
function sortIntoBatches(run: string, shown: Shown, points: number, faults: Faults): Map<number, Set<number>> {
  const batches = new Map<number, Set<number>>();
  for (const { step, value } of shown) {
    const sequence = Math.floor(step / points);
    const steps = batches.get(sequence) ?? new Set();
    batches.set(sequence, steps);
    if (steps.has(step)) faults.duplicates.push(`${run} step ${step}`);
    if (value !== valueOf(step)) faults.torn.push(`${run} step ${step} has value ${value}`);
    steps.add(step);
  }
  for (const [sequence, steps] of batches)
    if (steps.size !== points) faults.torn.push(`${run} batch ${sequence}: ${steps.size} of ${points}`);
  return batches;
}

async function checkRun(options: StreamOptions, run: string, promised: readonly Promised[], faults: Faults) {
  const shown = await pointsOf(options, run);
  const batches = sortIntoBatches(run, shown, options.pointsPerBatch ?? POINTS, faults);
  const params = await paramsOf(options, run);
  if (new Set(params).size !== params.length) faults.duplicates.push(`${run} params`);
  for (const { sequence, param } of promised) {
    if (sequence !== undefined && !batches.has(sequence)) faults.lost.push(`${run} batch ${sequence}`);
    if (param !== undefined && !params.includes(`p${param}`)) faults.lost.push(`${run} param p${param}`);
  }
  return shown.length;
}

/** Holds what the server shows against what the file remembers. */
export async function checkAcknowledged(options: StreamOptions): Promise<Findings> {
  const lines = readFileSync(options.file, 'utf8').trim().split('\n');
  const byRun = new Map<string, Promised[]>();
  for (const promise of lines.map((line) => JSON.parse(line) as Promised))
    byRun.set(promise.run, [...(byRun.get(promise.run) ?? []), promise]);
  const faults: Faults = { lost: [], duplicates: [], torn: [] };
  let points = 0;
  for (const [run, promised] of byRun) points += await checkRun(options, run, promised, faults);
  return { points, ...faults };
}
