import { type LogRecord, type Position, partitionOf, partitionsOf } from '@runledger/contracts';
import { type Fault, TurnQueue } from '@runledger/kernel';
import type { Unmoved } from '../log';
import { unavailable } from '../log-fault';
import type { Conditional, Placed } from './insert-records';

const MAX_BYTES = 4 * 1024 * 1024; // of one transaction: more of them make it slower, not cheaper
const MAX_RECORDS = 2_000;
const SMALL_BYTES = 64 * 1024;

/** One publish(), settled once: when the last of its parts is committed, with the first failure, or when it is too late. */
export class Call {
  readonly promise: Promise<Position[]>;
  readonly #positions: Position[] = [];
  readonly #timer: NodeJS.Timeout;
  #left: number;
  #done: (positions: Position[]) => void = () => {};
  #failed: (fault: Fault) => void = () => {};

  constructor(records: number, deadlineMs: number, onLate: () => void) {
    this.#left = records;
    this.promise = new Promise((done, failed) => {
      this.#done = done;
      this.#failed = failed;
    });
    this.#timer = setTimeout(() => {
      onLate();
      this.fail(unavailable(new Error(`not committed within ${deadlineMs} ms`)));
    }, deadlineMs);
  }

  place(part: Part, { first }: Pick<Placed, 'first'>): void {
    for (const [i, slot] of part.slots.entries())
      this.#positions[slot] = { topic: part.topic, partition: part.partition, offset: first + i };
    this.#left -= part.slots.length;
    if (this.#left > 0) return;
    clearTimeout(this.#timer);
    this.#done(this.#positions);
  }

  fail(fault: Fault): void {
    clearTimeout(this.#timer);
    this.#failed(fault);
  }
}

/** The records of one call for one partition; never torn apart, so that they keep their order. */
export type Part = Readonly<{
  call: Call;
  /** Whose records they are: in a partition the workspaces take turns. */
  workspace: string;
  topic: string;
  partition: number;
  records: LogRecord[];
  /** Where in the call each record stood. */
  slots: number[];
  since: Unmoved | undefined;
}> & { bytes: number };

/** Parts that become neighbours in one partition, in one transaction. */
export type Load = Conditional & Readonly<{ place: string; parts: readonly Part[] }>;

const placeOf = (part: Pick<Part, 'topic' | 'partition'>): string => `${part.topic}/${part.partition}`;

function partsOf(call: Call, records: readonly LogRecord[], since: Unmoved | undefined): Part[] {
  const parts = new Map<string, Part>();
  for (const [slot, record] of records.entries()) {
    const { topic } = record;
    const partition = partitionOf(record.key, partitionsOf(topic));
    const id = placeOf({ topic, partition });
    const workspace = record.headers['ce_workspace'] ?? '';
    const part = parts.get(id) ?? { call, workspace, topic, partition, records: [], slots: [], since, bytes: 0 };
    parts.set(id, part);
    part.records.push(record);
    part.slots.push(slot);
    part.bytes += record.value.byteLength;
  }
  return [...parts.values()];
}

const isSame = (a: Unmoved, b: Unmoved): boolean =>
  a.workspace === b.workspace && a.end.topic === b.end.topic && a.end.partition === b.end.partition;

/** The strictest for each place: where it holds, so do the others. */
function strictest(parts: readonly Part[]): Unmoved[] {
  const found: Unmoved[] = [];
  for (const { since } of parts) {
    if (since === undefined) continue;
    const at = found.findIndex((one) => isSame(one, since));
    const one = found[at];
    if (one === undefined) found.push(since);
    else
      found[at] = {
        workspace: one.workspace,
        end: one.end.offset <= since.end.offset ? one.end : since.end,
        decided: Math.min(one.decided, since.decided),
      };
  }
  return found;
}

export function loadOf(
  place: string,
  { topic, partition }: Pick<Part, 'topic' | 'partition'>,
  parts: readonly Part[],
): Load {
  return { place, topic, partition, parts, records: parts.flatMap(({ records }) => records), since: strictest(parts) };
}

/** What waits to be written, by partition. A partition that was taken is taken again only after its release. */
export class PartQueue {
  /** The partition that waits longest comes first. */
  readonly #waiting = new Map<string, TurnQueue<Part>>();
  readonly #taken = new Set<string>();
  #bytes = 0;

  /** Of all values that wait or are being written. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A commit costs more than all that waits or is being written. */
  get isSmall(): boolean {
    return this.#bytes <= SMALL_BYTES;
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0 && this.#taken.size === 0;
  }

  /** What depends on `since` lies in one partition: of a call in several, a part could be stored without the others. */
  add(call: Call, records: readonly LogRecord[], since?: Unmoved): void {
    for (const part of partsOf(call, records, since)) {
      const id = placeOf(part);
      const parts = this.#waiting.get(id) ?? new TurnQueue<Part>();
      parts.push(part.workspace, part);
      this.#waiting.set(id, parts);
      this.#bytes += part.bytes;
    }
  }

  /** Work for one transaction, leaving as much for each of the `others` that could start now where it is worth it. */
  take(others: number): Load[] {
    const ready = [...this.#waiting.keys()].filter((id) => !this.#taken.has(id));
    const loads: Load[] = [];
    const room = { bytes: MAX_BYTES, records: MAX_RECORDS };
    const share = this.isSmall ? ready.length : Math.ceil(ready.length / (others + 1));
    for (const id of ready.slice(0, share)) {
      const parts = this.#takeFrom(id, room, loads.length === 0);
      const [head] = parts;
      if (head === undefined) break;
      this.#taken.add(id);
      loads.push(loadOf(id, head, parts));
    }
    return loads;
  }

  /** The first part always fits, however large it is. */
  #takeFrom(id: string, room: { bytes: number; records: number }, first: boolean): Part[] {
    const parts = this.#waiting.get(id);
    const taken: Part[] = [];
    for (let part = parts?.peek(); parts !== undefined && part !== undefined; part = parts.peek()) {
      const fits = part.bytes <= room.bytes && part.records.length <= room.records;
      if (!fits && !(first && taken.length === 0)) break;
      room.bytes -= part.bytes;
      room.records -= part.records.length;
      taken.push(part);
      parts.shift();
    }
    this.#waiting.delete(id);
    if (parts !== undefined && parts.size > 0) this.#waiting.set(id, parts); // now the last in turn
    return taken;
  }

  /** The loads' transaction has ended, whichever way. */
  release(loads: readonly Load[]): void {
    for (const load of loads) {
      this.#taken.delete(load.place);
      for (const part of load.parts) this.#bytes -= part.bytes;
    }
  }

  /** Forgets what still waits of one call, or of all. */
  discard(of?: Call): Part[] {
    const gone: Part[] = [];
    for (const [id, parts] of this.#waiting) {
      gone.push(...parts.remove((part) => of === undefined || part.call === of));
      if (parts.size === 0) this.#waiting.delete(id);
    }
    for (const part of gone) this.#bytes -= part.bytes;
    return gone;
  }
}
