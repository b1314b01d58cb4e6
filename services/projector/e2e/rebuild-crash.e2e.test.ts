import { METRIC_POINT, openEmbeddedClickHouse } from '@runledger/clickhouse';
import { eventually, type Spawned, type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type Bench, openBench } from './projector-process';

describe('a rebuild whose process is killed', () => {
  let bench: Bench;
  let folder: TemporaryFolder;

  beforeAll(async () => {
    bench = await openBench('rebuild_crash');
    folder = temporaryFolder('rebuild-crash');
    const first = start();
    for (let i = 0; i < 3; i++) await bench.send();
    await bench.caughtUp();
    await first.stop();
  });
  afterAll(async () => {
    await bench.close();
    folder.remove();
  });

  const start = (failpoint?: string): Spawned =>
    bench.projector({
      RUNLEDGER_DATA: folder.path,
      ...(failpoint === undefined ? {} : { RUNLEDGER_FAILPOINT: failpoint }),
    });

  const demand = () => bench.source.query(`update custody.projection set demand = demand + 1 where name = 'series'`);
  const met = () =>
    eventually(async () => {
      const [state]: Array<{ isMet: boolean; failed: string | null }> = await bench.source.query(
        `select met = demand as "isMet", failed from custody.projection where name = 'series'`,
      );
      const failed = state?.failed ?? null;
      if (failed !== null) throw new Error(failed);
      return state?.isMet === true ? true : undefined;
    }, 60_000);

  async function count() {
    const clickhouse = await openEmbeddedClickHouse({ dataDir: `${folder.path}/clickhouse` });
    try {
      const of = async (final: string) =>
        Number((await clickhouse.rows<{ n: string }>(`select count() as n from ${METRIC_POINT} ${final}`))[0]?.n);
      return { stored: await of(''), shown: await of('final'), receipts: await bench.receipts() };
    } finally {
      await clickhouse.close();
    }
  }

  it.each([
    'range.before-stored:3',
    'range.after-stored:3',
    'range.after-insert:3',
    'range.before-offset:3',
    'rebuild.before-swap',
    'rebuild.after-exchange',
    'rebuild.after-swap',
  ])('with -9 at %s ends right once it is started again, and loses nothing that comes meanwhile', async (failpoint) => {
    await demand();
    expect(await start(failpoint).ended).toBe('SIGKILL');
    await bench.send();
    const second = start();
    await met();
    await bench.send();
    await bench.caughtUp();
    await second.stop();
    expect(await count()).toEqual(bench.everythingOnce());
    const [sums] = await bench.source.query(`select (select sum(points) from read.run_metric)::int as metrics,
      (select sum(points) from read.run_writer)::int as writers, (select sum(points) from custody.writer_receipt)::int as receipts`);
    const { stored } = bench.everythingOnce();
    expect(sums).toEqual({ metrics: stored, writers: stored, receipts: stored });
  });
});
