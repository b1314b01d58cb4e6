import { type Log, openPostgresLog } from '@runledger/bus';
import { type Commands, createCommands, modelRules, noOversight } from '@runledger/commands';
import { eventRecord, runSubject, type WebhookEvent, wholeWorkspace } from '@runledger/contracts';
import type { ModelCommand } from '@runledger/domain';
import { openJournal, startRelay } from '@runledger/journal';
import { createLogger, Scope, uuidv7 } from '@runledger/kernel';
import { openDataSource } from '@runledger/postgres';
import { createDatabase, temporaryFolder } from '@runledger/testkit';
import { createWebhookReads, openWebhooks, type SaidWebhookCommand } from '@runledger/webhooks';
import { type CourierPorts, openCourier } from '../src';

export type CourierScene = Awaited<ReturnType<typeof openCourierScene>>;
type Source = Awaited<ReturnType<typeof openDataSource>>;

const logger = createLogger('courier', 'silent');
export const EVERY_EVENT: readonly WebhookEvent[] = [
  'registered_model.created',
  'model_version.created',
  'model_version_tag.set',
  'model_version_tag.deleted',
  'model_version_alias.created',
  'model_version_alias.deleted',
  'run.finished',
  'run.failed',
  'run.killed',
];

const run = (commands: Commands, workspace: string) => (command: ModelCommand) =>
  commands.run(modelRules, { workspace, actor: 'u1' }, { id: uuidv7(), fields: command, command });

async function waitFor(what: () => Promise<boolean>, ms = 20_000): Promise<void> {
  for (const deadline = Date.now() + ms; !(await what()); )
    if (Date.now() > deadline) throw new Error('it did not come');
    else await new Promise((resolve) => setTimeout(resolve, 20));
}

function watch(source: Source) {
  const reads = createWebhookReads(source);
  const stateOf = async (workspace: string, webhook: string) =>
    (await reads.readDeliveryStates(workspace, [webhook])).get(webhook);
  const rowOf = async (workspace: string, webhook: string) => {
    const rows: Array<{ status: string; seq: string }> = await source.query(
      'select status, seq from custody.webhook_endpoint where workspace = $1 and webhook = $2',
      [workspace, webhook],
    );
    return rows[0];
  };
  return {
    readFeed: (workspace: string, after: number, limit: number) =>
      reads.readFeed(wholeWorkspace(workspace), after, limit),
    stateOf,
    statusOf: async (workspace: string, webhook: string) => (await rowOf(workspace, webhook))?.status,
    /** Number of the last decision that the courier has applied to it. */
    seqOf: async (workspace: string, webhook: string) => Number((await rowOf(workspace, webhook))?.seq),
  };
}

/** A courier on a real log, journal and relay; receivers may lie on loopback. */
export async function openCourierScene(
  openLog: (postgresUrl: string) => Promise<Log> = (url) => openPostgresLog({ url, logger }),
) {
  const [database, folder] = [await createDatabase('courier'), temporaryFolder('courier')];
  const source = await openDataSource(database.url, { poolSize: 20 });
  const log = await openLog(database.url);
  // Nobody begins a run here, so that none is in a project.
  const commands = createCommands(openJournal(source), { ...noOversight, projectsOf: async () => new Map() });
  const relay = startRelay({ source, log, logger });
  const keyFile = `${folder.path}/secret.key`;
  const { vault, outbound, door } = await openWebhooks({ source, commands, keyFile, ranges: ['127.0.0.0/8'] });
  const opened: Scope[] = [];

  /** One more courier, as if it were another process. */
  async function courier(more: Partial<CourierPorts> = {}): Promise<Scope> {
    const scope = new Scope();
    const calls = await openWebhooks({ source, commands, keyFile, ranges: ['127.0.0.0/8'] });
    const wait = () => 50;
    const parts = { log, source, commands, vault, outbound: calls.outbound, logger, pollMs: 50, wait };
    await openCourier(scope, { ...parts, holder: `courier/${opened.length}`, ...more });
    opened.push(scope);
    return scope;
  }

  const say = (workspace: string, said: SaidWebhookCommand) =>
    door.run({ workspace, actor: 'u1' }, { id: uuidv7(), fields: said, said });

  return {
    source,
    log,
    keyFile,
    databaseUrl: database.url,
    courier,
    say,
    ...watch(source),
    waitFor,
    models: (workspace: string) => run(commands, workspace),
    async finish(workspace: string, name: string, outcome: 'finished' | 'failed' | 'killed', id: string = uuidv7()) {
      const now = new Date().toISOString();
      const shared = { workspace, subject: runSubject(name), source: 'test', actor: 'u1', recordedtime: now };
      const event = { id, type: 'run.finished', time: now, dataversion: 1, data: { outcome } };
      await log.publish([eventRecord({ ...shared, topic: 'runs', events: [event] })]);
    },
    /** A webhook for these events; resolves once the courier knows it. */
    async webhook(workspace: string, url: string, events: readonly WebhookEvent[] = EVERY_EVENT, secret?: string) {
      const webhook = uuidv7();
      const more = { description: '', url, events, secret, status: 'active' as const };
      await say(workspace, { name: 'create-webhook', webhook, as: 'hook', ...more });
      await waitFor(async () => (await watch(source).stateOf(workspace, webhook)) !== undefined);
      return webhook;
    },
    async close() {
      for (const scope of opened) await scope.stop();
      await relay.stop();
      await outbound.close();
      await log.close();
      await source.destroy();
      await database.drop();
      folder.remove();
    },
  };
}
