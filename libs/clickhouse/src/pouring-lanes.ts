import type { Readable } from 'node:stream';
import { Fault } from '@runledger/kernel';
import type { Session } from 'chdb';
import type { Pouring } from './engine';
import { PouringLane } from './pouring-lane';

/** Statements that run at a time: charts and ingest have the rest of the engine. */
const LANES = 2;
/** Statements that wait for a lane. */
const MOST_WAITING = 16;

/** Lanes for statements with answers of any size, opened when the first one comes. */
export class PouringLanes {
  #free: PouringLane[] | undefined;
  #all: PouringLane[] = [];
  #killer: Session | undefined;
  readonly #waiting: Array<(lane: PouringLane) => void> = [];
  readonly #running = new Set<Promise<void>>();

  constructor(
    private readonly openSession: () => Session,
    private readonly folder: string,
  ) {}

  #open(): PouringLane[] {
    const killer = this.openSession();
    this.#killer = killer;
    this.#all = Array.from({ length: LANES }, () => new PouringLane(this.openSession(), killer, this.folder));
    return [...this.#all];
  }

  async #take(): Promise<PouringLane> {
    this.#free ??= this.#open();
    const lane = this.#free.pop();
    if (lane !== undefined) return lane;
    if (this.#waiting.length >= MOST_WAITING)
      throw new Fault('overloaded', 'CLICKHOUSE_BUSY', 'too many statements wait already; try again');
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #giveBack(lane: PouringLane): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free?.push(lane);
    else next(lane);
  }

  async pour(pouring: Pouring): Promise<Readable> {
    const lane = await this.#take();
    try {
      const { stream, ended } = await lane.pour(pouring);
      const closed = new Promise<void>((resolve) => stream.once('close', resolve));
      const running: Promise<void> = Promise.all([ended, closed]).then(() => {
        this.#running.delete(running);
        this.#giveBack(lane);
      });
      this.#running.add(running);
      return stream;
    } catch (error) {
      this.#giveBack(lane);
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#running);
    await Promise.all(this.#all.map((lane) => lane.close()));
    this.#killer?.close();
  }
}
