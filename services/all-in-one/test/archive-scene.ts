import { createDeletions, createKeyAuthenticator, createKeyStore, createKeyTable } from '@runledger/access';
import { openArtifactFolder } from '@runledger/artifacts';
import { type Log, openLog } from '@runledger/bus';
import { METRIC_POINT, migrateClickHouse, openEmbeddedClickHouse } from '@runledger/clickhouse';
import { createCommands } from '@runledger/commands';
import { type Position, TOPIC_LIST } from '@runledger/contracts';
import { openCourier } from '@runledger/courier';
import { openArchive } from '@runledger/engines';
import { serveHttp } from '@runledger/http';
import { IngestModule } from '@runledger/ingest';
import { openJournal, startRelay } from '@runledger/journal';
import { createLogger, Scope } from '@runledger/kernel';
import { openInProcessLive } from '@runledger/live';
import { NotaryModule, openNotary, openSigningKey } from '@runledger/notary';
import { createRunClaims, openDataSource } from '@runledger/postgres';
import { openProjector, openUpkeep, UpkeepModule } from '@runledger/projector';
import { QueryModule } from '@runledger/query';
import { createDatabase, eventually, temporaryFolder } from '@runledger/testkit';
import { openWebhooks } from '@runledger/webhooks';
import type { DataSource } from 'typeorm';

type Line = Readonly<Record<string, unknown> & { kind: string }>;
export type Scene = Readonly<{
  source: DataSource;
  ends(): Promise<Position[]>;
  /** One line after the other of what an operator asks for. */
  lines(path: string, body?: object): Promise<Line[]>;
  get(path: string): Promise<Response>;
  post(path: string, body: object): Promise<void>;
  /** Waits until all is projected, sequenced and behind a checkpoint, but by those that stand still. */
  settled(still?: readonly Group[]): Promise<true>;
  /** Every row that is read, and every point, as text. */
  rows(): Promise<Record<string, string[]>>;
  /** Stops all rooms, and opens them again, or some of them, with nothing in memory. */
  restart(rooms?: Partial<Rooms>): Promise<void>;
  close(): Promise<void>;
}>;
type Group = 'notary' | 'metadata' | 'series' | 'console';
/** Which of them run; `dropMs`: the age at which messages leave the log. */
export type Rooms = Readonly<{ projector: boolean; notary: boolean; courier: boolean; dropMs: number }>;
export type Place = Readonly<{
  log: Readonly<{ kind: 'postgres' | 'kafka'; brokers: readonly string[] | undefined }>;
  archive: Readonly<Record<'RUNLEDGER_ARCHIVE' | 'RUNLEDGER_S3_REGION' | 'RUNLEDGER_S3_ENDPOINT', string | undefined>>;
}>;

const HOST = 'ledger.test';
const ROOMS: Rooms = { projector: true, notary: true, courier: false, dropMs: 0 };

const BEHIND = `
  select 1 from unnest($1::text[], $2::int[], $3::bigint[]) as e(topic, partition, off)
  cross join (values ('notary'), ('metadata'), ('series'), ('console')) g(name)
  left join custody.lease l on l.group_name = g.name and l.topic = e.topic and l.partition = e.partition
  where e.topic <> 'runledger.dead.v1' and e.off > coalesce(l.next_offset, 0) and g.name <> all ($4)
    and (g.name = 'notary' or g.name = case e.topic when 'runledger.metrics.v1' then 'series' when 'runledger.console.v1' then 'console' else 'metadata' end)
  union all select 1 from custody.journal_head where relayed < journalseq
  union all select 1 from custody.ledger_log where published < sequenced`;

async function rowsOf(source: DataSource): Promise<Record<string, string[]>> {
  const tables: Array<{ table: string }> = await source.query(
    `select relname as table from pg_class where relnamespace = 'read'::regnamespace and relkind in ('r', 'p') and not relispartition
       and relname <> 'rollup_watermark' order by 1`,
  );
  const dump: Record<string, string[]> = {};
  for (const { table } of tables) {
    const rows: Array<{ t: string }> = await source.query(`select t::text as t from read.${table} t order by 1`);
    dump[table] = rows.map(({ t }) => t);
  }
  return dump;
}

