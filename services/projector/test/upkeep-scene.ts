import { createKeyAuthenticator, createKeyStore, createKeyTable, type PermissionName } from '@runledger/access';
import { type Consumption, type Log, openPostgresLog } from '@runledger/bus';
import { type ClickHouse, migrateClickHouse, openEmbeddedClickHouse } from '@runledger/clickhouse';
import { type Commands, createCommands } from '@runledger/commands';
import {
  eventRecord,
  FACTS,
  type FactType,
  type LogRecord,
  metricRecord,
  TOPICS,
  writeMetricBatch,
} from '@runledger/contracts';
import { type HttpServer, serveHttp } from '@runledger/http';
import { openJournal, startRelay } from '@runledger/journal';
import { createLogger } from '@runledger/kernel';
import { openInProcessLive } from '@runledger/live';
import { openDataSource, PROJECTIONS, type Projection, registerProjection } from '@runledger/postgres';
import { createDatabase, eventually, temporaryFolder } from '@runledger/testkit';
import type { DataSource } from 'typeorm';
import { consoleConsumer } from '../src/console-room';
import { createDeadLetters } from '../src/dead-letters';
import { Keeper } from '../src/keeper';
import { metadataConsumer } from '../src/metadata-room';
import { PROJECTION_VERSIONS } from '../src/projection-versions';
import { SeriesRoller } from '../src/series-roller';
import { SERIES_GROUP, seriesConsumer } from '../src/series-room';
import { watchThresholds } from '../src/series-thresholds';
import { UpkeepModule } from '../src/upkeep.module';
import { checkDeps } from '../src/upkeep-room';

export const NOW = '2026-01-02T03:04:05.678Z';
const SHARED = { source: 'test', actor: 'u1', recordedtime: NOW };
type Sent = Readonly<{ workspace?: string; writer?: string; sequence?: number }>;
export type Fact = Readonly<{ type: FactType; data: unknown; id?: string }>;

let made = 0;
/** One message about a run. */
export function facts(run: string, list: readonly Fact[], { workspace = 'default', ...sent }: Sent = {}): LogRecord {
  const events = list.map(({ type, data, id = `event-${made++}` }) => ({
    id,
    type,
    time: NOW,
    dataversion: FACTS[type].version,
    data,
  }));
  const topic = list[0]?.type === 'console.written' ? 'console' : 'runs';
  return eventRecord({ ...SHARED, ...sent, topic, workspace, subject: `run/${run}`, events });
}

/** One batch of metrics: steps go on where the batch before ended. */
export function metrics(
  run: string,
  sequence: number | undefined,
  more: { value?: number; points?: number } = {},
): LogRecord {
  const { value = 1, points = 10 } = more;
  const steps = BigInt64Array.from({ length: points }, (_, i) => BigInt((sequence ?? 0) * points + i));
  const batch = {
    run,
    writer: sequence === undefined ? '' : 'w',
    sequence,
    id: `${run}-${sequence}-${value}`,
    time: 1_790_000_000_000,
    keys: ['loss', 'acc'],
    keyIndex: Uint32Array.from({ length: points }, (_, i) => i % 2),
    steps,
    times: steps.map((s) => s + 1_790_000_000_000n),
    values: new Float64Array(points).fill(value),
  };
  return metricRecord(batch, writeMetricBatch(batch), { ...SHARED, workspace: 'default' });
}

