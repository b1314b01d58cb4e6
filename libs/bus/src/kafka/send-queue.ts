import { type LogRecord, type Position, partitionOf, partitionsOf } from '@runledger/contracts';
import { type Fault, TurnQueue } from '@runledger/kernel';
import { unavailable } from '../log-fault';

const REQUEST_BYTES = 4 * 1024 * 1024;
const REQUEST_RECORDS = 1_000; // kafkajs sorts them by partition in quadratic time
const RECORD_OVERHEAD = 512;

/** One publish(). It is answered when its last message is acknowledged, or with the first failure. */
export class Publication {
  readonly answer: Promise<Position[]>;
  readonly #positions: Position[];
  #missing: number;
  #isOver = false;
  #resolve: (positions: Position[]) => void = () => {};
  #reject: (fault: Fault) => void = () => {};
  readonly #timer: NodeJS.Timeout;

  constructor(size: number, deadlineMs: number) {
    this.#missing = size;
    this.#positions = new Array<Position>(size);
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#timer = setTimeout(() => this.reject(unavailable(new Error(`no answer in ${deadlineMs} ms`))), deadlineMs);
  }

  /** Answered already: what is left of it need not be sent. */
  get isOver(): boolean {
    return this.#isOver;
  }

  acknowledge(slot: number, position: Position): void {
    this.#positions[slot] = position;
    if (--this.#missing > 0) return;
    this.#end();
    this.#resolve(this.#positions);
  }

  reject(fault: Fault): void {
    this.#end();
    this.#reject(fault);
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#isOver = true;
  }
}

export type Outgoing = Readonly<{
  record: LogRecord;
  partition: number;
  publication: Publication;
  slot: number;
  bytes: number;
}>;

/** In a lane the workspaces take turns. */
type Lane = { isTaken: boolean; readonly outgoing: TurnQueue<Outgoing> };

const sizeOf = (record: LogRecord): number => record.value.byteLength + RECORD_OVERHEAD;

/**
 * Messages that wait, a lane for each partition. Only one request at a time holds messages of a lane: that keeps their
 * order whatever happens to a request.
 */
export class SendQueue {
  readonly #lanes = new Map<string, Lane>();
  #bytes = 0;
  #count = 0;

  /** Of all messages that wait or are under way. */
  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  push(publication: Publication, records: readonly LogRecord[]): void {
    for (const [slot, record] of records.entries()) {
      const partition = partitionOf(record.key, partitionsOf(record.topic));
      const bytes = sizeOf(record);
      const id = `${record.topic}/${partition}`;
      const lane = this.#lanes.get(id) ?? { isTaken: false, outgoing: new TurnQueue<Outgoing>() };
      this.#lanes.set(id, lane);
      lane.outgoing.push(record.headers['ce_workspace'] ?? '', { record, partition, publication, slot, bytes });
      this.#bytes += bytes;
      this.#count++;
    }
  }

  /** Messages for one request, from about `share` of the free lanes; none when nothing can be sent now. */
  take(share: number): { outgoing: Outgoing[]; release(): void } | undefined {
    const free = [...this.#lanes].filter(([, lane]) => !lane.isTaken && this.#hasWork(lane));
    const taken: Lane[] = [];
    const outgoing: Outgoing[] = [];
    let room = REQUEST_BYTES;
    for (const [id, lane] of free.slice(0, Math.ceil(free.length * share))) {
      if (room <= 0 || outgoing.length >= REQUEST_RECORDS) break;
      lane.isTaken = true;
      taken.push(lane);
      room = this.#drain(lane, outgoing, room);
      this.#lanes.delete(id); // to the end of the line
      this.#lanes.set(id, lane);
    }
    if (outgoing.length === 0) return undefined;
    return {
      outgoing,
      release: () => {
        for (const lane of taken) lane.isTaken = false;
        for (const one of outgoing) this.#forget(one);
      },
    };
  }

  /** Everything that waits, gone. */
  clear(): Outgoing[] {
    const gone = [...this.#lanes.values()].flatMap((lane) => lane.outgoing.remove(() => true));
    for (const one of gone) this.#forget(one);
    return gone;
  }

  /** A message larger than the room goes when it is the first. */
  #drain(lane: Lane, into: Outgoing[], room: number): number {
    let left = room;
    for (let next = lane.outgoing.peek(); next !== undefined; next = lane.outgoing.peek()) {
      if (into.length > 0 && (next.bytes > left || into.length >= REQUEST_RECORDS)) break;
      lane.outgoing.shift();
      if (next.publication.isOver) {
        this.#forget(next);
        continue;
      }
      into.push(next);
      left -= next.bytes;
    }
    return left;
  }

  #hasWork(lane: Lane): boolean {
    for (let next = lane.outgoing.peek(); next?.publication.isOver; next = lane.outgoing.peek()) {
      lane.outgoing.shift();
      this.#forget(next);
    }
    return lane.outgoing.size > 0;
  }

  #forget(one: Outgoing): void {
    this.#bytes -= one.bytes;
    this.#count--;
  }
}
