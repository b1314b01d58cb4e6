import { setImmediate } from 'node:timers/promises';
import { type FactType, MAX_POINTS_PER_BATCH } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import { type ArtifactOptions, type ArtifactSource, stageArtifact } from './artifact';
import type { CodeVersion } from './code-version';
import { ConsoleLog, type ConsoleStream } from './console-log';
import type { Door } from './door';
import type { Environment } from './environment';
import { closingFacts, type FactData, type Input, type Link, makeFact } from './event-body';
import { FactLog } from './fact-log';
import type { Outbox, Totals } from './outbox';
import { type LogAt, PointLog } from './point-log';
import type { ReportProblem } from './problem';
import { watchProcessEnd } from './process-end';
import { type Receipt, readReceipt } from './receipt';
import type { LaneName } from './segments';
import type { Batching } from './settings';
import { type ParamValue, paramParts, tagParts } from './split-facts';

export type RunOutcome = FactData<'run.finished'>['outcome'];
export type FinishOptions = Readonly<{
  /** Longest wait for the server's answers. Default 30,000 ms. What is not sent then stays in the spool. */
  timeoutMs?: number;
  /** Why, for people. */
  message?: string;
}>;
export type Finish = Readonly<{
  /** True: the server has everything that it did not refuse. */
  delivered: boolean;
  points: number;
  /** Batches that are only in the spool. */
  waiting: number;
  /** Batches that the server will never take; they lie in the refused file. */
  refused: number;
}>;

export type RunParts = Readonly<{
  run: string;
  writer: string;
  door: Door;
  outbox: Outbox;
  folder: string;
  batching: Batching;
  report: ReportProblem;
  signals: boolean;
  /** The run's end: everything was answered. */
  release(): Promise<void>;
}>;

const FINISH_MS = 30_000;
/** Batches without an answer from which on sending is behind, and how much larger batches may be then. */
const BEHIND = 8;
const GROWTH = 10;
/** A process that was told to stop should be gone before its supervisor loses patience. */
const KILLED_MS = 5_000;

