import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ClickHouse, PouredFormat, Pouring } from './engine';

type Open = () => Promise<{ clickhouse: ClickHouse; close: () => Promise<void> }>;

/** What both engines promise of answers of any size. */
export function pouringContract(name: string, open: Open): void {
  describe(`statements on ${name}`, () => {
    let clickhouse: ClickHouse;
    let close: () => Promise<void>;
    let folder: string;
    beforeAll(async () => {
      ({ clickhouse, close } = await open());
      folder = await mkdtemp(path.join(tmpdir(), 'runledger-pouring-'));
      await writeFile(`${folder}/t.tsv`, "a\\tb\\n'\\\\\t1\n\\N\t2\n");
    });
    afterAll(async () => {
      await close();
      await rm(folder, { recursive: true, force: true });
    });

    const pour = (select: string, more: Partial<Pouring> = {}): Promise<Readable> =>
      clickhouse.pour({
        ctes: [],
        select,
        tables: [],
        format: 'JSONEachRow',
        settings: {},
        signal: new AbortController().signal,
        ...more,
      });
    const text = async (...asked: Parameters<typeof pour>): Promise<string> =>
      (await buffer(await pour(...asked))).toString();

    it('reads the tables that it brings along, as often as it likes, through named queries', async () => {
      const table = {
        name: 'given',
        file: `${folder}/t.tsv`,
        columns: [
          ['s', 'Nullable(String)'],
          ['n', 'UInt32'],
        ] as const,
      };
      const ctes = [{ name: 'twice', sql: 'select * from given union all select * from given' }];
      expect(await text('select s, sum(n) as n from twice group by s order by n', { tables: [table], ctes })).toBe(
        `${JSON.stringify({ s: "a\tb\n'\\", n: '2' })}\n${JSON.stringify({ s: null, n: '4' })}\n`,
      );
    });

    it.each<PouredFormat>(['Parquet', 'ArrowStream', 'CSVWithNames'])('gives whole %s', async (format) => {
      const bytes = await buffer(
        await pour('select number as n, toString(number) as t from numbers(200000)', { format }),
      );
      const file = `${folder}/${format}`;
      await writeFile(file, bytes);
      const told = `select count() as c, sum(n) as s, max(length(t)) as l from file('${file}', '${format}')`;
      expect(await clickhouse.rows(told)).toEqual([{ c: '200000', s: '19999900000', l: '6' }]);
    });

    it('refuses what the engine cannot run, and says why without where', async () => {
      await expect(pour('select nothing_like_it')).rejects.toMatchObject({
        kind: 'invalid',
        code: 'CLICKHOUSE_STATEMENT_REFUSED',
        message: expect.stringContaining('nothing_like_it'),
      });
      await expect(
        pour('select sum(cityHash64(number)) from numbers(1000000000000)', { settings: { max_execution_time: 1 } }),
      ).rejects.toMatchObject({ code: 'CLICKHOUSE_STATEMENT_TOO_LONG' });
      await expect(
        pour('select groupArray(number) from numbers(100000000)', { settings: { max_memory_usage: 50_000_000 } }),
      ).rejects.toMatchObject({ code: 'CLICKHOUSE_STATEMENT_TOO_LARGE' });
      expect(await text('select 1 as a')).toBe('{"a":1}\n');
    });
  });
}
