import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { type ClickHouseClient, ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { askerGone, Fault } from '@runledger/kernel';
import { cancelled } from './cancelled-query';
import {
  bindable,
  type ClickHouse,
  ONE_PART_SETTINGS,
  type Params,
  type PartInsert,
  type Pouring,
  parseRows,
  READ_SETTINGS,
  type Settings,
  structureOf,
} from './engine';
import { pourOverHttp } from './http-pouring';
import { type NativeBlock, nativeChunks } from './native-block';

const NOT_ENOUGH_SPACE = '243';

function remoteFault(error: unknown): Fault {
  const code = error instanceof ClickHouseError ? error.code : undefined;
  const kind = code === NOT_ENOUGH_SPACE ? 'full' : 'unavailable';
  return new Fault(kind, 'CLICKHOUSE_FAILED', 'the series engine could not answer', {
    cause: error,
    context: { number: code },
  });
}

class HttpClickHouse implements ClickHouse {
  constructor(
    private readonly client: ClickHouseClient,
    private readonly url: string,
  ) {}

  async command(sql: string, params: Params = {}): Promise<void> {
    await this.client.command({ query: sql, query_params: bindable(params) }).catch((error: unknown) => {
      throw remoteFault(error);
    });
  }

  async rows<Row>(sql: string, params: Params = {}, settings: Settings = {}): Promise<Row[]> {
    return parseRows(await this.bytes(sql, 'JSONEachRow', params, settings));
  }

  async bytes(sql: string, format: string, params: Params = {}, settings: Settings = {}): Promise<Uint8Array> {
    const gone = askerGone();
    const isGone = (): boolean => gone?.aborted ?? false;
    if (isGone()) throw cancelled();
    const queryId = randomUUID();
    const kill = (): void => void this.settle(queryId).catch(() => undefined);
    gone?.addEventListener('abort', kill, { once: true });
    try {
      const answer = await this.client.exec({
        query: `${sql}\nformat ${format}`,
        query_id: queryId,
        ...(gone === undefined ? {} : { abort_signal: gone }),
        query_params: bindable(params),
        clickhouse_settings: { ...READ_SETTINGS, ...settings },
      });
      const chunks: Buffer[] = [];
      for await (const chunk of answer.stream) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    } catch (error) {
      throw isGone() ? cancelled() : remoteFault(error);
    } finally {
      gone?.removeEventListener('abort', kill);
    }
  }

  pour(pouring: Pouring): Promise<Readable> {
    return pourOverHttp(this.url, pouring, (queryId) => void this.settle(queryId).catch(() => undefined));
  }

  async insertPart(table: string, block: NativeBlock, { queryId, unless }: PartInsert): Promise<void> {
    const names = block.columns.map((c) => c.name).join(', ');
    try {
      const answer = await this.client.exec({
        query: `insert into ${table} (${names}) select ${names} from input('${structureOf(block)}') where (select count() from (${unless})) = 0 format Native`,
        values: Readable.from(nativeChunks(block)),
        query_id: queryId,
        clickhouse_settings: ONE_PART_SETTINGS,
      });
      for await (const _ of answer.stream);
    } catch (error) {
      throw remoteFault(error);
    }
  }

  async settle(queryId: string): Promise<void> {
    await this.command('kill query where query_id = {id:String} sync', { id: queryId });
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

/** A ClickHouse server or cluster behind its HTTP interface. `url` may carry user, password and database. */
export async function openHttpClickHouse(options: { url: string; timeoutMs?: number }): Promise<ClickHouse> {
  const client = createClient({
    url: options.url,
    application: 'runledger',
    request_timeout: options.timeoutMs ?? 60_000,
    keep_alive: { enabled: true },
    log: { level: ClickHouseLogLevel.OFF }, // failures are thrown, and told by whoever catches them
  });
  return new HttpClickHouse(client, options.url);
}
