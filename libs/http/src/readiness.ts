import type { Logger } from '@runledger/kernel';

/** Rejects while a part that the process needs is away. */
export type ReadyCheck = () => Promise<unknown>;
export type Readiness = Readonly<{ ready: boolean; checks: Readonly<Record<string, 'ok' | 'away'>> }>;

const TIMEOUT_MS = 2_000;
const KEPT_MS = 1_000;

function within(ms: number, work: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Runs all checks side by side. An answer is kept for a second: the route is open to everybody. */
export function createReadiness(checks: Readonly<Record<string, ReadyCheck>>, logger: Logger) {
  let last: { at: number; answer: Promise<Readiness> } | undefined;

  async function look(): Promise<Readiness> {
    const states = await Promise.all(
      Object.entries(checks).map(async ([name, check]): Promise<[string, 'ok' | 'away']> => {
        try {
          await within(TIMEOUT_MS, Promise.resolve().then(check));
          return [name, 'ok'];
        } catch (err) {
          logger.warn({ err, check: name }, 'not ready');
          return [name, 'away'];
        }
      }),
    );
    return { ready: states.every(([, state]) => state === 'ok'), checks: Object.fromEntries(states) };
  }

  return function readiness(now = Date.now()): Promise<Readiness> {
    if (last === undefined || now - last.at > KEPT_MS) last = { at: now, answer: look() };
    return last.answer;
  };
}
