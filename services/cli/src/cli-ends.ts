import type { Readable, Writable } from 'node:stream';

/** What a command is connected to. */
export type CliEnds = Readonly<{
  out: Writable & { isTTY?: boolean };
  /** What is typed or piped in: passwords, which stand on no command line. */
  in: Readable & { isTTY?: boolean };
  /** Progress, and what went wrong. */
  err: Writable & { isTTY?: boolean };
  env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}>;

/** What a shell is told. */
export const EXIT = { done: 0, refused: 1, usage: 2, away: 3, interrupted: 130 } as const;

/** Thrown by a command that has said what is wrong itself. */
export class CommandExit extends Error {
  constructor(readonly code: number) {
    super(`ended with ${code}`);
  }
}
