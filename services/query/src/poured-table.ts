import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ClickHouse, STATEMENT_SETTINGS } from '@runledger/clickhouse';
import type { CurveTable } from './curve-table';

const CHUNK = 65_536;

/** Rows in pieces that are worth a write. */
function* inChunks(lines: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const line of lines) {
    chunk += line;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

/** A table in Arrow's stream format: the engine, which writes all other Arrow as well, reads it from a file and writes it. */
export async function asArrow(clickhouse: ClickHouse, table: CurveTable, signal: AbortSignal): Promise<Readable> {
  const folder = await mkdtemp(path.join(tmpdir(), 'runledger-curves-'));
  const clear = () => rm(folder, { recursive: true, force: true });
  try {
    const file = path.join(folder, 'curves.tsv');
    await pipeline(Readable.from(inChunks(table.lines())), createWriteStream(file, { mode: 0o600 }));
    const given = {
      name: 'curves',
      file,
      columns: table.columns.map(([name, type]) => [name, type] as [string, string]),
    };
    const stream = await clickhouse.pour({
      ctes: [],
      select: 'select * from curves',
      tables: [given],
      format: 'ArrowStream',
      settings: { ...STATEMENT_SETTINGS, max_threads: 1 },
      signal,
    });
    stream.once('close', () => void clear());
    return stream;
  } catch (error) {
    await clear();
    throw error;
  }
}