/** One attempt of a training, as one writer. Nothing of it waits for the server but what says so. */
export class Run {
  readonly id: string;
  readonly writer: string;
  readonly #parts: RunParts;
  readonly #points: PointLog;
  readonly #facts: FactLog;
  readonly #consoleFacts: FactLog;
  readonly #console: ConsoleLog;
  readonly #staging = new Set<Promise<unknown>>();
  readonly #unwatch: () => void;
  #finish: Promise<Finish> | undefined;
  #toldOfSpool = false;
  #dying = false;

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.id = parts.run;
    this.writer = parts.writer;
    const { run, writer, outbox, batching } = parts;
    const { maxAgeMs } = batching;
    const failed = (error: unknown): void => this.#spoolFailed(error);
    const lane = (name: LaneName) => ({ run, writer, maxAgeMs, failed, totals: (): Totals => outbox.totals(name) });
    this.#points = new PointLog({
      ...lane('metrics'),
      maxPoints: () => this.#maxPoints(),
      append: (payload, points) =>
        this.#append(() => outbox.append('metrics', 'batch', payload, points), payload.length),
    });
    const facts = (name: 'runs' | 'console'): FactLog =>
      new FactLog({
        ...lane(name),
        append: (kind, payload) => this.#append(() => outbox.append(name, kind, payload), payload.length),
      });
    this.#facts = facts('runs');
    this.#consoleFacts = facts('console');
    this.#console = new ConsoleLog(this.#consoleFacts, maxAgeMs);
    this.#unwatch = watchProcessEnd({
      sealAndSend: () => this.#sealQuietly(),
      sealNow: () => {
        this.#sealQuietly();
        outbox.syncNow();
      },
      ...(parts.signals ? { killed: (signal) => this.#killed(signal) } : {}),
    });
  }

  /** While sending is behind, batches grow: fewer round trips carry more. They are sealed by age all the same. */
  #maxPoints(): number {
    const { maxPoints } = this.#parts.batching;
    return this.#parts.outbox.waiting > BEHIND ? Math.min(MAX_POINTS_PER_BATCH, maxPoints * GROWTH) : maxPoints;
  }

  #append(append: () => void, bytes: number): void {
    const { batching, outbox, folder } = this.#parts;
    const waiting = outbox.waitingBytes;
    // A run that ends is still told, limit or not; and what alone is larger than the limit would never go.
    if (this.#finish === undefined && waiting > 0 && waiting + bytes > batching.spoolLimitBytes)
      throw new Fault(
        'full',
        'SDK_SPOOL_FULL',
        `${waiting} bytes wait in ${folder} for the server, and the limit is ${batching.spoolLimitBytes}; nothing was dropped, and nothing more is taken`,
      );
    append();
    this.#toldOfSpool = false;
  }

  #spoolFailed(error: unknown): void {
    if (this.#toldOfSpool) return;
    this.#toldOfSpool = true;
    const message = error instanceof Error ? error.message : String(error);
    this.#parts.report({ code: 'SDK_SPOOL_WRITE', message: `run ${this.id}: ${message}` });
  }

  /** True: a signal is ending the process, so what the training still says is too late, as after any kill. */
  #isOver(): boolean {
    if (this.#finish !== undefined && !this.#dying)
      throw new Fault('invalid', 'SDK_RUN_FINISHED', `run ${this.id} was finished; start it again to log more`);
    return this.#dying;
  }

  #push<T extends FactType>(type: T, data: FactData<T>): void {
    if (!this.#isOver()) this.#facts.push(makeFact(type, data));
  }

  /**
   * Metrics of one step, by name. NaN and infinities are kept as they are. Never waits for the server.
   * @throws Fault invalid SDK_BAD_METRIC; full SDK_SPOOL_FULL, SDK_SPOOL_WRITE: then nothing of the call was taken
   */
  log(metrics: Readonly<Record<string, number>>, at: LogAt = {}): void {
    if (!this.#isOver()) this.#points.log(metrics, at);
  }

  /** The first value of a param wins; a later different one is kept as a conflict. */
  params(params: Readonly<Record<string, ParamValue>>): void {
    for (const part of paramParts(params)) this.#push('params.logged', { params: part });
  }

  /** The last value of a tag wins. */
  tags(tags: Readonly<Record<string, string>>): void {
    for (const part of tagParts(tags)) this.#push('tags.set', { tags: part });
  }

  deleteTags(keys: readonly string[]): void {
    this.#push('tags.deleted', { keys: [...keys] });
  }

  /** Datasets that the run reads. */
  inputs(inputs: readonly Input[]): void {
    this.#push('inputs.used', { inputs: [...inputs] });
  }

  /** What the run belongs to in other systems: the job that runs it, a pull request, a ticket. */
  links(links: readonly Link[]): void {
    this.#push('run.linked', { links: [...links] });
  }

  /** The code version, as `collectGit` finds it. Undefined is no error: not everything lies in a checkout. */
  code(code: CodeVersion | undefined): void {
    if (code !== undefined) this.#push('code.recorded', code);
  }

  /** Where the run runs, as `collectEnvironment` finds it. */
  environment(environment: Environment): void {
    this.#push('environment.recorded', environment);
  }

  /** The run's own description. */
  update(data: FactData<'run.updated'>): void {
    this.#push('run.updated', data);
  }

  /** Lines that the process printed. */
  console(stream: ConsoleStream, text: string): void {
    if (!this.#isOver()) this.#console.write(stream, text);
  }

  /** Resolves once a copy lies in the spool; a file that changes afterwards changes nothing. */
  artifact(
    path: string,
    source: ArtifactSource,
    options: ArtifactOptions = {},
  ): Promise<{ digest: string; size: number }> {
    if (this.#isOver()) return new Promise(() => undefined); // the process ends before anybody can wait for long
    const staged = this.#stage(path, source, options);
    const settled = staged.catch(() => undefined).finally(() => this.#staging.delete(settled));
    this.#staging.add(settled);
    return staged;
  }

  async #stage(
    path: string,
    source: ArtifactSource,
    { mediaType }: ArtifactOptions,
  ): Promise<{ digest: string; size: number }> {
    const { folder, batching, outbox } = this.#parts;
    const limitBytes = batching.spoolLimitBytes - outbox.waitingBytes;
    const artifact = await stageArtifact({ folder, limitBytes, path, source }, mediaType);
    outbox.append('artifacts', 'batch', Buffer.from(JSON.stringify(artifact)));
    return { digest: artifact.digest, size: artifact.size };
  }

  #seal(): void {
    this.#points.seal();
    this.#facts.seal();
    this.#console.seal();
  }

  #sealQuietly(): void {
    this.#points.trySeal();
    this.#facts.trySeal();
    this.#console.trySeal();
  }

  /** Resolves once everything logged so far is on the disk, with what that is: it survives any end of this process. */
  async synced(): Promise<{ points: number }> {
    this.#seal();
    const { points } = this.#parts.outbox.totals('metrics');
    await this.#parts.outbox.sync();
    await setImmediate(); // a training whose only waits are these gives sending its turn here
    return { points };
  }

  /** True once the server has answered for everything logged so far; false when the time was too short. */
  async flush(options: { timeoutMs?: number } = {}): Promise<boolean> {
    await Promise.all(this.#staging);
    this.#seal();
    return this.#parts.outbox.settled(options.timeoutMs ?? FINISH_MS);
  }

  /** Everything that the server has acknowledged, as a position to read at (`at-least`). */
  get position(): string | undefined {
    return this.#parts.outbox.position;
  }

  /**
   * Ends the run: says how it went and how much was sent, and waits for the answers, but not for ever. Never throws for
   * the server's sake. Calling it twice waits for the first.
   * @throws Fault full SDK_SPOOL_WRITE
   */
  finish(outcome: RunOutcome = 'finished', options: FinishOptions = {}): Promise<Finish> {
    this.#finish ??= this.#end(outcome, options).catch((error: unknown) => {
      this.#finish = undefined; // the spool could not be written: finish may be tried again
      throw error;
    });
    return this.#finish;
  }

  async #end(outcome: RunOutcome, { timeoutMs = FINISH_MS, message }: FinishOptions): Promise<Finish> {
    const { outbox, report, release, folder } = this.#parts;
    await Promise.all(this.#staging);
    this.#seal();
    const finished = makeFact('run.finished', { outcome, ...(message === undefined ? {} : { message }) });
    this.#facts.seal('last', [finished, ...closingFacts(this.writer, (lane) => outbox.totals(lane))]);
    this.#unwatch();
    await outbox.sync().catch(() => undefined); // was reported; what the disk did not confirm is sent all the same
    const delivered = await outbox.settled(timeoutMs);
    const { refusals: refused, waiting } = outbox;
    if (delivered) await release();
    else {
      void outbox.onceSettled().then(release);
      report({ code: 'SDK_UNDELIVERED', message: `run ${this.id} ended; ${waiting} batches wait in ${folder}` });
    }
    return { delivered, points: outbox.totals('metrics').points, waiting, refused };
  }

  async #killed(signal: NodeJS.Signals): Promise<void> {
    this.#dying = true;
    await this.finish('killed', { timeoutMs: KILLED_MS, message: signal });
  }

  /**
   * What the server says of this writer: sent, stored, missing. Reads at the position of the last acknowledgement.
   * @throws Fault unavailable SDK_NO_RECEIPT
   */
  receipt(options: { waitMs?: number } = {}): Promise<Receipt[]> {
    return readReceipt(this.#parts.door, {
      run: this.id,
      writer: this.writer,
      position: this.position,
      waitMs: options.waitMs ?? 10_000,
    });
  }
}
