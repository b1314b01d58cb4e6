import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { type ClickHouse, type PouredFormat, pointCte, STATEMENT_SETTINGS } from '@runledger/clickhouse';
import { Fault, isFault } from '@runledger/kernel';
import { createViewCopies, type ViewScope } from '@runledger/postgres';
import type { SqlPlan } from '@runledger/sql';
import type { QueryPorts } from './query-ports';

/** What a statement may use before it is ended. Without rows: as many as there are. */
export type StatementLimits = Readonly<{ seconds: number; rows?: number }>;
export type Statement = Readonly<{
  plan: SqlPlan;
  scope: ViewScope;
  format: PouredFormat;
  limits: StatementLimits;
  /** Somebody who asked and went away ends the statement. */
  signal: AbortSignal;
}>;

/** Bytes of the engine's memory for one statement. */
const MEMORY = 2_000_000_000;

/** Refuses a row too many instead of leaving it out: an answer that was cut looks whole. */
const guarded = (text: string, rows: number | undefined): string =>
  rows === undefined ? text : `select * from (${text}) where throwIf(rowNumberInAllBlocks() >= ${rows}) = 0`;

async function pourPlan(clickhouse: ClickHouse, asked: Statement, tables: Parameters<ClickHouse['pour']>[0]['tables']) {
  const { plan, format, limits, signal } = asked;
  return clickhouse.pour({
    ctes: plan.uses.filter(({ view }) => view === 'points').map(pointCte),
    select: guarded(plan.text, limits.rows),
    tables,
    format,
    settings: { ...STATEMENT_SETTINGS, max_execution_time: limits.seconds, max_memory_usage: MEMORY, max_threads: 2 },
    signal,
  });
}

/**
 * Statements over the views: what they read of metadata is copied from Postgres, and everything is computed in the engine of
 * the points (ADR 24).
 */
export function createStatements({ source, clickhouse }: Pick<QueryPorts, 'source' | 'clickhouse'>) {
  const copies = createViewCopies(source);
  return {
    /** @throws Fault invalid CLICKHOUSE_STATEMENT_…, overloaded CLICKHOUSE_BUSY */
    async run(asked: Statement): Promise<Readable> {
      const { plan, scope, signal } = asked;
      const folder = await mkdtemp(path.join(tmpdir(), 'runledger-sql-'));
      const clear = () => rm(folder, { recursive: true, force: true });
      try {
        const tables = await copies.copy(scope, plan.uses, folder, signal);
        const stream = await pourPlan(clickhouse, asked, tables);
        stream.once('close', () => void clear());
        return stream;
      } catch (error) {
        await clear();
        if (signal.aborted || isFault(error)) throw error;
        throw new Fault('unavailable', 'READS_STORE_AWAY', 'what answers this is away at the moment; try again', {
          cause: error,
        });
      }
    },
  };
}
export type Statements = ReturnType<typeof createStatements>;
