import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import {
  createDatabase,
  type Spawned,
  spawnProgram,
  startClickHouseHttp,
  startKafka,
  startPostgres,
  startRedis,
  temporaryFolder,
  WORKSPACE,
} from '@runledger/testkit';

type Env = Readonly<Record<string, string>>;
type ServiceName = 'ingest' | 'projector' | 'query' | 'mlflow' | 'courier' | 'notary';

export type ScaledShape = Readonly<{
  folder: string;
  key: string;
  clickhouseUrl: string;
  databaseUrl: string;
  redisUrl: string;
  brokers: readonly string[];
  /** What lies below `folder` when all of it is at rest. */
  kept: Readonly<{ clickhouse: string; kafka: string; postgres: string }>;
  /** Starts one service as it is built; stopped with the shape. */
  start(name: ServiceName, more?: Env): Spawned;
  /** All that the services have said. */
  said(): string;
  /** Stops the services, ClickHouse and a Postgres of its own, and leaves what they keep. */
  rest(): Promise<void>;
  stop(): Promise<void>;
}>;

export type ShapeOptions = Readonly<{
  /** Settings of another place than a folder. */
  artifacts?: Env;
  /** A Postgres that keeps nothing but this, below the folder of the shape. */
  ownPostgres?: boolean;
  /** Of the broker. */
  kafka?: Env;
}>;

/** A service that is given a setting that it does not have does not start. */
function settingsOf(
  name: ServiceName,
  parts: Readonly<Record<'engine' | 'artifacts' | 'admin' | 'webhooks' | 'personal' | 'notary', Env>>,
): Env {
  const { engine, artifacts, admin, webhooks, personal, notary } = parts;
  switch (name) {
    case 'ingest':
      return { ...artifacts, ...admin, ...webhooks, ...personal };
    case 'projector':
      return { ...engine, ...personal };
    case 'query':
      return { ...engine, ...artifacts, ...personal };
    case 'mlflow':
      return { ...engine, ...artifacts, ...webhooks, ...personal };
    case 'courier':
      return webhooks;
    case 'notary':
      return { ...engine, ...artifacts, ...personal, ...notary };
    default:
      return name satisfies never;
  }
}

/** A database of the cluster that all tests share, or a cluster in this folder. */
async function openDatabase(label: string, own: string | null): Promise<{ url: string; stop(): Promise<void> }> {
  if (own !== null) return startPostgres({ own: true, dataDir: own });
  const { url, drop } = await createDatabase(label);
  return { url, stop: drop };
}

/**
 * Services as processes of their own, on real Kafka, Redis and Postgres, and on the ClickHouse engine behind the testkit's HTTP
 * front: no ClickHouse server can be had where the tests run.
 */
export async function openScaledShape(label: string, options: ShapeOptions = {}): Promise<ScaledShape> {
  const folder = temporaryFolder(label);
  const below = (name: string): string => `${folder.path}/${name}`;
  for (const name of ['clickhouse', 'temporary']) mkdirSync(below(name));
  const database = await openDatabase(label, options.ownPostgres === true ? below('postgres') : null);
  const [kafka, redis, clickhouse] = await Promise.all([
    startKafka({ dataDir: below('kafka'), settings: options.kafka ?? {} }),
    startRedis(),
    startClickHouseHttp({ dataDir: below('clickhouse') }),
  ]);
  const key = `rlk_${randomBytes(32).toString('base64url')}`;
  const shared: Env = {
    RUNLEDGER_PORT: '0',
    RUNLEDGER_LOG: 'kafka',
    RUNLEDGER_KAFKA_BROKERS: kafka.brokers.join(','),
    RUNLEDGER_POSTGRES_URL: database.url,
    RUNLEDGER_REDIS_URL: redis.url,
    RUNLEDGER_LOG_LEVEL: 'warn',
    TMPDIR: below('temporary'),
  };
  const parts = {
    engine: { RUNLEDGER_CLICKHOUSE_URL: clickhouse.url },
    artifacts: options.artifacts ?? { RUNLEDGER_ARTIFACTS: `${folder.path}/artifacts` },
    admin: { RUNLEDGER_ADMIN_KEY: key },
    // Receivers of tests lie on this machine.
    webhooks: { RUNLEDGER_SECRET_KEY: `${folder.path}/secret.key`, RUNLEDGER_WEBHOOK_RANGES: '127.0.0.0/8' },
    personal: {
      RUNLEDGER_PERSONAL_KEYS: `${folder.path}/personal`,
      RUNLEDGER_PERSONAL_KEY: `${folder.path}/personal.key`,
    },
    notary: { RUNLEDGER_NOTARY_KEY: `${folder.path}/notary.key` },
  };
  const services: Spawned[] = [];
  const rest = async (): Promise<void> => {
    for (const service of [...services].reverse()) await service.stop();
    await clickhouse.stop();
    if (options.ownPostgres === true) await database.stop();
  };
  return {
    folder: folder.path,
    key,
    clickhouseUrl: clickhouse.url,
    databaseUrl: database.url,
    redisUrl: redis.url,
    brokers: kafka.brokers,
    kept: { clickhouse: below('clickhouse'), kafka: below('kafka'), postgres: below('postgres') },
    start(name, more = {}) {
      const main = `${WORKSPACE}/services/${name}/dist/main.js`;
      const spawned = spawnProgram(process.execPath, [main], {
        env: { ...shared, ...settingsOf(name, parts), ...more },
      });
      services.push(spawned);
      return spawned;
    },
    said: () => services.map((service) => service.output()).join('\n'),
    rest,
    async stop() {
      await rest();
      for (const server of [redis, kafka]) await server.stop();
      if (options.ownPostgres !== true) await database.stop();
      folder.remove();
    },
  };
}

/** The URL at which a service says that it is ready. */
export const urlOf = async (spawned: Spawned): Promise<string> => (await spawned.line(/ready at (http:\S+)/))[1] ?? '';
