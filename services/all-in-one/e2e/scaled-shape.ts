import { randomBytes } from 'node:crypto';
import {
  createDatabase,
  type Spawned,
  spawnProgram,
  startClickHouseHttp,
  startKafka,
  startRedis,
  temporaryFolder,
  WORKSPACE,
} from '@runledger/testkit';

type Env = Readonly<Record<string, string>>;
type ServiceName = 'ingest' | 'projector' | 'query' | 'mlflow' | 'courier';

export type ScaledShape = Readonly<{
  folder: string;
  key: string;
  clickhouseUrl: string;
  databaseUrl: string;
  /** Starts one service as it is built; stopped with the shape. */
  start(name: ServiceName, more?: Env): Spawned;
  stop(): Promise<void>;
}>;

/** A service that is given a setting that it does not have does not start. */
function settingsOf(
  name: ServiceName,
  parts: Readonly<Record<'engine' | 'artifacts' | 'admin' | 'webhooks' | 'personal', Env>>,
): Env {
  const { engine, artifacts, admin, webhooks, personal } = parts;
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
    default:
      return name satisfies never;
  }
}

/**
 * Services as processes of their own, on real Kafka, Redis and Postgres, and on the ClickHouse engine behind the testkit's HTTP
 * front: no ClickHouse server can be had where the tests run. `artifacts` are the settings of another place than a folder.
 */
export async function openScaledShape(label: string, artifacts?: Env): Promise<ScaledShape> {
  const folder = temporaryFolder(label);
  const database = await createDatabase(label);
  const [kafka, redis, clickhouse] = await Promise.all([startKafka(), startRedis(), startClickHouseHttp()]);
  const key = `rlk_${randomBytes(32).toString('base64url')}`;
  const shared: Env = {
    RUNLEDGER_PORT: '0',
    RUNLEDGER_LOG: 'kafka',
    RUNLEDGER_KAFKA_BROKERS: kafka.brokers.join(','),
    RUNLEDGER_POSTGRES_URL: database.url,
    RUNLEDGER_REDIS_URL: redis.url,
    RUNLEDGER_LOG_LEVEL: 'warn',
  };
  const parts = {
    engine: { RUNLEDGER_CLICKHOUSE_URL: clickhouse.url },
    artifacts: artifacts ?? { RUNLEDGER_ARTIFACTS: `${folder.path}/artifacts` },
    admin: { RUNLEDGER_ADMIN_KEY: key },
    // Receivers of tests lie on this machine.
    webhooks: { RUNLEDGER_SECRET_KEY: `${folder.path}/secret.key`, RUNLEDGER_WEBHOOK_RANGES: '127.0.0.0/8' },
    personal: {
      RUNLEDGER_PERSONAL_KEYS: `${folder.path}/personal`,
      RUNLEDGER_PERSONAL_KEY: `${folder.path}/personal.key`,
    },
  };
  const services: Spawned[] = [];
  return {
    folder: folder.path,
    key,
    clickhouseUrl: clickhouse.url,
    databaseUrl: database.url,
    start(name, more = {}) {
      const main = `${WORKSPACE}/services/${name}/dist/main.js`;
      const spawned = spawnProgram(process.execPath, [main], {
        env: { ...shared, ...settingsOf(name, parts), ...more },
      });
      services.push(spawned);
      return spawned;
    },
    async stop() {
      for (const service of services.reverse()) await service.stop();
      for (const server of [clickhouse, redis, kafka]) await server.stop();
      await database.drop();
      folder.remove();
    },
  };
}

/** The URL at which a service says that it is ready. */
export const urlOf = async (spawned: Spawned): Promise<string> => (await spawned.line(/ready at (http:\S+)/))[1] ?? '';
