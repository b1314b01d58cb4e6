import { readFileSync } from 'node:fs';
import { type ClickHouse, METRIC_POINT, migrateClickHouse, openHttpClickHouse } from '@runledger/clickhouse';
import { type ClickHouseHttpServer, eventually, type Spawned, startClickHouseHttp } from '@runledger/testkit';
import { type Bench, openBench } from './projector-process';

describe('a projector that is stopped past its session, and goes on', () => {
  let bench: Bench;
  let server: ClickHouseHttpServer;
  let clickhouse: ClickHouse;

  beforeAll(async () => {
    bench = await openBench('zombie');
    server = await startClickHouseHttp();
    clickhouse = await openHttpClickHouse({ url: server.url });
    await migrateClickHouse(clickhouse, { fsync: false });
    await clickhouse.command(`system stop merges ${METRIC_POINT}`);
  });
  beforeEach(async () => {
    await bench.reset();
    await clickhouse.command(`truncate table ${METRIC_POINT}`);
  });
  afterAll(async () => {
    await clickhouse.close();
    await server.stop();
    await bench.close();
  });

  const start = (failpoint?: string) =>
    bench.projector({
      RUNLEDGER_CLICKHOUSE_URL: server.url,
      ...(failpoint === undefined ? {} : { RUNLEDGER_FAILPOINT: failpoint }),
    });

  async function count() {
    const rows = async (final: string) =>
      Number((await clickhouse.rows<{ n: string }>(`select count() as n from ${METRIC_POINT} ${final}`))[0]?.n);
    return { stored: await rows(''), shown: await rows('final'), receipts: await bench.receipts() };
  }

  let running: Spawned[] = [];
  afterEach(async () => {
    for (const spawned of running) spawned.kill('SIGKILL');
    running = [];
  });

  it.each(['range.after-stored', 'range.after-insert'])('at %s writes nothing', async (name) => {
    await bench.send();
    const zombie = start(`${name}:2:SIGSTOP`);
    running.push(zombie);
    await eventually(
      () => (/^State:\s+T/m.test(readFileSync(`/proc/${zombie.pid}/status`, 'utf8')) ? true : undefined),
      30_000,
    );
    const more = setInterval(() => void bench.send(), 200);
    const heir = start();
    running.push(heir);
    await heir.line(/ready/);
    await new Promise((done) => setTimeout(done, 9_000)); // the session is six seconds
    clearInterval(more);
    await bench.caughtUp().catch((cause: unknown) => {
      throw new Error(`the heir did not catch up:\n${heir.output()}`, { cause });
    });
    expect(await count()).toEqual(bench.everythingOnce());

    zombie.kill('SIGCONT');
    await new Promise((done) => setTimeout(done, 2_000));
    await bench.send();
    await bench.caughtUp();
    expect(await count()).toEqual(bench.everythingOnce());
    expect([await zombie.stop(), await heir.stop()]).toEqual([0, 0]);
  });
});
