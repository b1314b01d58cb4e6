import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { temporaryFolder, WORKSPACE } from './belongings';
import { freePort } from './ports';
import { runServer, type ServerProcess } from './server-process';
import { spawnProgram } from './spawned';

const HOME = join(WORKSPACE, 'infra/kafka');
const JARS = join(HOME, 'target/jars');

export type KafkaOptions = Readonly<{
  /** Broker properties on top of ours. */
  settings?: Readonly<Record<string, string>>;
  /** Keep the data in this folder, and leave it there. Default: a temporary one. */
  dataDir?: string;
  port?: number;
}>;

export type KafkaServer = ServerProcess & Readonly<{ brokers: readonly string[] }>;

const hasJars = (): boolean => existsSync(JARS) && readdirSync(JARS).some((name) => name.startsWith('kafka_'));

/** Fetches the jars once. Of several processes at the same time one fetches, and the others wait. */
async function ensureJars(): Promise<void> {
  if (hasJars()) return;
  const lock = join(HOME, 'target.lock');
  try {
    mkdirSync(lock);
  } catch {
    for (let i = 0; i < 600 && existsSync(lock); i++) await sleep(500);
    if (hasJars()) return;
    throw new Error(`another process did not fetch Kafka's jars; if none is at it, remove ${lock}`);
  }
  try {
    const asked = spawnSync('mvn', ['-q', '-B', '-f', join(HOME, 'pom.xml'), 'package'], { encoding: 'utf8' });
    if (asked.error || asked.status !== 0)
      throw new Error(`Maven could not fetch Kafka's jars (Debian package maven): ${asked.error ?? asked.stdout}`);
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function properties(folder: string, port: number, controllerPort: number): Record<string, string> {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(folder, 'log'),
    'auto.create.topics.enable': 'false',
    // The log is the record: nothing in it expires.
    'log.retention.ms': '-1',
    'log.retention.bytes': '-1',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '1',
    'group.initial.rebalance.delay.ms': '0',
    // A broker that was killed may register again only once its old session is over.
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '500',
    'log.cleaner.dedupe.buffer.size': String(16 * 1024 * 1024),
  };
}

/** How a program of Kafka's is started by `java`. */
export const kafkaJava = (main: string, args: readonly string[]): string[] => [
  '-Xms128m',
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1', // quick to start; a broker under test is not the bottleneck
  `-Dlog4j2.configurationFile=${join(HOME, 'log4j2.properties')}`,
  '-cp',
  join(JARS, '*'),
  main,
  ...args,
];

function format(file: string): void {
  const id = Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
  const asked = spawnSync('java', kafkaJava('kafka.tools.StorageTool', ['format', `--cluster-id=${id}`, '-c', file]), {
    encoding: 'utf8',
  });
  if (asked.error) throw new Error(`Kafka needs Java 17 (Debian package openjdk-17-jre-headless): ${asked.error}`);
  if (asked.status !== 0) throw new Error(`Kafka's storage could not be formatted: ${asked.stdout}${asked.stderr}`);
}

async function answers(broker: string): Promise<boolean> {
  const admin = new Kafka({
    brokers: [broker],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    retry: { retries: 0 },
  }).admin();
  try {
    await admin.connect();
    const { brokers, controller } = await admin.describeCluster();
    return brokers.length === 1 && controller !== null;
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

/**
 * A real Apache Kafka 4 broker (KRaft, one node) on a free port. `kill('SIGTERM')` is its orderly shutdown; `restart`
 * comes up with the same data on the same port.
 */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaServer> {
  await ensureJars();
  const temporary = options.dataDir === undefined ? temporaryFolder('kafka') : undefined;
  const folder = options.dataDir ?? temporary?.path ?? '';
  mkdirSync(folder, { recursive: true });
  const port = options.port ?? (await freePort());
  const file = join(folder, 'server.properties');
  const lines = Object.entries({ ...properties(folder, port, await freePort()), ...options.settings });
  writeFileSync(file, lines.map(([name, value]) => `${name}=${value}\n`).join(''));
  if (!existsSync(join(folder, 'log'))) format(file);
  const broker = `127.0.0.1:${port}`;
  const server = await runServer('Kafka', {
    launch: () => spawnProgram('java', kafkaJava('kafka.Kafka', [file])),
    isReady: () => answers(broker),
    cleanUp: () => temporary?.remove(),
  });
  return { ...server, brokers: [broker] };
}
