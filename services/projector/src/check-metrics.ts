import { checkResultOf } from '@runledger/postgres';
import { Gauge, Registry } from 'prom-client';
import type { DataSource } from 'typeorm';

/** What the last check in the background found, in whichever process it ran. Without a result, or while Postgres is away, nothing is told. */
export function createCheckMetrics(source: DataSource): Registry {
  const registry = new Registry();
  const gauge = (name: string, help: string, read: (result: Readonly<{ differences: number; at: number }>) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.reset();
        const kept = await checkResultOf(source, 'watch').catch(() => null);
        if (kept === null) return this.remove();
        const { differences } = kept.result as { differences: number };
        this.set(read({ differences, at: kept.finishedAt.getTime() / 1_000 }));
      },
    });
  gauge(
    'runledger_check_differences',
    'Differences between the log and what is read, as of the last check',
    (r) => r.differences,
  );
  gauge(
    'runledger_check_finished_seconds',
    'When the last check in the background ended, seconds since 1970',
    (r) => r.at,
  );
  return registry;
}
