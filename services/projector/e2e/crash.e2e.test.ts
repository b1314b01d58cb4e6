import { readFileSync } from 'node:fs';
import { type Log, openPostgresLog } from '@runledger/bus';
import { METRIC_POINT, openEmbeddedClickHouse } from '@runledger/clickhouse';
import { type LogRecord, metricRecord, writeMetricBatch } from '@runledger/contracts';
import { createLogger } from '@runledger/kernel';
import { openDataSource } from '@runledger/postgres';
import {
  createDatabase,
  eventually,
  type Spawned,
  spawnProgram,
  type TemporaryFolder,
  type TestDatabase,
  temporaryFolder,
  WORKSPACE,
} from '@runledger/testkit';
import type { DataSource } from 'typeorm';

const POINTS = 40;
const RUNS = 8;
const logger = createLogger('test', 'silent');
const SHARED = { workspace: 'default', source: 'test', actor: 'tester', recordedtime: '2026-11-24T10:00:00.000Z' };
const main = `${WORKSPACE}/services/projector/dist/main.js`;

function batch(run: string, sequence: number): LogRecord {
  const steps = BigInt64Array.from({ length: POINTS }, (_, i) => BigInt(sequence * POINTS + i));
  const made = {
    run,
    writer: 'w',
    sequence,
    id: `${run}-${sequence}`,
    time: 1_790_000_000_000,
    keys: ['loss'],
    keyIndex: new Uint32Array(POINTS),
    steps,
    times: steps,
    values: Float64Array.from(steps, Number),
  };
  return metricRecord(made, writeMetricBatch(made), SHARED);
}

describe('a projector that is killed', () => {
  let database: TestDatabase;
  let folder: TemporaryFolder;
  let source: DataSource;
  let log: Log;
  let sent = 0;

  beforeAll(async () => {
    database = await createDatabase('crash');
    source = await openDataSource(database.url);
    log = await openPostgresLog({ url: database.url, logger });
  });
  beforeEach(() => {
    folder = temporaryFolder('crash');
  });
  afterEach(() => folder.remove());
  afterAll(async () => {
    await log.close();
    await source.destroy();
    await database.drop();
  });

  const start = (more: { failpoint?: string } = {}): Spawned => {
    const env = {
      RUNLEDGER_POSTGRES_URL: database.url,
      RUNLEDGER_DATA: folder.path,
      RUNLEDGER_LOG_LEVEL: 'warn',
      ...(more.failpoint === undefined ? {} : { RUNLEDGER_FAILPOINT: more.failpoint }),
    };
    return spawnProgram(process.execPath, [main], { env });
  };

  /** One batch for each of eight runs, over all partitions. */
  async function send(): Promise<void> {
    await log.publish(Array.from({ length: RUNS }, (_, i) => batch(`crash-${i}`, sent)));
    sent++;
  }

  const lag = async (): Promise<number> => {
    const rows: Array<{ lag: string }> = await source.query(
      `select sum(p.next_offset - coalesce(l.next_offset, 0)) as lag from custody.log_partition p
       left join custody.lease l on l.group_name = 'series' and l.topic = p.topic and l.partition = p.partition
       where p.topic = 'runledger.metrics.v1'`,
    );
    return Number(rows[0]?.lag);
  };

  /** Empties what is projected, so that each case begins with an engine of its own. */
  async function reset(): Promise<void> {
    await source.query('delete from custody.metric_range');
    await source.query(`update custody.writer_receipt set stored = '{}', points = 0`);
    await source.query(`update custody.lease l set next_offset = p.next_offset from custody.log_partition p
                        where l.topic = p.topic and l.partition = p.partition`);
    sent = 0;
  }

  /** Brings a healthy projector up, waits until all is projected, stops it, and counts rows where merges never ran over repeats. */
  async function recoverAndCount(): Promise<{ stored: number; shown: number; receipts: string[] }> {
    const healthy = start();
    await eventually(async () => ((await lag()) === 0 ? true : undefined), 30_000);
    await healthy.stop();
    const clickhouse = await openEmbeddedClickHouse({ dataDir: `${folder.path}/clickhouse` });
    try {
      const count = async (final: string) =>
        Number((await clickhouse.rows<{ n: string }>(`select count() as n from ${METRIC_POINT} ${final}`))[0]?.n);
      const receipts: Array<{ stored: string }> = await source.query(
        `select distinct stored::text from custody.writer_receipt where run like 'crash-%'`,
      );
      return { stored: await count(''), shown: await count('final'), receipts: receipts.map((r) => r.stored) };
    } finally {
      await clickhouse.close();
    }
  }

  const everythingOnce = () => ({
    stored: sent * RUNS * POINTS,
    shown: sent * RUNS * POINTS,
    receipts: [`{[0,${sent})}`],
  });

  it.each(['range.before-stored', 'range.after-stored', 'range.after-insert', 'range.before-offset'])(
    'with -9 at %s leaves nothing lost and nothing twice',
    async (name) => {
      await reset();
      await send();
      const first = start({ failpoint: `${name}:4` });
      const more = setInterval(() => void send(), 100);
      expect(await first.ended).toBe('SIGKILL');
      const second = start({ failpoint: `${name}:1` }); // dies again while it settles or goes on
      expect(await second.ended).toBe('SIGKILL');
      clearInterval(more);
      expect(await recoverAndCount()).toEqual(everythingOnce());
    },
  );

  it('with -9 as the engine renames a part leaves nothing lost and nothing twice', async () => {
    await reset();
    await send();
    const calls = 'rename,renameat,renameat2';
    const trace = `${folder.path}/trace`;
    const injected = start();
    await eventually(async () => ((await lag()) === 0 ? true : undefined), 30_000);
    // From here on the only renames are those of new parts. Each thread's first one is the last thing the process does.
    const fault = `inject=${calls}:signal=SIGKILL:when=1`;
    const strace = spawnProgram('strace', [
      '-f',
      '-o',
      trace,
      '-e',
      `trace=${calls}`,
      '-e',
      fault,
      '-p',
      String(injected.pid),
    ]);
    await strace.line(/attached/);
    await send();
    expect(await injected.ended).toBe('SIGKILL');
    await strace.ended;
    expect(readFileSync(trace, 'utf8')).toMatch(/rename\w*\(.*tmp_insert_all_/);
    await send();
    expect(await recoverAndCount()).toEqual(everythingOnce());
  });
});
