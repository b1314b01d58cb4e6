import { setTimeout as sleep } from 'node:timers/promises';
import { workFor } from '@runledger/kernel';
import { layGrid } from './curve-grid';
import { createCurveReads } from './curve-reads';
import type { ClickHouse } from './engine';
import { createHistoryReads } from './history-reads';
import { METRIC_POINT, type PointColumns, pointBlock, rangeIsStored, storedRows } from './metric-point';
import { migrateClickHouse } from './migrate';
import { findNewEnds } from './new-ends';
import { createRoller, wholeSeries } from './rollup';
import { createPointReads } from './series-reads';

type Given = { step: bigint; time: bigint; value: number };
type Where = { series: number; key: number; offset: number; writer?: number; unless?: string };

/** Columns of points that lie in one batch at `offset` of partition 3. */
function columns({ series, key, offset, writer = 1 }: Where, given: readonly Given[]): PointColumns {
  const rows = given.length;
  const halves = (numbers: bigint[]): Int32Array => new Int32Array(BigInt64Array.from(numbers).buffer);
  const versions = given.map((_, i) => BigInt.asIntN(64, ~((BigInt(offset) << 20n) | BigInt(i))));
  return {
    rows,
    series: new Uint32Array(rows).fill(series),
    key: new Uint32Array(rows).fill(key),
    step: halves(given.map((g) => g.step)),
    time: halves(given.map((g) => g.time)),
    value: Float64Array.from(given, (g) => g.value),
    writer: new Uint32Array(rows).fill(writer),
    lp: new Uint16Array(rows).fill(3),
    ver: halves(versions),
  };
}

