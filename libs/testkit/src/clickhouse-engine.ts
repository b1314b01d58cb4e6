import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Session } from 'chdb';
import type { ClickHouseRequest, ExternalTable } from './clickhouse-request';

/** Bytes as the engine gives them; see chdb's index.js, whose own binding would escape a parameter's text a second time. */
type Native = {
  QueryAsyncConnection(
    connection: unknown,
    sql: string,
    format: string,
    params?: Readonly<Record<string, string>>,
  ): Promise<{ bytes: Uint8Array; elapsed: number; rowsRead: number; bytesRead: number }>;
};
export type Answer = Readonly<{ bytes: Uint8Array; rowsRead: number; bytesRead: number; elapsed: number }>;

export class EngineRefused extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

function loadNative(): Native {
  const require = createRequire(__filename);
  const loader = require(join(dirname(require.resolve('chdb')), 'dist/loader.js')) as { loadNative(): Native };
  return loader.loadNative();
}

const literal = (text: string): string => `'${text.replace(/[\\']/g, (c) => `\\${c}`)}'`;
const name = (text: string): string => `\`${text.replace(/[\\`]/g, (c) => `\\${c}`)}\``;

function refusal(error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  const code = /^Code: (\d+)\./.exec(message)?.[1];
  return code === undefined ? (error as Error) : new EngineRefused(Number(code), message);
}

const INSERT =
  /^\s*insert\s+into\s+(?:table\s+)?([\w.`"]+)\s*(?:\(([^)]*)\))?\s*(settings\s.*?)?\s*format\s+(\w+)\s*$/is;
const TEXT_FORMATS = /^(JSON|CSV|TSV|TabSeparated|Values)/;

/** External data, as the server makes a temporary table of it. */
async function provide(session: Session, { name: table, file, format, structure }: ExternalTable): Promise<void> {
  await session.queryAsync(`create temporary table ${name(table)} (${structure}) engine = Memory`);
  await session.queryAsync(
    `insert into ${name(table)} select * from file(${literal(file)}, ${literal(format)}, ${literal(structure)})`,
  );
}

type Running = { sql: string; ended: Promise<unknown> };

/** The engine in this process, asked as the HTTP interface asks a server: every request brings its own settings. */
export class TestEngine {
  readonly #native = loadNative();
  readonly #running = new Map<string, Running>();
  readonly #kept: Session;
  /** Queries with parameters clobber each other when they run at the same time, whatever their connections (see chdb's index.js). */
  #parameterised: Promise<unknown> = Promise.resolve();

  constructor(private readonly folder: string) {
    this.#kept = new Session(folder); // keeps the engine up between requests
  }

  async run(request: ClickHouseRequest, queryId: string): Promise<Answer> {
    const kill = this.#asKill(request);
    if (kill) return this.#kill(kill);
    if (this.#running.has(queryId))
      throw new EngineRefused(
        216,
        `Code: 216. DB::Exception: Query with id = ${queryId} is already running. (QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING)`,
      );
    const work = this.#inOwnSession(request, queryId);
    const ended = work.then(
      () => undefined,
      () => undefined,
    );
    this.#running.set(queryId, { sql: request.sql, ended });
    try {
      return await work;
    } catch (error) {
      throw refusal(error);
    } finally {
      this.#running.delete(queryId);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
    this.#kept.close();
  }

  async #inOwnSession(request: ClickHouseRequest, queryId: string): Promise<Answer> {
    const session = new Session(this.folder);
    try {
      if (request.database !== undefined) await session.queryAsync(`use ${name(request.database)}`);
      const given = { ...request.settings, log_comment: queryId };
      const settings = Object.entries(given).map(([key, value]) => `${key} = ${literal(value)}`);
      const sql = request.data === undefined ? request.sql : await this.#insert(session, request.sql, request.data);
      for (const table of request.tables) await provide(session, table);
      if (settings.length > 0) await session.queryAsync(`set ${settings.join(', ')}`);
      return await this.#ask(session, sql, request);
    } finally {
      session.close();
    }
  }

  #ask(session: Session, sql: string, { format, params }: ClickHouseRequest): Promise<Answer> {
    const ask = (): Promise<Answer> =>
      Object.keys(params).length > 0
        ? this.#native.QueryAsyncConnection(session.connection, sql, format ?? 'TabSeparated', params)
        : this.#native.QueryAsyncConnection(session.connection, sql, format ?? 'TabSeparated');
    if (Object.keys(params).length === 0) return ask();
    const next = this.#parameterised.then(ask);
    this.#parameterised = next.catch(() => undefined);
    return next;
  }

  /** Text goes to the engine as it is; bytes only reach it whole through a file, with the columns' types spelled out. */
  async #insert(session: Session, sql: string, file: string): Promise<string> {
    const input = /^(.*\sfrom\s+)input\(\s*('[^']*')\s*\)(.*)\sformat\s+(\w+)\s*$/is.exec(sql);
    if (input) return `${input[1]}file(${literal(file)}, ${literal(input[4] ?? '')}, ${input[2]})${input[3]}`;
    const [, table = '', columns, settings = '', format = ''] = INSERT.exec(sql) ?? [];
    if (TEXT_FORMATS.test(format)) return `${sql}\n${await readFile(file, 'utf8')}`;
    if (table === '')
      throw new EngineRefused(62, `Code: 62. DB::Exception: the test front cannot read: ${sql} (SYNTAX_ERROR)`);
    const wanted = columns?.split(',').map((column) => column.trim().replace(/^[`"]|[`"]$/g, ''));
    const described = (await session.queryAsync(`describe table ${table}`, { format: 'JSONCompactEachRow' })).text();
    const rows = described.split('\n').filter((line) => line !== '');
    const all = rows.map((line) => JSON.parse(line) as [string, string, string]);
    const types = new Map(all.map(([column, type]) => [column, type]));
    const given = wanted ?? all.filter(([, , kind]) => kind === '' || kind === 'DEFAULT').map(([column]) => column);
    const structure = given.map((column) => `${name(column)} ${types.get(column) ?? 'Nothing'}`).join(', ');
    const names = given.map(name).join(', ');
    return `insert into ${table} (${names}) ${settings} select ${names} from file(${literal(file)}, ${literal(format)}, ${literal(structure)})`;
  }

  #asKill(request: ClickHouseRequest): { id: string; mode: string } | undefined {
    const found =
      /^\s*kill\s+query\s+where\s+query_id\s*=\s*(?:'([^']*)'|\{\s*(\w+)\s*:\s*String\s*\})\s*(sync|async|test)?/i.exec(
        request.sql,
      );
    if (!found) return undefined;
    return { id: found[1] ?? request.params[found[2] ?? ''] ?? '', mode: (found[3] ?? 'async').toLowerCase() };
  }

  /** A query is known to the engine by its log comment. SYNC answers once it has gone, as a server's does; ASYNC at once. */
  async #kill({ id, mode }: { id: string; mode: string }): Promise<Answer> {
    const running = this.#running.get(id);
    if (running) await this.#kept.queryAsync(`kill query where Settings['log_comment'] = ${literal(id)} async`);
    if (running && mode === 'sync') await running.ended;
    const status = mode === 'sync' ? 'finished' : 'waiting';
    const line = running ? `${status}\t${id}\tdefault\t${running.sql.replace(/\s+/g, ' ')}\n` : '';
    return { bytes: Buffer.from(line), rowsRead: 0, bytesRead: 0, elapsed: 0 };
  }
}
