import { isFault } from './fault';
import { Scope } from './scope';

/** Longest time for an ordered stop. */
const STOP_MS = 60_000;

/** The messages of an error and of what caused it, once each. */
function explain(error: unknown): string {
  const messages: string[] = [];
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
    if (!messages.some((said) => said.includes(cause.message))) messages.push(cause.message);
  return messages.length === 0 ? String(error) : messages.join(': ');
}

/** Whether a setting, somewhere below, was the reason. */
function isBadSetting(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (isFault(cause) && cause.kind === 'invalid') return true;
  return false;
}

export type Running = Readonly<{
  scope: Scope;
  /** Something that the process cannot do without has ended: stops the rest in order, and exits with 1. */
  crash(why: string): void;
}>;

/**
 * The frame of a main file: opens what `start` opens, prints the line that it answers once it is ready, stops in order
 * on SIGTERM and SIGINT. Exit codes: 0 stopped when asked, 1 failed, 2 settings that cannot be used.
 */
export async function runProcess(name: string, start: (running: Running) => Promise<string>): Promise<void> {
  const scope = new Scope();
  let stopping = false;
  const stop = (code: number): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_MS).unref();
    scope.stop().then(
      () => process.exit(code),
      (error: unknown) => {
        process.stderr.write(`${name} did not stop cleanly: ${explain(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop(0));
  process.on('SIGINT', () => stop(0));
  const crash = (why: string): void => {
    process.stderr.write(`${name}: ${why}; stopping\n`);
    stop(1);
  };
  try {
    process.stdout.write(`${await start({ scope, crash })}\n`);
  } catch (error) {
    if (stopping) return;
    process.stderr.write(`${name} cannot start: ${explain(error)}\n`);
    await scope.stop().catch(() => undefined);
    process.exit(isBadSetting(error) ? 2 : 1);
  }
}
