const WINDOW_MS = 1_000;

type Window = { readonly of: Map<string, number>; all: number };
const emptyWindow = (): Window => ({ of: new Map(), all: 0 });

/** How much each tenant has asked for in the last second or two. */
export class RecentUse {
  #last = emptyWindow();
  #current = emptyWindow();
  #since: number;

  constructor(private readonly now: () => number) {
    this.#since = now();
  }

  add(tenant: string, weight: number): void {
    this.#roll();
    this.#current.of.set(tenant, (this.#current.of.get(tenant) ?? 0) + weight);
    this.#current.all += weight;
  }

  /** Whether he asks for more than all others together, of whom there are some. */
  isMost(tenant: string): boolean {
    const [own, others] = this.#shares(tenant);
    return others > 0 && own > others;
  }

  hasOthers(tenant: string): boolean {
    return this.#shares(tenant)[1] > 0;
  }

  #shares(tenant: string): [own: number, others: number] {
    this.#roll();
    const own = (this.#last.of.get(tenant) ?? 0) + (this.#current.of.get(tenant) ?? 0);
    return [own, this.#last.all + this.#current.all - own];
  }

  #roll(): void {
    const past = this.now() - this.#since;
    if (past < WINDOW_MS) return;
    this.#last = past < 2 * WINDOW_MS ? this.#current : emptyWindow();
    this.#current = emptyWindow();
    this.#since = this.now();
  }
}