/** What both engines promise. `open` gives an empty engine. */
export function clickhouseContract(
  name: string,
  open: () => Promise<{ clickhouse: ClickHouse; close: () => Promise<void> }>,
): void {
  describe(`series tables on ${name}`, () => {
    let clickhouse: ClickHouse;
    let close: () => Promise<void>;
    let nextSeries = 1;
    let nextOffset = 1;
    const insert = (where: Where, given: readonly Given[]) =>
      clickhouse.insertPart(METRIC_POINT, pointBlock(columns(where, given)), {
        queryId: `test-${nextOffset}-${Math.random()}`,
        unless: where.unless ?? 'select 1 where 0',
      });

    beforeAll(async () => {
      ({ clickhouse, close } = await open());
      await migrateClickHouse(clickhouse, { fsync: true });
      await clickhouse.command(`system stop merges ${METRIC_POINT}`);
    });
    afterAll(() => close());

    it('migrates once, and again without effect', () => migrateClickHouse(clickhouse, { fsync: true }));

    it('keeps every step, time and value exactly', async () => {
      const series = nextSeries++;
      const given: Given[] = [
        { step: -(1n << 63n), time: 0n, value: Number.NaN },
        { step: -1n, time: 5n, value: -0 },
        { step: -1n, time: 5n, value: 0 },
        { step: 9_007_199_254_740_993n, time: 1_790_000_000_123n, value: 0.1 },
        { step: (1n << 63n) - 2n, time: 1n, value: Number.POSITIVE_INFINITY },
        { step: (1n << 63n) - 1n, time: 1n, value: Number.NEGATIVE_INFINITY },
        { step: (1n << 63n) - 1n, time: 2n, value: 5e-324 },
      ];
      await insert({ series, key: 7, offset: nextOffset++ }, given);
      const reads = createPointReads(clickhouse);
      const all = { series, key: 7, from: -(1n << 63n), to: (1n << 63n) - 1n };
      const { points, next } = await reads.points({ ...all, limit: 100 });
      expect(points.map(({ step, time, value }) => ({ step, time, value }))).toEqual(given);
      expect(next).toBeNull();

      const paged: unknown[] = [];
      for (
        let page = await reads.points({ ...all, limit: 2 });
        ;
        page = await reads.points({ ...all, limit: 2, after: page.next ?? undefined })
      ) {
        paged.push(...page.points);
        if (page.next === null) break;
      }
      expect(paged).toEqual(points);
    });

    it('shows a point once that was stored twice, with merges stopped, and keeps the first arrival', async () => {
      const series = nextSeries++;
      const first = nextOffset++;
      const given = [{ step: 1n, time: 1n, value: 1.5 }];
      await insert({ series, key: 1, offset: nextOffset++ }, given);
      await insert({ series, key: 1, offset: first }, given);
      const { points } = await createPointReads(clickhouse).points({ series, key: 1, from: 0n, to: 9n, limit: 10 });
      expect(points).toHaveLength(1);
      expect(BigInt(points[0]?.origin ?? 0) ^ ((1n << 64n) - 1n)).toBe(BigInt(first) << 20n);
      const rows = await clickhouse.rows<{ n: string }>(
        `select count() as n from ${METRIC_POINT} where series = ${series}`,
      );
      expect(rows[0]?.n).toBe('2');
    });

    it('reads histories in columns and at chosen steps, each point once, with merges stopped', async () => {
      const [series, other] = [nextSeries++, nextSeries++];
      const given: Given[] = [
        { step: -(1n << 63n), time: 0n, value: Number.NaN },
        { step: 3n, time: 5n, value: -0 },
        { step: 3n, time: 5n, value: 0 },
        { step: 9_007_199_254_740_993n, time: 1_790_000_000_123n, value: 0.1 },
        { step: (1n << 63n) - 1n, time: 1n, value: Number.NEGATIVE_INFINITY },
      ];
      await insert({ series, key: 7, offset: nextOffset++ }, given);
      await insert({ series, key: 7, offset: nextOffset++ }, given.slice(1, 4));
      await insert({ series: other, key: 7, offset: nextOffset++ }, [{ step: 4n, time: 1n, value: 4 }]);
      const reads = createHistoryReads(clickhouse);
      const found: Given[] = [];
      let after: Parameters<typeof reads.page>[0]['after'] = null;
      do {
        const { points, next }: Awaited<ReturnType<typeof reads.page>> = await reads.page({
          series,
          key: 7,
          after,
          limit: 2,
        });
        points.values.forEach((value, i) => {
          found.push({ step: points.steps[i] ?? 0n, time: points.times[i] ?? 0n, value });
        });
        after = next;
      } while (after !== null);
      expect(found).toEqual(given);

      const both = { series: [series, other], key: 7 };
      const bounds = { from: 0n, to: 1n << 60n };
      expect([...(await reads.steps({ ...both, ...bounds }))]).toEqual([3n, 4n, 9_007_199_254_740_993n]);
      expect((await reads.ends({ ...both, ...bounds })).sort()).toEqual([3n, 4n, 4n, 9_007_199_254_740_993n]);
      const chosen = await reads.at({ ...both, steps: [3n, 4n] });
      expect(chosen.map((point) => [point.series, point.step, point.value])).toEqual([
        [series, 3n, -0],
        [series, 3n, 0],
        [other, 4n, 4],
      ]);
    });

    it('makes one part of a large unsorted range', async () => {
      const series = nextSeries++;
      const offset = nextOffset++;
      const given = Array.from({ length: 300_000 }, (_, i) => ({
        step: BigInt((i * 7919) % 300_000),
        time: 1n,
        value: i,
      }));
      // More than a batch's ordinals are not needed here: versions only have to differ.
      await insert({ series, key: 1, offset }, given);
      const rows = await clickhouse.rows<{ parts: string; n: string }>(
        `select uniqExact(_part) as parts, count() as n from ${METRIC_POINT} where series = ${series}`,
      );
      expect(rows[0]).toEqual({ parts: '1', n: '300000' });
    });

    it('finds a range by the origin of its rows', async () => {
      const series = nextSeries++;
      nextOffset += 10;
      const offset = nextOffset;
      nextOffset += 10;
      await insert({ series, key: 1, offset }, [{ step: 1n, time: 1n, value: 1 }]);
      const stored = (partition: number, first: number, last: number) =>
        rangeIsStored(clickhouse, { partition, first, last });
      expect(await stored(3, offset, offset)).toBe(true);
      expect(await stored(3, offset - 5, offset + 5)).toBe(true);
      expect(await stored(3, offset + 1, offset + 5)).toBe(false);
      expect(await stored(3, offset - 5, offset - 1)).toBe(false);
      expect(await stored(4, offset, offset)).toBe(false);
    });

    it('adds nothing when the part turns out to be there', async () => {
      const series = nextSeries++;
      const offset = nextOffset++;
      const unless = storedRows({ partition: 3, first: offset, last: offset });
      await insert({ series, key: 1, offset, unless }, [{ step: 1n, time: 1n, value: 1 }]);
      await insert({ series, key: 1, offset, unless }, [{ step: 1n, time: 1n, value: 1 }]);
      const rows = await clickhouse.rows<{ n: string }>(
        `select count() as n from ${METRIC_POINT} where series = ${series}`,
      );
      expect(rows[0]?.n).toBe('1');
    });

    it('rejects an insert that cannot be, and stores nothing of it', async () => {
      const block = pointBlock(columns({ series: 1, key: 1, offset: 1 }, [{ step: 1n, time: 1n, value: 1 }]));
      await expect(
        clickhouse.insertPart('runledger.no_such_table', block, { queryId: 'test-none', unless: 'select 1 where 0' }),
      ).rejects.toMatchObject({
        code: 'CLICKHOUSE_FAILED',
      });
      await clickhouse.settle('test-none');
    });

    it('counts a point once that came twice', async () => {
      const series = nextSeries++;
      await insert({ series, key: 1, offset: nextOffset++ }, [
        { step: 7n, time: 3n, value: Number.NaN },
        { step: 7n, time: 3n, value: 4 },
        { step: 7n, time: 3n, value: 0 },
        { step: 7n, time: 3n, value: -0 },
      ]);
      const once = [{ step: -3n, time: 9n, value: Number.NEGATIVE_INFINITY }];
      await insert({ series, key: 2, offset: nextOffset++ }, once);
      await insert({ series, key: 2, offset: nextOffset++ }, once);
      expect(await createPointReads(clickhouse).counts(series, [1, 2, 3])).toEqual([
        { key: 1, points: 4 },
        { key: 2, points: 1 },
      ]);
    });

    it('finds the last new point of a range, in the order of the log', async () => {
      const series = nextSeries++;
      const at = (step: number, value = step): Given => ({ step: BigInt(step), time: 0n, value });
      const offset = nextOffset;
      nextOffset += 4;
      await insert({ series, key: 1, offset }, [at(1), at(2), at(3)]);
      await insert({ series, key: 2, offset: offset + 1 }, [at(1), at(2)]);
      await insert({ series, key: 1, offset: offset + 2 }, [at(9), at(2), at(0, Number.NaN), at(3), at(9)]);
      await insert({ series, key: 2, offset: offset + 3 }, [at(2), at(1)]);
      const metrics = [
        { series, key: 1 },
        { series, key: 2 },
      ];
      const found = await findNewEnds(clickhouse, { partition: 3, first: offset + 2, last: offset + 3 }, metrics);
      const origin = (BigInt(offset + 2) << 20n) | 2n;
      expect([...found]).toEqual([[`${series}/1`, { origin, step: 0n, value: Number.NaN }]]);
    });

    it('ends a read in the engine within a second once nobody waits for it, and goes on', async () => {
      const slow = 'select count() as n from numbers(100000000000) where sipHash64(number) = {hash:UInt64}';
      const running = async () => {
        const rows = await clickhouse.rows<{ n: string }>(
          `select count() as n from system.processes where query ilike '%sipHash64(number)%' and query not ilike '%system.processes%'`,
        );
        return Number(rows[0]?.n);
      };
      const gone = new AbortController();
      const asked = workFor(
        () => gone.signal,
        () => clickhouse.rows(slow, { hash: 5n }),
      );
      const ended = expect(asked).rejects.toMatchObject({ code: 'CLICKHOUSE_CANCELLED' });
      await sleep(300);
      const begun = performance.now();
      gone.abort();
      await ended;
      while ((await running()) > 0) expect(performance.now() - begun).toBeLessThan(1_000);
      await expect(
        workFor(
          () => gone.signal,
          () => clickhouse.rows('select 1'),
        ),
      ).rejects.toMatchObject({
        code: 'CLICKHOUSE_CANCELLED',
      });
      expect(await clickhouse.rows('select {one:UInt8} as one', { one: 1 })).toEqual([{ one: 1 }]);
    });

    it('answers from rollups what it answers from points, and never loses a spike', async () => {
      const series = nextSeries++;
      const offset = nextOffset++;
      const n = 150_000;
      const given = Array.from({ length: n }, (_, i) => ({
        step: BigInt(i - 1_000),
        time: BigInt(i),
        value: Math.sin(i / 999),
      }));
      (given[77_777] as Given).value = 1e6;
      (given[88_888] as Given).value = Number.NaN;
      await insert({ series, key: 1, offset }, given);
      const roller = createRoller(clickhouse);
      expect(await roller.touched(3, offset, offset + 1)).toEqual([
        { series, key: 1, low: -1_000n, high: BigInt(n - 1_001), rows: n },
      ]);
      const reads = createCurveReads(clickhouse);
      const ask = async (rolledTo: number, from = -1_000n, to = BigInt(n - 1_001), endOffset = offset + 1) => {
        const curve = { series, key: 1, from: -1_000n, to: BigInt(n - 1_001), points: n, endOffset, rolledTo };
        const [found] = await reads.buckets({
          axis: { kind: 'step' },
          grid: layGrid('step', { from, to }, 100),
          curves: [curve],
        });
        return found;
      };
      const windows = [[], [12_345n, 140_001n], [5n, 99n], [-77n, 13_000n]] as const;
      const askAll = async (rolledTo: number) => {
        const answers: unknown[] = [];
        for (const [from, to] of windows) answers.push(await ask(rolledTo, from, to));
        return answers;
      };
      const before = await askAll(0);
      const lies = { from: -1_000n, to: BigInt(n - 1_001) };
      expect(await roller.sizes([{ series, key: 1 }])).toEqual([
        { series, key: 1, points: n, ...lies, rolled: false, dense: false },
      ]);
      await roller.roll([{ ...wholeSeries({ series, key: 1 }), dense: true }], offset + 1);
      expect(await roller.sizes([{ series, key: 1 }])).toMatchObject([
        { points: n, ...lies, rolled: true, dense: true },
      ]);
      const round = (value: unknown) =>
        JSON.stringify(value, (_k, v: unknown) =>
          typeof v === 'bigint' ? v.toString() : typeof v === 'number' ? Number(v.toPrecision(9)) : v,
        );
      const after = await askAll(offset + 1);
      expect(round(after)).toBe(round(before));
      expect(after[0]).toMatchObject({ max: expect.arrayContaining([1e6]) });

      // Points beyond the watermark count at once, in a bucket that is rolled already too.
      await insert({ series, key: 1, offset: nextOffset++ }, [{ step: 500n, time: 999_999n, value: -1e6 }]);
      const late = await ask(offset + 1, -1_000n, BigInt(n - 1_001), nextOffset);
      expect(late?.min[0]).toBe(-1e6);
      expect(late?.count.reduce((sum, count) => sum + count, 0)).toBe(n + 1);
    });
  });
}