type Answer = Readonly<{ status: number; body: unknown; text: string }>;
export type Scene = Readonly<{
  server: HttpServer;
  source: DataSource;
  log: Log;
  clickhouse: ClickHouse;
  commands: Commands;
  roller: SeriesRoller;
  databaseUrl: string;
  keys: Readonly<Record<'operator' | 'other' | 'reader', string>>;
  /** Waits until everything that is in the log and in the journal is projected. */
  settled(): Promise<true>;
  ask(path: string, key?: string, body?: unknown): Promise<Answer>;
  /** Looks after the projections; stopped with the scene. */
  keeper(versions?: Readonly<Record<Projection, number>>): Keeper;
  /** Stops what projects, until it is called again. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  close(): Promise<void>;
}>;

const BEHIND = `
  select 1 from unnest($1::text[], $2::int[], $3::bigint[]) as e(topic, partition, off)
  left join custody.lease l on l.group_name = case e.topic when $4 then 'series' when $5 then 'console' else 'metadata' end
    and l.topic = e.topic and l.partition = e.partition
  where e.off > coalesce(l.next_offset, 0)
  union all select 1 from custody.journal_head where relayed < journalseq`;

/** Real stores, with a projector that runs, and the door behind which its upkeep is asked for. */
export async function openScene(name: string): Promise<Scene> {
  const database = await createDatabase(name);
  const folder = temporaryFolder(name);
  const logger = createLogger('test', (process.env['SCENE_LOG'] ?? 'silent') as 'silent');
  const source = await openDataSource(database.url, { poolSize: 20 });
  await source.query(`insert into custody.workspace (id, name) values ('other', 'Other')`);
  const log = await openPostgresLog({ url: database.url, logger });
  const clickhouse = await openEmbeddedClickHouse({ dataDir: folder.path });
  await migrateClickHouse(clickhouse, { fsync: false });
  const commands = createCommands(openJournal(source));
  const relay = startRelay({ source, log, logger });
  const live = openInProcessLive(logger);
  const roller = new SeriesRoller({ source, clickhouse, logger });
  const deps = { log, source, live, logger, holder: 'test' };
  const deadLetters = createDeadLetters(log, SERIES_GROUP);
  const series = { ...deps, clickhouse, roller, deadLetters, thresholds: watchThresholds(logger), lingerMs: 5 };
  let open: Consumption[] = [];
  const resume = async (): Promise<void> => {
    open = await Promise.all(
      [metadataConsumer(deps), consoleConsumer(deps), seriesConsumer(series)].map((c) => log.consume(c)),
    );
  };
  const pause = async (): Promise<void> => {
    for (const consumption of open) await consumption.stop();
    open = [];
  };
  for (const projection of PROJECTIONS) await registerProjection(source, projection, PROJECTION_VERSIONS[projection]);
  await resume();
  const keepers: Keeper[] = [];
  const store = createKeyStore(source);
  const make = async (workspace: string, permission: PermissionName) =>
    (await store.create({ workspace, label: 'test', permissions: [permission] })).key;
  const keys = {
    operator: await make('default', 'admin'),
    other: await make('other', 'admin'),
    reader: await make('default', 'runs:read'),
  };
  const server = await serveHttp({
    modules: [UpkeepModule.register({ source, log, clickhouse, commands, logger, holder: 'test' })],
    host: '127.0.0.1',
    port: 0,
    authenticator: createKeyAuthenticator(createKeyTable(createKeyStore(source), logger)),
    logger,
  });
  const topics = [TOPICS.runs, TOPICS.metrics, TOPICS.console, TOPICS.catalog].map(({ name: topic }) => topic);
  return {
    server,
    source,
    log,
    clickhouse,
    commands,
    roller,
    databaseUrl: database.url,
    keys,
    pause,
    resume,
    keeper(versions = PROJECTION_VERSIONS) {
      const deps = checkDeps({ log, source, clickhouse, logger, holder: 'test' });
      const keeper = new Keeper(deps, { checkHours: 0, versions, pollMs: 50 });
      keepers.push(keeper);
      keeper.start();
      return keeper;
    },
    settled: () =>
      eventually(async () => {
        const ends = await log.ends(topics);
        const behind: unknown[] = await source.query(BEHIND, [
          ends.map(({ topic }) => topic),
          ends.map(({ partition }) => partition),
          ends.map(({ offset }) => offset),
          TOPICS.metrics.name,
          TOPICS.console.name,
        ]);
        return behind.length === 0 ? true : undefined;
      }, 20_000),
    async ask(path, key = keys.operator, body = undefined) {
      const headers: Record<string, string> = { authorization: `Bearer ${key}` };
      if (body !== undefined) headers['content-type'] = 'application/json';
      const answer = await fetch(`${server.url}/api/v1/${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      const isJson = answer.headers.get('content-type')?.startsWith('application/json') ?? false;
      return { status: answer.status, text, body: isJson ? JSON.parse(text) : undefined };
    },
    async close() {
      await server.close();
      for (const keeper of keepers) await keeper.stop();
      await pause();
      await roller.stop();
      await relay.stop();
      await log.close();
      await clickhouse.close();
      await source.destroy();
      await database.drop();
      folder.remove();
    },
  };
}
