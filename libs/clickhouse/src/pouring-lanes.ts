import type { Readable } from 'node:stream';
import { askingTenant, FairPool, Fault } from '@runledger/kernel';
import type { Session } from 'chdb';
import type { Pouring } from './engine';
import { PouringLane } from './pouring-lane';

/** Statements that run at a time: charts and ingest have the rest of the engine. */
const LANES = 2;
/** Statements of one tenant that wait for a lane; the tenants wait in turn. */
const MOST_WAITING = 16;

/** Lanes for statements with answers of any size, opened when the first one comes. */
export class PouringLanes {
  #lanes: FairPool<PouringLane> | undefined;
  #all: PouringLane[] = [];
  #killer: Session | undefined;
  readonly #running = new Set<Promise<void>>();

  constructor(
    private readonly openSession: () => Session,
    private readonly folder: string,
  ) {}

  #open(): FairPool<PouringLane> {
    const killer = this.openSession();
    this.#killer = killer;
    this.#all = Array.from({ length: LANES }, () => new PouringLane(this.openSession(), killer, this.folder));
    return new FairPool(this.#all);
  }

  async pour(pouring: Pouring): Promise<Readable> {
    this.#lanes ??= this.#open();
    const lanes = this.#lanes;
    if (lanes.waitingOf(askingTenant()) >= MOST_WAITING)
      throw new Fault('overloaded', 'CLICKHOUSE_BUSY', 'too many statements wait already; try again');
    const lane = await lanes.take();
    try {
      const { stream, ended } = await lane.pour(pouring);
      const closed = new Promise<void>((resolve) => stream.once('close', resolve));
      const running: Promise<void> = Promise.all([ended, closed]).then(() => {
        this.#running.delete(running);
        lanes.giveBack(lane);
      });
      this.#running.add(running);
      return stream;
    } catch (error) {
      lanes.giveBack(lane);
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#running);
    await Promise.all(this.#all.map((lane) => lane.close()));
    this.#killer?.close();
  }
}
