import type { Report, Task } from './task';

type Line = { name: string; state: 'waiting' | 'training' | 'done' | 'failed' | 'killed'; step: number; text: string };
export type Output = Readonly<{ write(text: string): unknown; isTTY?: boolean; columns?: number }>;

const BAR = 20;
/** Why a run ended that was told to. */
export const KILLED = 'killed';

/** One line for each run: redrawn in place on a terminal; elsewhere printed once, when the run has ended. */
export class Progress {
  readonly #out: Output;
  readonly #lines: Line[];
  readonly #steps: number;
  #drawn = 0;

  constructor(tasks: readonly Task[], out: Output) {
    this.#out = out;
    this.#steps = tasks[0]?.steps ?? 1;
    this.#lines = tasks.map(({ name }) => ({ name, state: 'waiting', step: 0, text: '' }));
  }

  report(index: number, report: Report): void {
    const line = this.#lines[index] as Line;
    if (report.kind === 'started') line.state = 'training';
    if (report.kind === 'step') {
      line.step = report.step;
      line.text = `loss ${report.loss.toFixed(3)}  test accuracy ${(report.accuracy * 100).toFixed(1)} %`;
    }
    if (report.kind === 'note') this.note(report.text);
    if (report.kind === 'ended' && !report.delivered) this.note(`${line.name}: not everything was delivered in time`);
    this.#draw();
  }

  exited(index: number, why: string | null): void {
    const line = this.#lines[index] as Line;
    line.state = why === null ? 'done' : why === KILLED ? KILLED : 'failed';
    if (line.state === 'failed') line.text = why?.split('\n', 1)[0] ?? '';
    if (this.#out.isTTY === true) this.#draw();
    else this.#out.write(`${this.#format(line)}\n`);
  }

  /** A line above the runs. */
  note(text: string): void {
    this.#erase();
    this.#out.write(`${text}\n`);
    this.#draw();
  }

  #erase(): void {
    if (this.#drawn > 0) this.#out.write(`\u001b[${this.#drawn}A\u001b[0J`);
    this.#drawn = 0;
  }

  #draw(): void {
    if (this.#out.isTTY !== true) return;
    this.#erase();
    const width = (this.#out.columns ?? 100) - 1;
    for (const line of this.#lines) this.#out.write(`${this.#format(line).slice(0, width)}\n`);
    this.#drawn = this.#lines.length;
  }

  #format({ name, state, step, text }: Line): string {
    const done = Math.round((BAR * step) / this.#steps);
    const bar = `[${'#'.repeat(done)}${'.'.repeat(BAR - done)}]`;
    return `${name.padEnd(28)} ${bar} ${state.padEnd(8)} ${text}`.trimEnd();
  }
}
