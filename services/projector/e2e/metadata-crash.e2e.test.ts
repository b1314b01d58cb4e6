import { setTimeout as sleep } from 'node:timers/promises';
import { type Log, openPostgresLog } from '@runledger/bus';
import { type Recorded, TOPICS } from '@runledger/contracts';
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
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { historyOf } from '../src/metadata-histories.contract';
import { metadataConsumer } from '../src/metadata-room';
import { dumpTables, emptyTables } from '../src/metadata-tables.contract';

const RUNS = Array.from({ length: 12 }, (_, i) => `run-${i}`);
const TOPIC = TOPICS.runs.name;
const logger = createLogger('test', 'silent');

describe('the metadata room, in a projector that is killed', () => {
  let database: TestDatabase;
  let source: DataSource;
  let log: Log;
  let folder: TemporaryFolder;
  let running: Spawned | undefined;

  beforeAll(async () => {
    database = await createDatabase('metadata_crash');
    source = await openDataSource(database.url);
    log = await openPostgresLog({ url: database.url, logger });
    folder = temporaryFolder('metadata-crash');
  });
  afterAll(async () => {
    running?.kill('SIGKILL');
    await log.close();
    await source.destroy();
    await database.drop();
    folder.remove();
  });

  function start(failpoint?: string): Spawned {
    running = spawnProgram(process.execPath, [`${WORKSPACE}/services/projector/dist/main.js`], {
      env: {
        RUNLEDGER_POSTGRES_URL: database.url,
        RUNLEDGER_DATA: folder.path,
        RUNLEDGER_LOG_LEVEL: 'warn',
        ...(failpoint === undefined ? {} : { RUNLEDGER_FAILPOINT: failpoint }),
      },
    });
    return running;
  }

  async function behind(): Promise<number> {
    const rows: Array<{ behind: string }> = await source.query(
      `select sum(p.next_offset - coalesce(l.next_offset, 0)) as behind from custody.log_partition p
       left join custody.lease l on l.group_name = 'metadata' and l.topic = p.topic and l.partition = p.partition
       where p.topic = $1`,
      [TOPIC],
    );
    return Number(rows[0]?.behind);
  }

  /** Every partition of the log from zero, in this process, in batches of `size`. */
  async function rebuild(size: number): Promise<void> {
    await emptyTables(source);
    const room = metadataConsumer({ log, source, live: { publish: () => undefined }, logger, holder: 'rebuild' });
    for (let partition = 0; partition < TOPICS.runs.partitions; partition++) {
      await room.assigned(TOPIC, partition);
      const records: Recorded[] = [];
      for await (const some of log.read(TOPIC, partition, 0, Number.MAX_SAFE_INTEGER)) records.push(...some);
      for (let at = 0; at < records.length; at += size)
        await room.onBatch({
          topic: TOPIC,
          partition,
          records: records.slice(at, at + size),
          stale: () => false,
          lost: () => undefined,
        });
    }
  }

  it('with -9 before and after its commits ends with the rows that a rebuild gives, byte for byte', async () => {
    const histories = fc.sample(historyOf(RUNS), 60);
    let sending = true;
    const sent = (async () => {
      for (let i = 0; sending; i++) {
        await log.publish(histories[i % histories.length] ?? []);
        await sleep(20);
      }
    })();
    for (const failpoint of ['facts.before-commit:3', 'facts.after-commit:4'])
      expect(await start(failpoint).ended).toBe('SIGKILL');
    sending = false;
    await sent;
    const healthy = start();
    await eventually(async () => ((await behind()) === 0 ? (true as const) : undefined), 40_000);
    expect(await healthy.stop()).toBe(0);

    const live = await dumpTables(source);
    expect(Object.keys(live)).toEqual(
      expect.arrayContaining(['applied_event', 'conflict', 'run', 'run_tag', 'writer_receipt']),
    );
    await rebuild(1_000);
    expect(await dumpTables(source)).toEqual(live);
    await rebuild(7);
    expect(await dumpTables(source)).toEqual(live);
  }, 120_000);
});
