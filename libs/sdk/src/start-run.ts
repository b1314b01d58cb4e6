import { setTimeout as wait } from 'node:timers/promises';
import { TOTAL_STEPS_TAG } from '@runledger/contracts';
import { Fault, type FaultKind, uuidv7 } from '@runledger/kernel';
import { backoffMs } from './backoff';
import { type Announcement, UNKNOWN_EXPERIMENT } from './deliver';
import { Door } from './door';
import { eventsBody, type Fact, type FactData, makeFact } from './event-body';
import { chooseExperiment, type ExperimentChoice, type ExperimentVerdict, resolveExperiment } from './experiment';
import { Outbox } from './outbox';
import { Reachability } from './reachability';
import { type Recovery, recoverWriters } from './recover-spool';
import { Run } from './run';
import { type BatchOptions, type Connection, type ConnectionOptions, readBatching, readConnection } from './settings';
import { type ParamValue, paramParts, tagParts } from './split-facts';
import { createWriterFolder, removeWriterFolder } from './writer-folder';

export type RunOptions = ConnectionOptions &
  BatchOptions &
  Readonly<{
    /** Name of the experiment, which is created when there is none; or the id of one. */
    experiment: string | Readonly<{ id: string }>;
    project?: string;
    name?: string;
    /** Id of the run; of an earlier attempt, to go on with it. Default: a new UUIDv7. */
    run?: string;
    parent?: string;
    fork?: FactData<'run.started'>['fork'];
    params?: Readonly<Record<string, ParamValue>>;
    tags?: Readonly<Record<string, string>>;
    /** Steps that the run will take, counted from 0, by which its progress is shown. Kept as a tag. */
    totalSteps?: number;
    /** How long to look for the server before the run begins without it. Default 5,000 ms; 0: not at all. */
    connectTimeoutMs?: number;
    /** On SIGINT and SIGTERM, finish the run as killed (in at most 5 s) and let the signal end the process. Default false. */
    signals?: boolean;
    /** Send what killed processes left in this spool folder. Default true. */
    recover?: boolean;
  }>;

/**
 * Begins a run. A key or a name that the server refuses is said now; a server that is away is not waited for: the run
 * begins, and everything is sent when the server is back.
 * @throws Fault invalid SDK_BAD_URL, SDK_BAD_OPTION, SDK_BAD_FACT; SDK_START_REFUSED
 */
export async function startRun(options: RunOptions): Promise<Run> {
  const connection = readConnection(options);
  const batching = readBatching(options);
  const { spool, report } = connection;
  const id = options.run ?? uuidv7();
  const writer = uuidv7();
  const tags = tagsOf(options);
  const started = startFact(options, tags);
  const door = new Door(connection);
  const reachability = new Reachability(door.url, spool, report);
  const choice =
    typeof options.experiment === 'string' ? chooseExperiment(options.experiment, options.project ?? 'default') : null;
  const experiment =
    choice === null
      ? (options.experiment as { id: string }).id
      : await firstContact(door, choice, options, reachability);
  const meta = { version: 1, run: id, writer, url: door.url, created: new Date().toISOString() } as const;
  const folder = createWriterFolder(spool, meta);
  const outbox = new Outbox({ spool, folder, run: id, door, report, reachability, ...batching });
  announce({ outbox, id, writer, started, choice, experiment });
  const run = new Run({
    run: id,
    writer,
    door,
    outbox,
    folder: folder.path,
    batching,
    report,
    signals: options.signals === true,
    release: async () => {
      await outbox.close();
      removeWriterFolder(folder);
    },
  });
  run.params(options.params ?? {});
  run.tags(tags);
  if (options.recover !== false) void recoverInBackground(connection, door, reachability);
  return run;
}

/** Valid in place of an id that is not known yet. */
const PLACEHOLDER = 'unknown';

function tagsOf({ tags = {}, totalSteps }: RunOptions): Readonly<Record<string, string>> {
  if (totalSteps === undefined) return tags;
  if (Number.isSafeInteger(totalSteps) && totalSteps > 0) return { ...tags, [TOTAL_STEPS_TAG]: String(totalSteps) };
  throw new Fault('invalid', 'SDK_BAD_OPTION', `totalSteps must be a positive whole number, not ${totalSteps}`);
}

