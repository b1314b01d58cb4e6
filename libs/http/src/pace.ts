import { askerGone, Fault } from '@runledger/kernel';
import { RecentUse } from './recent-use';

/** How long an event loop has worked and idled, ms since it began. */
export type LoopTimes = Readonly<{ active: number; idle: number }>;
type Options = Readonly<{ loop?: () => LoopTimes; now?: () => number }>;
type Waiting = Readonly<{ ticket: Ticket; gone: AbortSignal | undefined; go: () => void }>;

/** One request, from its beginning to the end of its answer. */
export type Ticket = { readonly tenant: string; readonly weight: number; begunAt: number };

/** Requests of so much weight begin at a time. */
const TURN_WEIGHT = 4;
/** However busy the process is, a turn begins after so long. */
const LONGEST_REST_MS = 100;
const LOOK_MS = 2;
/** Requests of whoever is to be slowed down that are under way at a time. */
const MOST_UNDER_WAY = 4;
/** What takes longer waits for something else, as feeds do, and is not counted as under way. */
const LONG_MS = 1_000;
/** Of one tenant; what comes beyond is put off. */
const MOST_WAITING = 1_000;
/** What a refused tenant waits for his answer while others are about. */
const REFUSAL_MS = 250;
const MOST_REFUSED = 1_000;

/**
 * Keeps one tenant from filling the process while others use it. Who asks for more than all others together begins his next few
 * requests only once the event loop has idled as long as it has worked since the last ones: half of its time is kept for whoever comes. Alone, or
 * where nobody asks for more than the others, nobody waits.
 */
export class Pace {
  readonly #use: RecentUse;
  readonly #lines = new Map<string, Waiting[]>();
  readonly #underWay = new Map<string, Set<Ticket>>();
  readonly #loop: () => LoopTimes;
  readonly #now: () => number;
  #begun: LoopTimes & Readonly<{ at: number }>;
  #left = 0;
  #refused = 0;
  #looking: NodeJS.Timeout | undefined;

  constructor({ loop = () => performance.eventLoopUtilization(), now = () => performance.now() }: Options = {}) {
    this.#loop = loop;
    this.#now = now;
    this.#use = new RecentUse(now);
    this.#begun = { ...loop(), at: now() };
  }

  /** Before anything is done for a request; undefined where it need not wait. @throws Fault overloaded HTTP_BUSY */
  enter(ticket: Ticket): Promise<void> | undefined {
    const { tenant, weight } = ticket;
    this.#use.add(tenant, weight);
    const line = this.#lines.get(tenant);
    if (!this.#use.isMost(tenant)) return this.#begin(ticket);
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

  #mayBegin({ tenant, weight }: Ticket): boolean {
    if (this.#left <= 0) {
      const { active, idle } = this.#loop();
      const at = this.#now();
      const hasRested = at > this.#begun.at && idle - this.#begun.idle >= active - this.#begun.active;
      const isIn = hasRested && this.#countUnderWay(tenant, at) < MOST_UNDER_WAY;
      if (!isIn && at - this.#begun.at < LONGEST_REST_MS) return false;
      this.#begun = { active, idle, at };
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
    this.#looking ??= setTimeout(() => {
      this.#looking = undefined;
      for (const [tenant, line] of this.#lines) this.#serve(tenant, line);
      if (this.#lines.size > 0) this.#look();
    }, LOOK_MS).unref();
  }

  #serve(tenant: string, line: Waiting[]): void {
    const isMost = this.#use.isMost(tenant);
    for (let [next] = line; next !== undefined; [next] = line) {
      const isGone = next.gone?.aborted === true;
      if (!isGone && isMost && !this.#mayBegin(next.ticket)) return;
      line.shift();
      if (!isGone) this.#begin(next.ticket);
      next.go();
    }
    this.#lines.delete(tenant);
  }
}
