import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { createAuthenticator, createDeletions, createKeyStore } from '@runledger/access';
import { openArtifactFolder } from '@runledger/artifacts';
import { type Log, openPostgresLog } from '@runledger/bus';
import { createCommands } from '@runledger/commands';
import { type LogRecord, type Position, type Recorded, TOPIC_LIST } from '@runledger/contracts';
import { type HttpServer, serveHttp } from '@runledger/http';
import { type Journal, openJournal } from '@runledger/journal';
import { createLogger } from '@runledger/kernel';
import { createRunClaims, openDataSource } from '@runledger/postgres';
import { createDatabase, temporaryFolder } from '@runledger/testkit';
import { openWebhooks } from '@runledger/webhooks';
import type { DataSource } from 'typeorm';
import { IngestModule } from '../src/ingest.module';
import type { IngestLimits } from '../src/ingest-room';

const TOPICS = TOPIC_LIST.map(({ name }) => name);

/** The real log, in front of which a test can put a fault. */
export class FaultyLog {
  /** Called before a publish reaches the log. */
  before: () => Promise<void> | void = () => undefined;
  /** Called after the log has the records, before the caller hears of it. */
  after: () => Promise<void> | void = () => undefined;

  constructor(readonly real: Log) {}

  get incarnation(): string {
    return this.real.incarnation;
  }

  async publish(records: readonly LogRecord[]): Promise<Position[]> {
    await this.before();
    const positions = await this.real.publish(records);
    await this.after();
    return positions;
  }

  healthy(): void {
    this.before = () => undefined;
    this.after = () => undefined;
  }
}

export type Scene = Readonly<{
  server: HttpServer;
  source: DataSource;
  journal: Journal;
  log: FaultyLog;
  /** API keys: of a writer in `default`, of one in `other`, and of one who may only read. */
  keys: Readonly<{ writer: string; other: string; reader: string }>;
  artifactFolder: string;
  close(): Promise<void>;
}>;

async function makeKeys(source: DataSource): Promise<Scene['keys']> {
  await source.query(`insert into custody.workspace (id, name) values ('other', 'Other')`);
  const store = createKeyStore(source);
  const permissions = [
    'events:write',
    'commands:write',
    'artifacts:write',
    'models:promote',
    'projects:write',
  ] as const;
  const writer = await store.create({ workspace: 'default', label: 'writer', actor: 'u1', permissions });
  const other = await store.create({ workspace: 'other', label: 'other', actor: 'u2', permissions });
  const reader = await store.create({ workspace: 'default', label: 'reader', actor: 'u3', permissions: ['runs:read'] });
  return { writer: writer.key, other: other.key, reader: reader.key };
}

/** Ingest as it is served, on a real Postgres log. */
export async function openScene(limits: Partial<IngestLimits> = {}): Promise<Scene> {
  const database = await createDatabase('ingest');
  const folder = temporaryFolder('artifacts');
  const source = await openDataSource(database.url, { poolSize: 20 });
  const logger = createLogger('ingest', 'silent');
  const log = new FaultyLog(await openPostgresLog({ url: database.url, logger }));
  const journal = openJournal(source);
  const commands = createCommands(journal);
  const keys = await makeKeys(source);
  for (const workspace of ['default', 'other']) await commands.provide(workspace);
  const artifacts = await openArtifactFolder(folder.path);
  const keyFile = `${folder.path}/secret.key`;
  const webhooks = await openWebhooks({ source, commands, keyFile, ranges: ['127.0.0.0/8'] });
  const server = await serveHttp({
    modules: [
      IngestModule.register({
        log,
        commands,
        artifacts,
        webhooks: webhooks.door,
        keys: createKeyStore(source),
        places: createRunClaims(source),
        ...{ deletions: createDeletions(() => new Map()), settled: { projectsOf: async () => new Map() } },
        limits,
      }),
    ],
    host: '127.0.0.1',
    port: 0,
    authenticator: createAuthenticator(createKeyStore(source), logger),
    logger,
  });
  const close = async (): Promise<void> => {
    await server.close();
    await webhooks.outbound.close();
    await log.real.close();
    await source.destroy();
    await database.drop();
    folder.remove();
  };
  return { server, source, journal, log, keys, artifactFolder: folder.path, close };
}

type Answer = Readonly<{ status: number; headers: Headers; body: unknown }>;
type Sending = Readonly<{ key?: string; type?: string; encoding?: string; method?: string; headers?: object }>;

/** Sends one request as the writer, JSON by default. */
export async function send(scene: Scene, path: string, body: string | Uint8Array, more: Sending = {}): Promise<Answer> {
  const { key = scene.keys.writer, type = 'application/json', encoding, method = 'POST' } = more;
  const answer = await fetch(`${scene.server.url}/api/v1/${path}`, {
    method,
    body,
    headers: {
      ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
      ...(type === '' ? {} : { 'content-type': type }),
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
      ...more.headers,
    },
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  };
}

export const codeOf = ({ body }: Answer): string => (body as { error: { code: string } }).error.code;
/** Status and code of a refusal. */
export const refusalOf = (answer: Answer): [number, string] => [answer.status, codeOf(answer)];

/** Bytes over a bare connection, for what fetch would not send. */
export function sendRaw(scene: Scene, head: string, body: string | Uint8Array = ''): Promise<string> {
  const { hostname, port } = new URL(scene.server.url);
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `${head}\r\nHost: localhost\r\nAuthorization: Bearer ${scene.keys.writer}\r\nConnection: close\r\n\r\n`,
      );
      socket.write(body);
    });
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}

/** Everything that the log holds in these topics, in the order of each partition. */
export async function recordsOf({ log }: Scene, ...topics: string[]): Promise<Recorded[]> {
  const found: Recorded[] = [];
  for (const { topic, partition, offset } of await log.real.ends(topics))
    for await (const batch of log.real.read(topic, partition, 0, offset)) found.push(...batch);
  return found;
}

/** What a refused request must not change: the log's ends, the journal, and the artifacts. */
export async function stateOf({ log, source, artifactFolder }: Scene): Promise<unknown> {
  const ends = await log.real.ends(TOPICS);
  const journal: unknown = await source.query(`select (select count(*) from custody.journal_event) as events,
    (select count(*) from custody.journal_claim) as claims, (select count(*) from custody.journal_command) as commands`);
  const files = (await readdir(artifactFolder, { recursive: true, withFileTypes: true })).filter((e) => e.isFile());
  return {
    ends: ends.map(({ topic, partition, offset }) => `${topic}/${partition}:${offset}`),
    journal,
    files: files.length,
  };
}
