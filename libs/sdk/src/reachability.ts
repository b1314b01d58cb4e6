import type { Verdict } from './door';
import type { ReportProblem } from './problem';

const GRACE_MS = 5_000;

type Delay = Extract<Verdict, { kind: 'again' | 'held' }>;

/** Tells a person once that a server is away, and once that it is back; a server that is only busy is not worth a word. */
export class Reachability {
  readonly #url: string;
  readonly #spool: string;
  readonly #report: ReportProblem;
  #failingSince: number | undefined;
  #told = false;

  constructor(url: string, spool: string, report: ReportProblem) {
    this.#url = url;
    this.#spool = spool;
    this.#report = report;
  }

  delayed(verdict: Delay, now: number = Date.now()): void {
    this.#failingSince ??= now;
    if (verdict.kind === 'held' || now - this.#failingSince >= GRACE_MS) this.away(verdict, now);
  }

  /** It is known to be away: told at once. */
  away(verdict: Delay, now: number = Date.now()): void {
    this.#failingSince ??= now;
    if (this.#told) return;
    this.#told = true;
    const kept = `everything is kept in ${this.#spool} and sent later`;
    if (verdict.kind === 'held')
      this.#report({ code: 'SDK_HELD', message: `${this.#url} does not let this key in: ${verdict.error}; ${kept}` });
    else this.#report({ code: 'SDK_SERVER_AWAY', message: `${verdict.error}; ${kept}` });
  }

  answered(): void {
    if (this.#told) this.#report({ code: 'SDK_SERVER_BACK', message: `${this.#url} takes data again` });
    this.#failingSince = undefined;
    this.#told = false;
  }
}
