import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, constants, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { Fault } from '@runledger/kernel';
import type { Session } from 'chdb';
import { killMarked } from './cancelled-query';
import { type GivenTable, type Pouring, READ_SETTINGS, settingsText, structureOfTable, withCtes } from './engine';
import { statementFault } from './statement-fault';

const run = promisify(execFile);
const numberOf = (error: unknown): number => (error as { clickhouseCode?: number }).clickhouseCode ?? 0;
const quoted = (path: string): string => `'${path.replaceAll(/[\\']/g, (c) => `\\${c}`)}'`;

const readTable = (table: GivenTable) => ({
  name: table.name,
  sql: `select * from file(${quoted(table.file)}, 'TSV', '${structureOfTable(table)}')`,
});

/**
 * A session whose answers go through a named pipe: chdb's own stream formats each block for itself, which makes no valid
 * Parquet or Arrow. The engine waits while the pipe is full, and its statement fails when nobody reads any more.
 */
export class PouringLane {
  #pipe: Promise<string> | undefined;

  constructor(
    private readonly session: Session,
    private readonly killer: Session,
    private readonly folder: string,
  ) {}

  async #openPipe(): Promise<string> {
    const pipe = `${this.folder}/${randomUUID()}.pipe`;
    await run('mkfifo', ['-m', '600', pipe]);
    return pipe;
  }

  /** `ended` resolves once the statement has left the engine. */
  async pour({
    ctes,
    select,
    tables,
    format,
    settings,
    signal,
  }: Pouring): Promise<{ stream: Readable; ended: Promise<void> }> {
    this.#pipe ??= this.#openPipe();
    const pipe = await this.#pipe;
    signal.throwIfAborted();
    const reading = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const kept = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK); // no end before the statement's
    const socket = new Socket({ fd: reading, readable: true, writable: false });
    const mark = randomUUID();
    const all = { ...READ_SETTINGS, engine_file_truncate_on_insert: 1, ...settings };
    const sql = `insert into function file(${quoted(pipe)}, '${format}') settings ${settingsText(all)}, log_comment = '${mark}'
      ${withCtes([...tables.map(readTable), ...ctes], select)}`;
    let isRunning = true;
    const outcome: Promise<unknown> = this.session
      .queryAsync(sql)
      .then(
        () => null,
        (error: unknown) => error,
      )
      .finally(() => {
        isRunning = false;
        closeSync(kept);
      });
    const stop = (): void => {
      socket.destroy();
      if (isRunning) void killMarked(this.killer, mark);
    };
    signal.addEventListener('abort', stop, { once: true });
    const ended = outcome.then(() => signal.removeEventListener('abort', stop));
    await Promise.race([new Promise((resolve) => socket.once('readable', resolve)), outcome, aborted(signal)]);
    const failure = isRunning ? null : await outcome;
    if (failure !== null || signal.aborted) {
      stop();
      await ended;
      throw signal.aborted
        ? new Fault('unavailable', 'CLICKHOUSE_CANCELLED', 'the statement was cancelled')
        : statementFault(numberOf(failure), failure);
    }
    const stream = Readable.from(chunksOf(socket, outcome), { objectMode: false });
    stream.once('close', stop);
    return { stream, ended };
  }

  async close(): Promise<void> {
    if (this.#pipe !== undefined) await rm(await this.#pipe, { force: true });
    this.session.close();
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

async function* chunksOf(socket: Socket, outcome: Promise<unknown>): AsyncGenerator<Buffer> {
  for await (const chunk of socket) yield chunk as Buffer;
  const failure = await outcome;
  if (failure !== null) throw statementFault(numberOf(failure), failure);
}
