import type { QueryRunner } from 'typeorm';

type Listening = Readonly<{
  on(event: string, listener: () => void): unknown;
  off(event: string, listener: () => void): unknown;
}>;

/** Rings when another session calls pg_notify on the channel. */
export type Bell = Readonly<{
  /** Resolves at the next ring, at once when it has rung since the last wait, or after `ms`. */
  wait(ms: number): Promise<void>;
  /** True once the connection broke or the signal was given: nothing will ring any more. */
  readonly silenced: boolean;
  /** Takes it down. */
  take(): Promise<void>;
}>;

export async function hangBell(runner: QueryRunner, channel: string, signal: AbortSignal): Promise<Bell> {
  const connection = (await runner.connect()) as Listening;
  let rung = false;
  let broken = false;
  let wake: () => void = () => undefined;
  const ring = (): void => {
    rung = true;
    wake();
  };
  const breakOff = (): void => {
    broken = true;
    ring();
  };
  connection.on('notification', ring);
  connection.on('error', breakOff);
  connection.on('end', breakOff);
  signal.addEventListener('abort', ring);
  const take = async (): Promise<void> => {
    await runner.query(`unlisten ${channel}`).catch(() => undefined); // a broken session listens no more
    connection.off('notification', ring);
    connection.off('error', breakOff);
    connection.off('end', breakOff);
    signal.removeEventListener('abort', ring);
  };
  try {
    await runner.query(`listen ${channel}`);
  } catch (error) {
    await take();
    throw error;
  }
  return {
    get silenced() {
      return broken || signal.aborted;
    },
    wait: async (ms) => {
      if (!rung && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      rung = false;
    },
    take,
  };
}
