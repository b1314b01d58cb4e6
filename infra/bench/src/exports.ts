import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ClickHouse, METRIC_POINT, pointCte, STATEMENT_SETTINGS } from '@runledger/clickhouse';
import { columnsOf } from '@runledger/sql';

const ROUNDS = 3;

async function fastest(work: () => Promise<void>): Promise<number> {
  const found: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const begun = performance.now();
    await work();
    found.push(performance.now() - begun);
  }
  return Math.min(...found);
}

/**
 * Points as Parquet: what an export asks of the engine, with the names of runs and metrics, as bytes in this process; against the engine
 * that writes the same points with their numbers into a file by itself. Both on two threads, one after the other.
 */
export async function measureExport(clickhouse: ClickHouse, pairs: ReadonlyArray<{ series: number; key: number }>) {
  const folder = await mkdtemp('/var/tmp/runledger-export-');
  try {
    const file = (name: string): string => path.join(folder, name);
    const lines = (numbers: readonly number[], name: string) =>
      [...new Set(numbers)].map((n) => `${n}\t${name}-${n}\n`).join('');
    await writeFile(
      file('series.tsv'),
      lines(
        pairs.map(({ series }) => series),
        'run',
      ),
    );
    await writeFile(
      file('keys.tsv'),
      lines(
        pairs.map(({ key }) => key),
        'train/metric',
      ),
    );
    const use = { name: 'points_0', view: 'points', columns: Object.keys(columnsOf('points')), narrow: {} } as const;
    const settings = { ...STATEMENT_SETTINGS, max_threads: 2 };
    let bytes = 0;
    const ours = await fastest(async () => {
      bytes = 0;
      const stream = await clickhouse.pour({
        ctes: [pointCte(use)],
        select: 'select * from points_0',
        tables: [
          {
            name: 'points_0_series',
            file: file('series.tsv'),
            columns: [
              ['number', 'UInt32'],
              ['run', 'String'],
            ],
          },
          {
            name: 'points_0_keys',
            file: file('keys.tsv'),
            columns: [
              ['number', 'UInt32'],
              ['key', 'String'],
            ],
          },
        ],
        format: 'Parquet',
        settings,
        signal: new AbortController().signal,
      });
      for await (const chunk of stream) bytes += (chunk as Buffer).length;
    });
    let round = 0;
    const own = await fastest(() =>
      clickhouse.command(
        `insert into function file('${file(`own-${round++}.parquet`)}', 'Parquet') settings max_threads = 2
         select series, key, step, time, value from ${METRIC_POINT} final`,
      ),
    );
    return { ownMs: Math.round(own), oursMs: Math.round(ours), bytes, share: Math.round((own / ours) * 100) / 100 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
