import { Fault, uuidv7 } from '@runledger/kernel';
import { AgeTimer } from './age-timer';
import { checkStep, countMetrics, MetricColumns } from './metric-columns';
import type { Totals } from './outbox';

export type PointLogOptions = Readonly<{
  run: string;
  writer: string;
  /** Points at which a batch is sealed now. */
  maxPoints(): number;
  maxAgeMs: number;
  /** The lane's totals before this batch. */
  totals(): Totals;
  /** @throws Fault full */
  append(payload: Buffer, points: number): void;
  /** A batch could not be sealed by age; it will be tried again. */
  failed(error: unknown): void;
}>;

export type LogAt = Readonly<{
  /** Any order, any int64; a bigint beyond 2^53. Absent: the number of `log` calls without a step so far. */
  step?: number | bigint;
  /** ms since 1970, or a Date. Absent: now. */
  time?: number | Date;
}>;

function readTime(time: number | Date): number {
  const ms = typeof time === 'number' ? time : time.getTime();
  if (!Number.isSafeInteger(ms))
    throw new Fault('invalid', 'SDK_BAD_METRIC', `time ${String(time)} is no whole number of milliseconds`);
  return ms;
}

/** Collects points into batches, sealed by number or age. What is sealed is the spool's. */
export class PointLog {
  readonly #options: PointLogOptions;
  readonly #columns = new MetricColumns();
  readonly #timer: AgeTimer;
  #firstAt = 0;
  #nextStep = 0;

  constructor(options: PointLogOptions) {
    this.#options = options;
    this.#timer = new AgeTimer(options.maxAgeMs, () => this.trySeal());
  }

  /** Points that are only in memory. */
  get pending(): number {
    return this.#columns.count;
  }

  /** @throws Fault invalid SDK_BAD_METRIC, full SDK_SPOOL_FULL or SDK_SPOOL_WRITE: then no point of the call was taken */
  log(metrics: Readonly<Record<string, number>>, at: LogAt): void {
    const n = countMetrics(metrics);
    if (n === 0) return;
    const now = Date.now();
    const time = at.time === undefined ? now : readTime(at.time);
    const step = at.step ?? this.#nextStep;
    checkStep(step);
    this.#makeRoom(n, now);
    this.#appendAll(metrics, step, time);
    if (at.step === undefined) this.#nextStep++;
    if (this.#columns.count >= this.#options.maxPoints()) this.trySeal();
  }

  #makeRoom(n: number, now: number): void {
    const { maxPoints, maxAgeMs } = this.#options;
    if (this.#columns.count > 0 && (this.#columns.wouldOverflow(n, maxPoints()) || now - this.#firstAt >= maxAgeMs))
      this.seal();
    if (this.#columns.count > 0) return;
    this.#firstAt = now;
    this.#timer.arm();
  }

  #appendAll(metrics: Readonly<Record<string, number>>, step: number | bigint, time: number): void {
    const columns = this.#columns;
    const before = columns.count;
    const maxPoints = this.#options.maxPoints();
    try {
      for (const key in metrics) {
        // Only a call with more metrics than a batch holds comes to this; it may then be taken in part.
        if (columns.count > before && columns.wouldOverflow(1, maxPoints)) this.seal();
        columns.append(key, metrics[key] as number, step, time);
      }
    } catch (error) {
      columns.rewind(before);
      throw error;
    }
  }

  /** @throws Fault full; the points then stay where they are */
  seal(): void {
    const points = this.#columns.count;
    if (points === 0) return;
    const { run, writer, append, totals } = this.#options;
    const head = { run, writer, sequence: totals().batches, id: uuidv7(), time: Date.now() };
    append(this.#columns.encode(head), points);
    this.#columns.clear();
    this.#timer.cancel();
  }

  /** Points that cannot be sealed now are tried again; the next `log` that needs the room says so. */
  trySeal(): void {
    try {
      this.seal();
    } catch (error) {
      this.#options.failed(error);
      this.#timer.arm();
    }
  }
}
