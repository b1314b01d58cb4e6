import type { Signal } from '@runledger/live';
import { type Place, placeName } from '@runledger/reads';

/** What moved of a run: points, facts about it, lines that it printed. */
export type Moves = { series: boolean; facts: boolean; console: boolean };

/** Runs that one slow reader can have waiting. From there on it is told that anything may have moved. */
const MOST_PENDING = 1_000;

export type Watched = Readonly<{
  workspace: string;
  /** The runs that are watched, or null for all of the workspace. */
  runs: ReadonlySet<string> | null;
  places: readonly Place[];
}>;

/** What was taken from a watch: the moves until now, and up to where the projections had come with them. */
export type Taken = Readonly<{
  moves: ReadonlyMap<string, Moves>;
  all: boolean;
  heardTo: ReadonlyMap<string, number>;
}>;

/**
 * Gathers signals for one reader, who takes them when there is room: what he has not taken is one entry a run, however
 * often it moved. Notices when signals were lost.
 */
export class Watch {
  #moves = new Map<string, Moves>();
  #all = false;
  #gap = false;
  #lastLook: ReadonlyMap<string, number> = new Map();
  readonly #heardTo: Map<string, number>;

  /** `heardTo`: the first offset of each place that the reader does not know yet. */
  constructor(
    readonly watched: Watched,
    heardTo: ReadonlyMap<string, number>,
  ) {
    this.#heardTo = new Map(watched.places.map((place) => [placeName(place), heardTo.get(placeName(place)) ?? 0]));
  }

  /** Whether there is something to take. */
  get moved(): boolean {
    return this.#all || this.#moves.size > 0;
  }

  /** Whether signals were lost: then only the stores know what moved. */
  get hasGap(): boolean {
    return this.#gap;
  }

  hear(signal: Signal): void {
    if (signal.kind === 'wanted') return;
    if (signal.kind !== 'projected') {
      const { workspace, runs } = this.watched;
      if (signal.workspace === workspace && (runs === null || runs.has(signal.run))) this.add(signal.run, signal.kind);
      return;
    }
    const name = placeName(signal);
    const heardTo = this.#heardTo.get(name);
    if (heardTo === undefined || signal.nextOffset <= heardTo) return;
    if (signal.fromOffset > heardTo) this.#gap = true;
    this.#heardTo.set(name, signal.nextOffset);
  }

  add(run: string, kind: keyof Moves): void {
    const moves = this.#moves.get(run) ?? { series: false, facts: false, console: false };
    moves[kind] = true;
    this.#moves.set(run, moves);
    if (this.#moves.size > MOST_PENDING) this.addAll();
  }

  addAll(): void {
    this.#moves.clear();
    this.#all = true;
  }

  /** What the stores say. A signal comes a little later than its commit: only what was there at the last look is missed. */
  lookAt(positions: ReadonlyMap<string, number>): void {
    const before = this.#lastLook;
    if ([...this.#heardTo].some(([name, heardTo]) => (before.get(name) ?? 0) > heardTo)) this.#gap = true;
    this.#lastLook = positions;
  }

  /** Closes the gap: the reader is told what moved up to these positions. */
  closeGap(positions: ReadonlyMap<string, number>): void {
    for (const [name, heardTo] of this.#heardTo) this.#heardTo.set(name, Math.max(heardTo, positions.get(name) ?? 0));
    this.#gap = false;
  }

  take(): Taken {
    const taken = { moves: this.#moves, all: this.#all, heardTo: new Map(this.#heardTo) };
    this.#moves = new Map();
    this.#all = false;
    return taken;
  }
}
