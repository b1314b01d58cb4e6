import { Answers } from './answers';
import { Deliverer } from './deliver';
import type { Door } from './door';
import { closingFacts, eventsBody } from './event-body';
import { LaneReader } from './lane-reader';
import { LaneSender } from './lane-sender';
import { LaneWriter } from './lane-writer';
import { livenessOf } from './owner';
import type { ReportProblem } from './problem';
import type { Reachability } from './reachability';
import { LANES, type LaneName } from './segments';
import {
  claimWriterFolder,
  listWriterFolders,
  readWriterMeta,
  releaseWriterFolder,
  removeWriterFolder,
  type WriterFolder,
  type WriterMeta,
} from './writer-folder';

export type RecoveredWriter = Readonly<{
  run: string;
  writer: string;
  batches: number;
  points: number;
  refused: number;
}>;
export type LeftAlone = Readonly<{
  writer: string;
  /** `waiting`: not everything could be sent in the time that there was. */
  why: 'live' | 'other-host' | 'other-server' | 'unreadable' | 'waiting';
}>;
export type Recovery = Readonly<{ recovered: RecoveredWriter[]; leftAlone: LeftAlone[] }>;

export type RecoveryOptions = Readonly<{
  spool: string;
  door: Door;
  report: ReportProblem;
  reachability: Reachability;
  /** Also what processes of other hosts left: only when they are known to be dead. */
  otherHosts: boolean;
  /** Also what was meant for another address: the server has moved. */
  otherServers: boolean;
  /** Ends the recovery early; what is left stays. */
  signal?: AbortSignal;
}>;

/** Sends what dead writers left in a spool folder, writer by writer. Live writers' spools are left alone. */
export async function recoverWriters(options: RecoveryOptions): Promise<Recovery> {
  const recovered: RecoveredWriter[] = [];
  const leftAlone: LeftAlone[] = [];
  for (const found of listWriterFolders(options.spool)) {
    const outcome = isAborted(options) ? 'waiting' : await recoverWriter(options, found);
    if (typeof outcome === 'string') leftAlone.push({ writer: found.writer, why: outcome });
    else if (outcome !== null) recovered.push(outcome);
  }
  return { recovered, leftAlone };
}

const isAborted = ({ signal }: RecoveryOptions): boolean => signal?.aborted === true;

/** Null: another process was faster. */
async function recoverWriter(
  options: RecoveryOptions,
  found: WriterFolder,
): Promise<RecoveredWriter | LeftAlone['why'] | null> {
  const liveness = livenessOf(found.owner);
  if (liveness === 'live') return 'live';
  if (liveness === 'foreign' && !options.otherHosts) return 'other-host';
  const meta = readWriterMeta(found);
  if (meta === null) return 'unreadable';
  if (meta.url !== options.door.url && !options.otherServers) return 'other-server';
  const folder = claimWriterFolder(options.spool, found);
  if (folder === null) return null;
  const writer = new DeadWriter(options, folder, meta);
  const done = await writer.sendAll();
  await writer.close();
  if (!done) {
    releaseWriterFolder(options.spool, folder);
    return 'waiting';
  }
  removeWriterFolder(folder);
  return writer.summary;
}

type Lane = Readonly<{ name: LaneName; reader: LaneReader; sender: LaneSender }>;

/** The spool of a writer whose process is gone: read to its end, sent, and closed in the writer's name. */
class DeadWriter {
  readonly #options: RecoveryOptions;
  readonly #folder: WriterFolder;
  readonly #meta: WriterMeta;
  readonly #answers: Answers;
  readonly #lanes: readonly Lane[];
  #othersAreDrained = false;
  #batches = 0;
  #points = 0;

  constructor(options: RecoveryOptions, folder: WriterFolder, meta: WriterMeta) {
    this.#options = options;
    this.#folder = folder;
    this.#meta = meta;
    this.#answers = new Answers({ ...options, folder, run: meta.run });
    const deliverer = new Deliverer(options.door, folder.path, meta.run);
    this.#lanes = LANES.map((name) => this.#open(name, deliverer));
  }

  #open(name: LaneName, deliverer: Deliverer): Lane {
    const reader = new LaneReader({
      folder: this.#folder.path,
      lane: name,
      onDamage: (damage) => this.#answers.damaged(damage),
    });
    const before = reader.acked;
    const sender = new LaneSender({
      lane: name,
      reader,
      mayGo: (frame) => frame.kind !== 'last' || this.#othersAreDrained,
      deliver: (frame) => deliverer.deliver(name, frame),
      events: {
        stored: (lane, frame, body) => this.#answers.stored(lane, frame, body),
        refused: (lane, frame, verdict) => this.#answers.refused(lane, frame, verdict),
        delayed: (lane, verdict) => this.#answers.delayed(lane, verdict),
        settled: () => this.#count(name, reader, before.points),
      },
    });
    return { name, reader, sender };
  }

  #count(lane: LaneName, reader: LaneReader, pointsBefore: number): void {
    this.#batches++;
    if (lane === 'metrics') this.#points = reader.acked.points - pointsBefore;
  }

  get summary(): RecoveredWriter {
    const { run, writer } = this.#meta;
    return { run, writer, batches: this.#batches, points: this.#points, refused: this.#answers.refusals };
  }

  /** False: it was stopped before the end. */
  async sendAll(): Promise<boolean> {
    const { signal } = this.#options;
    const stop = (): void => this.#lanes.forEach(({ sender }) => void sender.stop());
    signal?.addEventListener('abort', stop);
    try {
      await Promise.all(this.#lanes.map(({ sender }) => sender.drained()));
      if (isAborted(this.#options)) return false;
      this.#othersAreDrained = true;
      await this.#lane('runs').sender.drained();
      if (!isAborted(this.#options) && this.#closeRuns()) await this.#lane('runs').sender.drained();
      return !isAborted(this.#options);
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  #lane(name: LaneName): Lane {
    const lane = this.#lanes.find((l) => l.name === name);
    if (lane === undefined) throw new RangeError(`no lane ${name}`);
    return lane;
  }

  /**
   * A dead writer sends no more, and all that it had spooled is now sent: its totals are known. The run itself may go on
   * in another process, so nothing is said about its end.
   */
  #closeRuns(): boolean {
    const { reader } = this.#lane('runs');
    const totals = (name: LaneName) => this.#lane(name).reader.acked;
    if (reader.ended || LANES.every((name) => totals(name).batches === 0)) return false;
    const { batches: sequence, points } = reader.acked;
    const { writer, run } = this.#meta;
    const body = eventsBody(closingFacts(writer, totals), { run, writer, sequence });
    const lane = new LaneWriter(
      { folder: this.#folder.path, lane: 'runs', segmentBytes: Number.MAX_SAFE_INTEGER, fsync: true },
      { segment: reader.nextSegment, sequence, points },
    );
    lane.append('last', 0, Buffer.from(body));
    lane.syncNow();
    lane.close();
    return true;
  }

  async close(): Promise<void> {
    for (const { reader, sender } of this.#lanes) {
      await sender.stop();
      await reader.close();
    }
  }
}
