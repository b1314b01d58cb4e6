import { Readable } from 'node:stream';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { type ClickHouseHttpServer, startClickHouseHttp } from './clickhouse-http';

const read = async (stream: AsyncIterable<unknown>): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
};

const QUIET = { log: { level: ClickHouseLogLevel.OFF } };

/** What libs/clickhouse needs of a server, asked through the client that it uses. */
describe('the HTTP front of ClickHouse', () => {
  let server: ClickHouseHttpServer;
  let client: ClickHouseClient;
  beforeAll(async () => {
    server = await startClickHouseHttp({ user: 'someone', password: 'p:ss wörd' });
    client = createClient({ ...QUIET, url: server.url });
  });
  afterAll(async () => {
    await client.close();
    await server.stop();
  });

  const rows = async (query: string, more: object = {}): Promise<unknown[]> =>
    (await client.query({ query, format: 'JSONEachRow', ...more })).json();
  const table = async (columns: string): Promise<string> => {
    const name = `t_${Math.random().toString(36).slice(2)}`;
    await client.command({ query: `create table ${name} (${columns}) engine MergeTree order by tuple()` });
    return name;
  };

  it('answers the ping, and only whoever may ask', async () => {
    expect(await client.ping()).toEqual({ success: true });
    expect(await client.ping({ select: true })).toEqual({ success: true });
    const stranger = createClient({ ...QUIET, url: server.url.replace('someone', 'nobody') });
    await expect(stranger.query({ query: 'select 1' })).rejects.toMatchObject({ code: '516' });
    await stranger.close();
  });

  it('binds parameters exactly, in the URL and as a form', async () => {
    const text = `it's \\ a\ttab\nand 'quotes' {x:String} \u{1f600}`;
    const query =
      'select {text:String} as text, {list:Array(String)} as list, {big:UInt64} as big, {none:Nullable(Int8)} as none';
    const query_params = { text, list: [text, '\\N', ''], big: 18446744073709551615n, none: null };
    for (const use_multipart_params of [false, true])
      expect(
        await rows(query, {
          query_params,
          use_multipart_params,
          clickhouse_settings: { output_format_json_quote_64bit_integers: 1 },
        }),
      ).toEqual([{ text, list: [text, '\\N', ''], big: '18446744073709551615', none: null }]);
  });

  it('runs parameterised queries side by side without mixing them', async () => {
    const asked = Array.from({ length: 40 }, (_, n) => n);
    const told = await Promise.all(
      asked.map((n) => rows('select {n:UInt32} as n, sleep(0.01) as s', { query_params: { n } })),
    );
    expect(told.map(([row]) => (row as { n: number }).n)).toEqual(asked);
  });

  it('keeps the settings of a request from the next one', async () => {
    const query = `select getSetting('max_block_size')::UInt32 as n`;
    expect(await rows(query, { clickhouse_settings: { max_block_size: '77' } })).toEqual([{ n: 77 }]);
    expect(await rows(query)).not.toEqual([{ n: 77 }]);
    await expect(client.command({ query: 'select 1', clickhouse_settings: { no_such: 1 } })).rejects.toMatchObject({
      code: '115',
      type: 'UNKNOWN_SETTING',
    });
  });

  it('stores binary blocks byte for byte, as one part', async () => {
    const name = await table('a UInt64, s String, f Float64, d UInt8 default 9');
    const made = await client.exec({
      query: `select number as a, char(0, 255, 10, 13, 39, 92) || toString(number) as s, if(number = 7, nan, number / 3) as f from numbers(300000) format Native`,
    });
    const block = await read(made.stream);
    const stored = await client.exec({
      query: `insert into ${name} (a, s, f) format Native`,
      values: Readable.from([block.subarray(0, 1000), block.subarray(1000)]),
      clickhouse_settings: {
        max_insert_threads: '1',
        max_threads: 1,
        max_block_size: '4000000',
        min_insert_block_size_rows: '4000000',
        min_insert_block_size_bytes: '4000000000',
      },
    });
    await read(stored.stream);
    const check = `select count()::UInt32 as n, countIf(s = char(0, 255, 10, 13, 39, 92) || toString(a))::UInt32 as same, countIf(isNaN(f))::UInt32 as nans, any(d) as d from ${name}`;
    expect(await rows(check)).toEqual([{ n: 300_000, same: 300_000, nans: 1, d: 9 }]);
    expect(await rows(`select count()::UInt32 as n from system.parts where table = '${name}' and active`)).toEqual([
      { n: 1 },
    ]);
  });

  it('stores rows of text formats, with defaults and compression', async () => {
    const name = await table(`a UInt8, s String default 'd' || toString(a)`);
    await client.insert({ table: name, values: [{ a: 1 }, { a: 2, s: `o'\\"` }], format: 'JSONEachRow' });
    const zipped = createClient({ ...QUIET, url: server.url, compression: { request: true, response: true } });
    await zipped.insert({ table: name, values: [{ a: 3 }], format: 'JSONEachRow' });
    const told = await zipped.query({ query: `select * from ${name} order by a`, format: 'JSONEachRow' });
    expect(await told.json()).toEqual([
      { a: 1, s: 'd1' },
      { a: 2, s: `o'\\"` },
      { a: 3, s: 'd3' },
    ]);
    await zipped.close();
  });

  it('refuses what is wrong with the code of the engine, and stores nothing of a broken block', async () => {
    await expect(client.query({ query: 'select * from nowhere' })).rejects.toMatchObject({
      code: '60',
      type: 'UNKNOWN_TABLE',
    });
    await expect(client.query({ query: 'select (' })).rejects.toMatchObject({ code: '62' });
    const name = await table('a UInt64');
    const cut = client.exec({
      query: `insert into ${name} (a) format RowBinary`,
      values: Readable.from([Buffer.alloc(8 * 1000 + 3)]),
    });
    await expect(cut).rejects.toMatchObject({ code: '33' });
    expect(await rows(`select count()::UInt32 as n from ${name}`)).toEqual([{ n: 0 }]);
  });

  it('uses the database of the client', async () => {
    await client.command({ query: 'create database other' });
    const other = createClient({ ...QUIET, url: server.url, database: 'other' });
    await other.command({ query: 'create table here (n UInt8) engine Memory' });
    expect(await rows('select database from system.tables where name = $$here$$'.replaceAll('$$', "'"))).toEqual([
      { database: 'other' },
    ]);
    await other.close();
  });

  it('ends a query on KILL QUERY SYNC, answers once it has ended, and refuses its id meanwhile', async () => {
    const query_id = 'slow-one';
    const began = performance.now();
    const slow = client.query({
      query: 'select sleepEachRow(0.05) from numbers(20) settings max_block_size = 1',
      query_id,
      format: 'TabSeparated',
    });
    const ended = slow.then((answer) => answer.text());
    ended.catch(() => undefined);
    while (!(await rows(`select 1 from system.processes where query like 'select sleepEachRow%'`)).length);
    await expect(client.query({ query: 'select 1', query_id })).rejects.toMatchObject({ code: '216' });
    const kill = { query: 'kill query where query_id = {id:String} sync', query_params: { id: query_id } };
    await client.command(kill);
    expect(performance.now() - began).toBeLessThan(900);
    await expect(ended).rejects.toThrow();
    expect(await rows(`select 1 from system.processes where query like 'select sleepEachRow%'`)).toEqual([]);
    await client.command(kill); // nothing runs under that id: no error, as a server answers
  });

  it('has after kill -9 and a restart what it had acknowledged', async () => {
    const name = await table('a UInt64');
    await client.insert({ table: name, values: [{ a: 1 }], format: 'JSONEachRow' });
    await server.kill('SIGKILL');
    await server.restart();
    expect(await rows(`select count()::UInt32 as n from ${name}`)).toEqual([{ n: 1 }]);
  });
});