/** Ingest, projector, notary and query in one process, on a log with an archive before it, from which all is dropped at once. */
export async function openArchiveScene(
  { log: logPlace, archive: archivePlace }: Place,
  { merges = true } = {},
): Promise<Scene> {
  const scope = new Scope();
  const database = await createDatabase('archive');
  scope.own('the database', () => database.drop());
  const folder = temporaryFolder('archive');
  scope.own('the folder', () => folder.remove());
  const logger = createLogger('archive', 'silent');
  const source = await openDataSource(database.url, { poolSize: 30 });
  scope.own('the connection', () => source.destroy());
  const clickhouse = await openEmbeddedClickHouse({ dataDir: `${folder.path}/clickhouse` });
  await migrateClickHouse(clickhouse, { fsync: false });
  if (!merges) await clickhouse.command('system stop merges');
  scope.own('ClickHouse', () => clickhouse.close());
  const native = await openLog({ ...logPlace, postgresUrl: database.url, clientId: 'archive-test', logger });
  scope.own('the log', () => native.close());
  const live = openInProcessLive(logger);
  scope.own('signals', () => live.close());
  const commands = createCommands(openJournal(source));
  await commands.provide('default');
  const webhooks = await openWebhooks({ source, commands, keyFile: `${folder.path}/secret.key`, ranges: [] });
  scope.own('calls', () => webhooks.outbound.close());
  const artifacts = await openArtifactFolder(`${folder.path}/artifacts`);
  const key = await openSigningKey(`${folder.path}/notary.key`, HOST);
  const keys = createKeyStore(source);
  const { key: admin } = await keys.create({ workspace: 'default', label: 'test', permissions: ['admin'] });

  async function openRooms(
    rooms: Scope,
    { projector, notary, courier, dropMs }: Rooms,
  ): Promise<Readonly<{ log: Log; url: string }>> {
    const { log, archive } = await openArchive(native, archivePlace, source);
    const relay = startRelay({ source, log, logger });
    rooms.own('the relay', () => relay.stop());
    const upkeep = { log, source, clickhouse, logger, holder: 'test' };
    if (projector) await openProjector(rooms, { ...upkeep, live });
    await openUpkeep(rooms, upkeep, { checkHours: 0, pollMs: 50 });
    const told = { log, source, logger, holder: 'test' };
    if (notary) await openNotary(rooms, { ...told, artifacts, host: HOST, key, segmentMs: 50 });
    const { door: _, ...calls } = webhooks;
    if (courier) await openCourier(rooms, { ...told, commands, ...calls });
    const server = await serveHttp({
      modules: [
        IngestModule.register({
          ...{ log, commands, artifacts, keys },
          webhooks: webhooks.door,
          places: createRunClaims(source),
          ...{ deletions: createDeletions(() => new Map()), settled: { projectsOf: async () => new Map() } },
        }),
        QueryModule.register({ source, clickhouse, log, live, artifacts }),
        NotaryModule.register({
          ...{ source, log, clickhouse, artifacts, host: HOST, key, archive },
          ages: { archiveMs: 0, dropMs },
        }),
        UpkeepModule.register({ ...upkeep, commands }),
      ],
      host: '127.0.0.1',
      port: 0,
      authenticator: createKeyAuthenticator(createKeyTable(keys, logger)),
      logger,
    });
    rooms.own('the server', () => server.close());
    return { log, url: server.url };
  }
  let rooms = new Scope();
  let open = await openRooms(rooms, ROOMS);
  scope.own('the rooms', () => rooms.stop());
  const headers = { authorization: `Bearer ${admin}`, 'content-type': 'application/json' };
  const send = (path: string, body: object): Promise<Response> =>
    fetch(`${open.url}/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return {
    source,
    ends: () => open.log.ends(TOPIC_LIST.map(({ name }) => name)),
    async lines(path, body = {}) {
      const answer = await send(path, body);
      const text = await answer.text();
      if (answer.status >= 300) throw new Error(`${answer.status} ${text}`);
      return text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Line);
    },
    get: (path) => fetch(`${open.url}/${path}`, { headers }),
    async post(path, body) {
      const answer = await send(path, body);
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    },
    settled: (still = []) =>
      eventually(async () => {
        const ends = await open.log.ends(TOPIC_LIST.map(({ name }) => name));
        const columns = [ends.map((e) => e.topic), ends.map((e) => e.partition), ends.map((e) => e.offset)];
        const behind: unknown[] = await source.query(BEHIND, [...columns, still]);
        return behind.length === 0 ? true : undefined;
      }, 60_000),
    async rows() {
      const points = await clickhouse.rows<object>(
        `select series, key, step, time, value, writer, lp, ver from ${METRIC_POINT} final order by all`,
      );
      return { ...(await rowsOf(source)), points: points.map((point) => JSON.stringify(point)) };
    },
    async restart(other = {}) {
      await rooms.stop();
      rooms = new Scope();
      open = await openRooms(rooms, { ...ROOMS, ...other });
    },
    close: () => scope.stop(),
  };
}
