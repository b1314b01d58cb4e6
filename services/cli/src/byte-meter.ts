import type { CliEnds } from './cli-ends';

const FIRST_MS = 1_000;
const EVERY_MS = 500;

const readable = (bytes: number): string =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** Tells on stderr how many bytes have passed, while that takes long: in place on a terminal, line by line elsewhere. */
export function createByteMeter({ err }: Pick<CliEnds, 'err'>, name: string) {
  const begun = performance.now();
  let next = begun + FIRST_MS;
  let [bytes, all]: [number, number | undefined] = [0, undefined];
  let hasTold = false;
  const tell = (end: string): void => {
    const seconds = (performance.now() - begun) / 1_000;
    const amount = all === undefined ? readable(bytes) : `${readable(bytes)} of ${readable(all)}`;
    const line = `${name}: ${amount} in ${seconds.toFixed(1)} s`;
    err.write(err.isTTY ? `\r${line}${end}` : `${line}\n`);
    hasTold = true;
  };
  return {
    at(count: number, of?: number): void {
      [bytes, all] = [count, of];
      if (performance.now() < next) return;
      next = performance.now() + EVERY_MS;
      tell('');
    },
    /** The last line, in any case. */
    finish: (): void => tell('\n'),
    /** Leaves the line of a terminal where one was begun. */
    leave: (): void => {
      if (hasTold && err.isTTY === true) err.write('\n');
      hasTold = false;
    },
  };
}
