import { createKeyAuthenticator, createKeyStore, createKeyTable } from '@runledger/access';
import { type Log, openPostgresLog } from '@runledger/bus';
import { eventRecord, type LogRecord, metricRecord, writeMetricBatch } from '@runledger/contracts';
import { type HttpServer, serveHttp } from '@runledger/http';
import { createLogger, Scope } from '@runledger/kernel';
import { generateSigner, type NoteSigner } from '@runledger/merkle';
import { openDataSource } from '@runledger/postgres';
import { createDatabase, eventually } from '@runledger/testkit';
import type { DataSource } from 'typeorm';
import { NotaryModule, openNotary } from '../src/notary.module';

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
  keys: Readonly<{ reader: string; other: string; writer: string }>;
  /** Another notary on the same database. */
  notary(more?: { holder?: string; key?: NoteSigner; host?: string }): Promise<Scope>;
  /** Waits until everything that is in the log now is in a published checkpoint. */
  published(): Promise<true>;
  close(): Promise<void>;
}>;

/** Whether every record is sequenced, and every leaf published. */
export async function isPublished(source: DataSource): Promise<true | undefined> {
  const [row]: Array<{ behind: string }> = await source.query(
    `select (select coalesce(sum(p.next_offset - coalesce(l.next_offset, 0)), 0) from custody.log_partition p
             left join custody.lease l on l.group_name = 'notary' and l.topic = p.topic and l.partition = p.partition
             where p.topic <> 'runledger.dead.v1')
          + (select coalesce(sum(sequenced - published), 0) from custody.ledger_log) as behind`,
  );
  return Number(row?.behind) === 0 ? true : undefined;
}

/** A notary as it is served, on the real log in a real Postgres. */
export async function openScene(): Promise<Scene> {
  const database = await createDatabase('notary');
  const source = await openDataSource(database.url);
  const logger = createLogger('notary', 'silent');
  const log = await openPostgresLog({ url: database.url, logger });
  const signer = generateSigner(HOST);
  await source.query(`insert into custody.workspace (id, name) values ('other', 'Other')`);
  const store = createKeyStore(source);
  const make = async (workspace: string, permission: 'runs:read' | 'events:write') =>
    (await store.create({ workspace, label: 'test', permissions: [permission] })).key;
  const keys = {
    reader: await make('default', 'runs:read'),
    other: await make('other', 'runs:read'),
    writer: await make('default', 'events:write'),
  };
  const scopes: Scope[] = [];
  const notary: Scene['notary'] = async ({ holder = 'test', key = signer, host = HOST } = {}) => {
    const scope = new Scope();
    scopes.push(scope);
    await openNotary(scope, { log, source, logger, holder, host, key, segmentMs: 100 });
    return scope;
  };
  const server = await serveHttp({
    modules: [NotaryModule.register({ source })],
    host: '127.0.0.1',
    port: 0,
    authenticator: createKeyAuthenticator(createKeyTable(store, logger)),
    logger,
  });
  return {
    server,
    source,
    log,
    databaseUrl: database.url,
    signer,
    keys,
    notary,
    published: () => eventually(() => isPublished(source), 40_000),
    close: async () => {
      await server.close();
      for (const scope of scopes) await scope.stop();
      await log.close();
      await source.destroy();
      await database.drop();
    },
  };
}
