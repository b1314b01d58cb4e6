import { askerGone, Fault } from '@runledger/kernel';
import { RecentUse } from './recent-use';

/** How long an event loop has worked and idled, ms since it began. */
export type LoopTimes = Readonly<{ active: number; idle: number }>;
type Options = Readonly<{
  loop?: () => LoopTimes;
  now?: () => number;
  /** The clock by which timers come late. */
  timers?: () => number;
}>;
type Waiting = Readonly<{ ticket: Ticket; gone: AbortSignal | undefined; go: () => void }>;

/** One request, from its beginning to the end of its answer. */
export type Ticket = { readonly tenant: string; readonly weight: number; begunAt: number };

/** Requests of so much weight begin at a time. */
const TURN_WEIGHT = 2;
/** However busy the process is, a turn begins after so long. */
const LONGEST_REST_MS = 100;
const LOOK_MS = 2;
/** Where looks come late, this process, or the machine, has more to do than processors: each ms of that is to be idled so many times. */
const LATE_WEIGHT = 4;
/** Requests of whoever is to be slowed down that are under way at a time. */
const MOST_UNDER_WAY = 2;
/** Whoever has more under way than a browser asks of one server at once, while others are about, is slowed down before it is known how much he asks for, */
const CROWD = 6;
/** and for so long. */
const CROWDED_MS = 1_000;
/** What takes longer waits for something else, as feeds do, and is not counted as under way. */
const LONG_MS = 1_000;
/** Of one tenant; what comes beyond is put off. */
const MOST_WAITING = 1_000;
/** What a refused tenant waits for his answer while others are about. */
const REFUSAL_MS = 250;
const MOST_REFUSED = 1_000;

/**
 * Keeps one tenant from filling the process, and the machine, while others use them. Who asks for more than all others together begins his next few
 * requests only once the event loop has idled as long as it has worked since the last ones, and is not kept waiting for a processor: half of its time
 * is kept for whoever comes. Alone, or where nobody asks for more than the others, nobody waits.
 */
export class Pace {
  readonly #use: RecentUse;
  readonly #lines = new Map<string, Waiting[]>();
  readonly #underWay = new Map<string, Set<Ticket>>();
  /** Until when whoever came with a crowd is slowed down. */
  readonly #crowded = new Map<string, number>();
  readonly #loop: () => LoopTimes;
  readonly #now: () => number;
  readonly #timers: () => number;
  #begun: LoopTimes & Readonly<{ at: number }>;
  #left = 0;
  /** How late looks came since the last turn began, ms. */
  #late = 0;
  #refused = 0;
  #looking: NodeJS.Timeout | undefined;

  constructor(options: Options = {}) {
    const { loop = () => performance.eventLoopUtilization(), now = () => performance.now(), timers = now } = options;
    this.#loop = loop;
    this.#now = now;
    this.#timers = timers;
    this.#use = new RecentUse(now);
    this.#begun = { ...loop(), at: now() };
  }

  /** Before anything is done for a request; undefined where it need not wait. @throws Fault overloaded HTTP_BUSY */
  enter(ticket: Ticket): Promise<void> | undefined {
    const { tenant, weight } = ticket;
    this.#use.add(tenant, weight);
    const line = this.#lines.get(tenant);
    if (line === undefined && this.#mayBegin(ticket)) return this.#begin(ticket);
    if ((line?.length ?? 0) >= MOST_WAITING)
      throw new Fault('overloaded', 'HTTP_BUSY', 'too many requests of this workspace wait; send this one again');
    return new Promise((go) => {
      const waiting = { ticket, gone: askerGone(), go };
      if (line === undefined) this.#lines.set(tenant, [waiting]);
      else line.push(waiting);
      this.#look();
    });
  }

  /** Its answer has ended, whether it had begun or not. */
  leave(ticket: Ticket): void {
    const others = this.#underWay.get(ticket.tenant);
    others?.delete(ticket);
    if (others?.size === 0) this.#underWay.delete(ticket.tenant);
  }

  /** What is known of a request only afterwards. */
  charge(tenant: string, weight: number): void {
    this.#use.add(tenant, weight);
  }

  /** Before a refusal goes out: whoever asks again at once shall not do so as fast as he can, for that costs the others, too. */
  async refuse(tenant: string): Promise<void> {
    if (!this.#use.hasOthers(tenant) || this.#refused >= MOST_REFUSED) return;
    this.#refused++;
    await new Promise((done) => setTimeout(done, REFUSAL_MS));
    this.#refused--;
  }

  #begin(ticket: Ticket): undefined {
    ticket.begunAt = this.#now();
    const others = this.#underWay.get(ticket.tenant);
    if (others === undefined) this.#underWay.set(ticket.tenant, new Set([ticket]));
    else others.add(ticket);
  }

  #mayBegin(ticket: Ticket): boolean {
    return !this.#isSlowed(ticket.tenant) || this.#takesTurn(ticket);
  }

  #isSlowed(tenant: string): boolean {
    if (!this.#use.hasOthers(tenant)) return false;
    const now = this.#now();
    if (this.#countUnderWay(tenant, now) >= CROWD) this.#crowded.set(tenant, now + CROWDED_MS);
    else if ((this.#crowded.get(tenant) ?? now) <= now) this.#crowded.delete(tenant);
    return this.#crowded.has(tenant) || this.#use.isMost(tenant);
  }

  #takesTurn({ tenant, weight }: Ticket): boolean {
    if (this.#left <= 0) {
      const { active, idle } = this.#loop();
      const at = this.#now();
      const worked = active - this.#begun.active + LATE_WEIGHT * this.#late;
      const hasRested = at > this.#begun.at && idle - this.#begun.idle >= worked;
      const isIn = hasRested && this.#countUnderWay(tenant, at) < MOST_UNDER_WAY;
      if (!isIn && at - this.#begun.at < LONGEST_REST_MS) return false;
      this.#begun = { active, idle, at };
      this.#late = 0;
      this.#left = TURN_WEIGHT;
    }
    this.#left -= weight;
    return true;
  }

  #countUnderWay(tenant: string, at: number): number {
    let count = 0;
    for (const { begunAt } of this.#underWay.get(tenant) ?? []) if (at - begunAt < LONG_MS) count++;
    return count;
  }

  #look(): void {
    const due = this.#timers() + LOOK_MS;
    this.#looking ??= setTimeout(() => {
      this.#looking = undefined;
      this.#late += Math.max(0, this.#timers() - due);
      for (const [tenant, line] of this.#lines) this.#serve(tenant, line);
      if (this.#lines.size > 0) this.#look();
    }, LOOK_MS).unref();
  }

  #serve(tenant: string, line: Waiting[]): void {
    for (let [next] = line; next !== undefined; [next] = line) {
      const isGone = next.gone?.aborted === true;
      if (!isGone && !this.#mayBegin(next.ticket)) return;
      line.shift();
      if (!isGone) this.#begin(next.ticket);
      next.go();
    }
    this.#lines.delete(tenant);
  }
}
