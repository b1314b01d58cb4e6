import { AgeTimer } from './age-timer';
import { type Fact, makeFact } from './event-body';
import type { FactLog } from './fact-log';

export type ConsoleStream = 'stdout' | 'stderr';

const MAX_LINE_CHARS = 10_000;
const MAX_LINES = 5_000;
const MAX_CHARS = 400_000;

type Line = { time: string; text: string };

/** Text that every store keeps: NUL and lone surrogates are made visible. */
const clean = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\u2400');

function* split(text: string): Generator<string> {
  const whole = text.endsWith('\n') ? text.slice(0, -1) : text;
  for (const line of whole.split(/\r?\n/)) {
    if (line.length <= MAX_LINE_CHARS) yield line;
    else for (let at = 0; at < line.length; at += MAX_LINE_CHARS) yield line.slice(at, at + MAX_LINE_CHARS);
  }
}

/** Collects console lines, numbered for each stream, so that one event carries many. */
export class ConsoleLog {
  readonly #facts: FactLog;
  readonly #timer: AgeTimer;
  readonly #lines: Record<ConsoleStream, Line[]> = { stdout: [], stderr: [] };
  readonly #numbers: Record<ConsoleStream, number> = { stdout: 0, stderr: 0 };
  #chars = 0;

  constructor(facts: FactLog, maxAgeMs: number) {
    this.#facts = facts;
    this.#timer = new AgeTimer(maxAgeMs, () => this.trySeal());
  }

  /** @throws Fault full; nothing of the text was taken then */
  write(stream: ConsoleStream, text: string): void {
    if (this.#chars > MAX_CHARS || this.#lines[stream].length > MAX_LINES) this.seal();
    const time = new Date().toISOString();
    for (const line of split(text)) {
      this.#lines[stream].push({ time, text: clean(line) });
      this.#chars += line.length + 40;
    }
    this.#timer.arm();
  }

  #take(stream: ConsoleStream): Fact[] {
    const facts: Fact[] = [];
    const lines = this.#lines[stream];
    for (let at = 0; at < lines.length; at += MAX_LINES) {
      const part = lines.slice(at, at + MAX_LINES);
      facts.push(makeFact('console.written', { stream, firstLine: this.#numbers[stream], lines: part }));
      this.#numbers[stream] += part.length;
    }
    this.#lines[stream] = [];
    return facts;
  }

  /** @throws Fault full; the lines are then facts that wait */
  seal(): void {
    this.#facts.seal(); // what could not be sealed before; when that fails again, the lines stay where they are
    const facts = [...this.#take('stdout'), ...this.#take('stderr')];
    this.#chars = 0;
    this.#timer.cancel();
    for (const fact of facts) this.#facts.push(fact);
    this.#facts.seal();
  }

  trySeal(): void {
    try {
      this.seal();
    } catch {
      this.#timer.arm(); // the fact log's own timer reports
    }
  }
}
