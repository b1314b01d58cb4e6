import type { Ended } from './run-sweep';
import type { Connection } from './task';

/** What the query service tells of one run. */
export type RunResult = Readonly<{
  run: string;
  status: string;
  params: Readonly<Record<string, string | number | boolean>>;
  lastAccuracy: number | null;
  bestAccuracy: number | null;
  lastLoss: number | null;
  sentPoints: number | null;
  storedPoints: number;
  missing: number;
  /** Receipts agree with each other and with what the process counted. */
  whole: boolean;
}>;

const WAIT_MS = 30_000;

type Params = { params: Array<{ key: string; value: string | number | boolean }> };
type Metrics = { metrics: Array<{ key: string; value: number | string }> };
type Buckets = { series: Array<{ key: string; buckets: Array<{ max: number | null }> }> };
type Receipt = {
  topic: string;
  writer: string;
  sent: number | null;
  sentPoints: number | null;
  stored: number;
  points: number;
  missing: number;
};

/** Reads runs back, at the position that the run's own acknowledgements gave or later. */
export class ReadBack {
  readonly #base: string;
  readonly #headers: Record<string, string>;

  constructor({ url, readUrl, apiKey }: Connection) {
    this.#base = `${(readUrl ?? url).replace(/\/+$/, '')}/api/v1/`;
    this.#headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  }

  async #get<T>(path: string, position: string | null, query: Record<string, string> = {}): Promise<T> {
    const search = new URLSearchParams({ ...query, wait: String(WAIT_MS) });
    if (position !== null) search.set('at-least', position);
    const answer = await fetch(`${this.#base}${path}?${search.toString()}`, {
      headers: this.#headers,
      signal: AbortSignal.timeout(WAIT_MS + 10_000),
    });
    if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}: ${(await answer.text()).slice(0, 500)}`);
    return (await answer.json()) as T;
  }

  async read({ run, writer, position, points }: Ended): Promise<RunResult> {
    const path = `runs/${encodeURIComponent(run)}`;
    const [{ status }, { params }, { metrics }, buckets, { receipts }] = await Promise.all([
      this.#get<{ status: string }>(path, position),
      this.#get<Params>(`${path}/params`, position),
      this.#get<Metrics>(`${path}/metrics`, position),
      this.#get<Buckets>(`${path}/series/buckets`, position, { key: 'test/accuracy', buckets: '500' }),
      this.#get<{ receipts: Receipt[] }>(`${path}/receipts`, position),
    ]);
    const latest = (key: string): number | null => {
      const found = metrics.find((metric) => metric.key === key);
      return found === undefined ? null : Number(found.value);
    };
    const own = receipts.filter((receipt) => receipt.writer === writer);
    const ofMetrics = own.find(({ topic }) => topic === 'metrics');
    const highs = buckets.series.flatMap((one) => one.buckets.flatMap(({ max }) => max ?? []));
    const sentPoints = ofMetrics?.sentPoints ?? null;
    const storedPoints = ofMetrics?.points ?? 0;
    return {
      run,
      status,
      params: Object.fromEntries(params.map(({ key, value }) => [key, value])),
      lastAccuracy: latest('test/accuracy'),
      bestAccuracy: highs.length === 0 ? null : Math.max(...highs),
      lastLoss: latest('train/loss'),
      sentPoints,
      storedPoints,
      missing: own.reduce((sum, receipt) => sum + receipt.missing, 0),
      whole:
        own.every(({ sent, stored, missing }) => missing === 0 && sent === stored) &&
        sentPoints === points &&
        storedPoints === points,
    };
  }
}