/** The run's first fact. All that the caller gave is checked before anything is made. */
function startFact(options: RunOptions, tags: Readonly<Record<string, string>>): Fact {
  const { project = 'default', name, parent, fork, params = {} } = options;
  const experiment = typeof options.experiment === 'string' ? PLACEHOLDER : options.experiment.id;
  for (const part of paramParts(params)) makeFact('params.logged', { params: part });
  for (const part of tagParts(tags)) makeFact('tags.set', { tags: part });
  return makeFact('run.started', {
    experiment,
    project,
    ...(name === undefined ? {} : { name }),
    ...(parent === undefined ? {} : { parent }),
    ...(fork === undefined ? {} : { fork }),
  });
}

type Announcing = Readonly<{
  outbox: Outbox;
  id: string;
  writer: string;
  started: Fact;
  choice: ExperimentChoice | null;
  experiment: string | undefined;
}>;

function announce({ outbox, id: run, writer, started, choice, experiment }: Announcing): void {
  const data = { ...(started.data as object), experiment: experiment ?? UNKNOWN_EXPERIMENT };
  const body = eventsBody([{ ...started, data }], { run, writer, sequence: 0 });
  if (experiment !== undefined) return outbox.append('runs', 'batch', Buffer.from(body));
  const announcement: Announcement = { choice: choice as ExperimentChoice, body };
  outbox.append('runs', 'announcement', Buffer.from(JSON.stringify(announcement)));
}

/** The experiment's id, or undefined: the server is away. */
async function firstContact(
  door: Door,
  choice: ExperimentChoice,
  { connectTimeoutMs = 5_000 }: RunOptions,
  reachability: Reachability,
): Promise<string | undefined> {
  if (connectTimeoutMs <= 0) return undefined;
  const deadline = Date.now() + connectTimeoutMs;
  const late: ExperimentVerdict = { kind: 'again', error: `${door.url} did not answer in ${connectTimeoutMs} ms` };
  for (let attempt = 1; ; attempt++) {
    const verdict = await withDeadline(resolveExperiment(door, choice), deadline - Date.now(), late);
    if (verdict.kind === 'found') return verdict.experiment;
    if (verdict.kind !== 'again') throw refusedStart(verdict);
    const pause = backoffMs(attempt, verdict.afterMs);
    if (Date.now() + pause < deadline) await wait(pause);
    else {
      reachability.away(verdict);
      return undefined;
    }
  }
}

async function withDeadline<T>(promise: Promise<T>, ms: number, late: T): Promise<T> {
  const over = new AbortController();
  const timer = wait(ms, late, { signal: over.signal }).catch(() => late);
  try {
    return await Promise.race([promise, timer]);
  } finally {
    over.abort();
  }
}

const KINDS: Readonly<Record<number, FaultKind>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'missing',
  409: 'conflict',
};

const refusedStart = ({ status, error }: { status: number; error: string }): Fault =>
  new Fault(KINDS[status] ?? 'invalid', 'SDK_START_REFUSED', `the server does not begin this run: ${error}`);

function recoverInBackground(connection: Connection, door: Door, reachability: Reachability): Promise<void> {
  const { spool, report } = connection;
  return recoverWriters({ spool, door, report, reachability, otherHosts: false, otherServers: false }).then(
    ({ recovered }) => {
      for (const { run, batches, points } of recovered)
        report({
          code: 'SDK_RECOVERED',
          message: `sent ${batches} batches (${points} points) that run ${run} had left`,
        });
    },
    (error: unknown) =>
      report({ code: 'SDK_SPOOL_DAMAGED', message: `the spool ${spool} cannot be gone through: ${String(error)}` }),
  );
}

export type RecoverOptions = ConnectionOptions &
  Readonly<{
    /** Longest time for all of it. Default 60,000 ms. What is left stays, for the next time. */
    timeoutMs?: number;
    /** Also what processes of other hosts left: only when they are known to be dead. Default false. */
    otherHosts?: boolean;
    /** Also what was meant for another address: the server has moved. Default false. */
    otherServers?: boolean;
  }>;

/** Sends what killed processes left in a spool folder. Live processes' spools are left alone. */
export async function recoverSpool(spool: string, options: RecoverOptions = {}): Promise<Recovery> {
  const connection = readConnection({ ...options, spool });
  const { report } = connection;
  const door = new Door(connection);
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), options.timeoutMs ?? 60_000); // keeps the process alive meanwhile
  try {
    return await recoverWriters({
      spool: connection.spool,
      door,
      report,
      reachability: new Reachability(door.url, connection.spool, report),
      otherHosts: options.otherHosts === true,
      otherServers: options.otherServers === true,
      signal: over.signal,
    });
  } finally {
    clearTimeout(timer);
    await door.close();
  }
}
