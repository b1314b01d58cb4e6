import { createAuthenticator, createKeyStore, type PermissionName } from '@runledger/access';
import { type Artifacts, openArtifactFolder } from '@runledger/artifacts';
import { type Log, openPostgresLog } from '@runledger/bus';
import { eventRecord, type LogRecord, metricRecord, TOPICS, writeMetricBatch } from '@runledger/contracts';
import { type HttpServer, serveHttp } from '@runledger/http';
import { createLogger, type Logger, Scope } from '@runledger/kernel';
import { generateSigner, type NoteSigner } from '@runledger/merkle';
import { openDataSource } from '@runledger/postgres';
import { createDatabase, eventually, temporaryFolder } from '@runledger/testkit';
import type { DataSource } from 'typeorm';
import { NotaryModule, type NotaryPorts, openNotary } from '../src/notary.module';

export const HOST = 'ledger.test';
const SHARED = { source: 'test', actor: 'actor-1', recordedtime: '2026-01-02T03:04:05.678Z' };

/** One message of facts about a run; each value is one event. */
export function facts(
  run: string,
  ids: readonly string[],
  more: { workspace?: string; value?: string } = {},
): LogRecord {
  const { workspace = 'default', value = 'v' } = more;
  const events = ids.map((id) => ({
    id,
    type: 'tags.set',
    time: SHARED.recordedtime,
    dataversion: 1,
    data: { tags: [{ key: 'k', value }] },
  }));
  return eventRecord({ ...SHARED, workspace, topic: 'runs', subject: `run/${run}`, events });
}

/** A run is announced. */
export function announced(run: string, data: object): LogRecord {
  const event = { id: `announced-${run}`, type: 'run.started', time: SHARED.recordedtime, dataversion: 1, data };
  return eventRecord({ ...SHARED, workspace: 'default', topic: 'runs', subject: `run/${run}`, events: [event] });
}

export function metrics(run: string, sequence: number, points = 10, workspace = 'default'): LogRecord {
  const steps = BigInt64Array.from({ length: points }, (_, i) => BigInt(sequence * points + i));
  const made = {
    run,
    writer: 'w',
    sequence,
    id: `${run}-${sequence}`,
    time: 1_790_000_000_000,
    keys: ['loss'],
    keyIndex: new Uint32Array(points),
    steps,
    times: steps,
    values: Float64Array.from(steps, Number),
  };
  return metricRecord(made, writeMetricBatch(made), { ...SHARED, workspace });
}

export type Scene = Readonly<{
  server: HttpServer;
  source: DataSource;
  log: Log;
  databaseUrl: string;
  signer: NoteSigner;
  artifacts: Artifacts;
  /** The folder that they are in. */
  artifactFolder: string;
  keys: Readonly<Record<'reader' | 'auditor' | 'other' | 'writer' | 'admin' | 'otherAdmin', string>>;
  /** Another notary on the same database. */
  notary(
    more?: Partial<Pick<NotaryPorts, 'holder' | 'key' | 'nextKey' | 'host' | 'sinks' | 'witnesses'>>,
  ): Promise<Scope>;
  /** Waits until everything that is in the log now is in a published checkpoint. */
  published(): Promise<true>;
  close(): Promise<void>;
}>;

/** Whether every record is sequenced, and every leaf published. */
export async function isPublished(source: DataSource, log: Pick<Log, 'ends'>): Promise<true | undefined> {
  const { runs, metrics: points, console: lines, catalog } = TOPICS;
  const ends = await log.ends([runs, points, lines, catalog].map(({ name }) => name));
  const [row]: Array<{ behind: string }> = await source.query(
    `select (select coalesce(sum(e.off - coalesce(l.next_offset, 0)), 0)
             from unnest($1::text[], $2::int[], $3::bigint[]) as e(topic, partition, off)
             left join custody.lease l on l.group_name = 'notary' and l.topic = e.topic and l.partition = e.partition)
          + (select coalesce(sum(sequenced - published), 0) from custody.ledger_log) as behind`,
    [ends.map(({ topic }) => topic), ends.map(({ partition }) => partition), ends.map(({ offset }) => offset)],
  );
  return Number(row?.behind) === 0 ? true : undefined;
}

type OpenLog = (url: string, logger: Logger) => Promise<Log>;
const onPostgres: OpenLog = (url, logger) => openPostgresLog({ url, logger });

/** A notary as it is served, on a real Postgres, and on the log in it where no other one is opened. */
export async function openScene(openLog: OpenLog = onPostgres): Promise<Scene> {
  const database = await createDatabase('notary');
  const source = await openDataSource(database.url);
  const logger = createLogger('notary', 'silent');
  const log = await openLog(database.url, logger);
  const signer = generateSigner(HOST);
  const folder = temporaryFolder('notary-scene');
  const artifacts = await openArtifactFolder(folder.path);
  await source.query(`insert into custody.workspace (id, name) values ('other', 'Other')`);
  const store = createKeyStore(source);
  const make = async (workspace: string, ...permissions: PermissionName[]) =>
    (await store.create({ workspace, label: 'test', permissions })).key;
  const keys = {
    reader: await make('default', 'runs:read'),
    auditor: await make('default', 'runs:read', 'artifacts:read'),
    other: await make('other', 'runs:read'),
    writer: await make('default', 'events:write'),
    admin: await make('default', 'admin'),
    otherAdmin: await make('other', 'admin'),
  };
  const scopes: Scope[] = [];
  const notary: Scene['notary'] = async ({ holder = 'test', key = signer, host = HOST, ...more } = {}) => {
    const scope = new Scope();
    scopes.push(scope);
    await openNotary(scope, {
      log,
      source,
      artifacts,
      logger,
      holder,
      host,
      key,
      segmentMs: 100,
      awayMs: 500,
      ...more,
    });
    return scope;
  };
  const server = await serveHttp({
    modules: [NotaryModule.register({ source, log, artifacts, clickhouse: null, host: HOST, key: signer })],
    host: '127.0.0.1',
    port: 0,
    authenticator: createAuthenticator(store, logger),
    logger,
  });
  return {
    server,
    source,
    log,
    databaseUrl: database.url,
    signer,
    artifacts,
    artifactFolder: folder.path,
    keys,
    notary,
    published: () => eventually(() => isPublished(source, log), 40_000),
    close: async () => {
      await server.close();
      for (const scope of scopes) await scope.stop();
      await log.close();
      await source.destroy();
      await database.drop();
      folder.remove();
    },
  };
}
