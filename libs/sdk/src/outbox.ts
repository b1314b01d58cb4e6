import { setTimeout as wait } from 'node:timers/promises';
import { Answers } from './answers';
import { Deliverer } from './deliver';
import type { Door } from './door';
import { LaneReader } from './lane-reader';
import { LaneSender } from './lane-sender';
import { LaneWriter } from './lane-writer';
import type { ReportProblem } from './problem';
import type { Reachability } from './reachability';
import type { LaneName } from './segments';
import type { FrameKind } from './spool-frame';
import type { WriterFolder } from './writer-folder';

export type OutboxOptions = Readonly<{
  spool: string;
  folder: WriterFolder;
  run: string;
  door: Door;
  report: ReportProblem;
  reachability: Reachability;
  fsync: boolean;
  segmentBytes: number;
}>;

type Lane = Readonly<{ writer: LaneWriter; reader: LaneReader; sender: LaneSender }>;
export type Totals = Readonly<{ batches: number; points: number }>;

/** How long an event loop may stand still before the spool is synced without it. */
const STUCK_MS = 200;

/** One live writer's lanes, from the spool to the server. What `append` took is sent until it has an answer. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #deliverer: Deliverer;
  readonly #answers: Answers;
  readonly #lanes = new Map<LaneName, Lane>();
  readonly #watchers = new Set<() => void>();
  #loopTurned = true;
  #lastTurn = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#deliverer = new Deliverer(options.door, options.folder.path, options.run);
    this.#answers = new Answers({ ...options, settled: () => this.#settled() });
  }

  #settled(): void {
    for (const watcher of this.#watchers) watcher();
    if (this.#othersAreSettled()) this.#lanes.get('runs')?.sender.wake();
  }

  #othersAreSettled(): boolean {
    return [...this.#lanes].every(
      ([name, { writer, reader }]) => name === 'runs' || reader.acked.batches === writer.batches,
    );
  }

  /** Everything acknowledged so far, as one position to read at. */
  get position(): string | undefined {
    return this.#answers.position;
  }
  /** Batches that the server refused for ever. */
  get refusals(): number {
    return this.#answers.refusals;
  }
  /** Batches without an answer. */
  get waiting(): number {
    let batches = 0;
    for (const { writer, reader } of this.#lanes.values()) batches += writer.batches - reader.acked.batches;
    return batches;
  }
  /** Their bytes on disk. */
  get waitingBytes(): number {
    let bytes = 0;
    for (const { writer, reader } of this.#lanes.values()) bytes += writer.appendedBytes - reader.ackedBytes;
    return bytes;
  }
  /** Batches and points that a lane has taken. */
  totals(name: LaneName): Totals {
    const { batches = 0, points = 0 } = this.#lanes.get(name)?.writer ?? {};
    return { batches, points };
  }

  #lane(name: LaneName): Lane {
    const known = this.#lanes.get(name);
    if (known !== undefined) return known;
    const { segmentBytes, fsync, folder } = this.#options;
    const writer = new LaneWriter({ folder: folder.path, lane: name, segmentBytes, fsync });
    const reader = new LaneReader({
      folder: folder.path,
      lane: name,
      limit: () => writer.durable,
      onDamage: (damage) => this.#answers.damaged(damage),
    });
    const sender = new LaneSender({
      lane: name,
      reader,
      mayGo: (frame) => frame.kind !== 'last' || this.#othersAreSettled(),
      deliver: (frame) => this.#deliverer.deliver(name, frame),
      events: this.#answers,
    });
    const lane = { writer, reader, sender };
    this.#lanes.set(name, lane);
    return lane;
  }

  /** @throws Fault full SDK_SPOOL_WRITE; nothing was taken then */
  append(name: LaneName, kind: FrameKind, payload: Uint8Array, points = 0): void {
    const lane = this.#lane(name);
    lane.writer.append(kind, points, payload);
    if (lane.writer.isDurable) lane.sender.wake();
    else this.#startSync(lane);
  }

  /**
   * The disk is waited for in another thread; what it has is then sent. A training loop that never gives the event loop a
   * turn would never see the disk's answer, so there the disk is waited for now and then in the loop's own time.
   */
  #startSync({ writer, sender }: Lane): void {
    const now = Date.now();
    if (this.#loopTurned) {
      this.#loopTurned = false;
      this.#lastTurn = now;
      setImmediate(() => {
        this.#loopTurned = true;
      }).unref();
    } else if (now - this.#lastTurn >= STUCK_MS) {
      this.#lastTurn = now;
      this.syncNow();
    }
    writer
      .sync()
      .catch((error: unknown) => this.#syncFailed(error))
      .finally(() => sender.wake());
  }

  #syncNow(writer: LaneWriter): void {
    try {
      writer.syncNow();
    } catch (error) {
      this.#syncFailed(error);
    }
  }

  #syncFailed(error: unknown): void {
    this.#options.report({ code: 'SDK_SPOOL_WRITE', message: `the spool cannot be synced: ${String(error)}` });
  }

  /** Everything appended so far is on the disk when it resolves. */
  async sync(): Promise<void> {
    for (const { writer, sender } of this.#lanes.values()) {
      await writer.sync();
      sender.wake();
    }
  }

  /** The same, in the caller's time: for a process that ends. */
  syncNow(): void {
    for (const { writer } of this.#lanes.values()) this.#syncNow(writer);
  }

  /** Tries what waits now. */
  hurry(): void {
    for (const { sender } of this.#lanes.values()) sender.hurry();
  }

  /** Resolves once everything appended before the call has its answer. Keeps no process alive. */
  async onceSettled(): Promise<void> {
    const targets = [...this.#lanes.values()].map(({ writer, reader }) => ({ reader, batches: writer.batches }));
    const isSettled = (): boolean => targets.every(({ reader, batches }) => reader.acked.batches >= batches);
    if (isSettled()) return;
    await new Promise<void>((resolve) => {
      const watcher = (): void => {
        if (!isSettled()) return;
        this.#watchers.delete(watcher);
        resolve();
      };
      this.#watchers.add(watcher);
    });
  }

  /** The same within a time, for which the process is kept alive. False: the time was over first. */
  async settled(timeoutMs: number): Promise<boolean> {
    this.hurry();
    const over = new AbortController();
    const timer = wait(timeoutMs, false, { signal: over.signal }).catch(() => false);
    try {
      return await Promise.race([this.onceSettled().then(() => true), timer]);
    } finally {
      over.abort();
    }
  }

  async close(): Promise<void> {
    for (const { writer, reader, sender } of this.#lanes.values()) {
      await sender.stop();
      await reader.close();
      writer.close();
    }
  }
}
