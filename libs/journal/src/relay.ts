import { setTimeout as sleep } from 'node:timers/promises';
import { catalogRecord, type JournalEvent, type LogRecord } from '@runledger/contracts';
import { Fault, failpoint, type Logger } from '@runledger/kernel';
import type { DataSource, QueryRunner } from 'typeorm';
import { JOURNAL_CHANNEL } from './append';
import { type Bell, hangBell } from './bell';
import { type EventRow, toEvent } from './event-row';

export type RelayParts = Readonly<{
  source: DataSource;
  /** Resolves once the records are durable. */
  log: Readonly<{ publish(records: readonly LogRecord[]): Promise<unknown> }>;
  logger: Logger;
  /** How often to look without having been woken, and to ask for the place of a relay that died. */
  pollMs?: number;
  /** Longest wait after failures. */
  backoffMs?: number;
}>;

export type Relay = Readonly<{
  /** Resolves once nothing is being published any more and another relay may take over. */
  stop(): Promise<void>;
}>;

const POLL_MS = 1_000;
const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 5_000;
/** About how many bytes go into one publish: well below what one Kafka request takes. */
const PUBLISH_BYTES = 256 * 1024;
const EVENTS_PER_READ = 200;
/** One relay at a time: the holder's session has this advisory lock. */
const LOCK = `hashtextextended('runledger.relay', 0)`;

type Behind = Readonly<{ workspace: string; relayed: string }>;
/** @throws Fault bug JOURNAL_GAP: numbers were lost below the journal; going on would hide it */
function assertNext(events: readonly JournalEvent[], after: number): void {
  events.forEach(({ workspace, journalseq }, i) => {
    if (journalseq !== after + 1 + i)
      throw new Fault('bug', 'JOURNAL_GAP', `journal of ${workspace} has ${journalseq} where ${after + 1 + i} belongs`);
  });
}

/** Events whose records have about PUBLISH_BYTES together, at least one. */
function* portions(events: readonly JournalEvent[]): Generator<[records: LogRecord[], last: number]> {
  let records: LogRecord[] = [];
  let bytes = 0;
  for (const event of events) {
    const record = catalogRecord(event);
    records.push(record);
    bytes += record.value.length;
    if (bytes < PUBLISH_BYTES && event !== events.at(-1)) continue;
    yield [records, event.journalseq];
    records = [];
    bytes = 0;
  }
}

async function relayWorkspace({ log }: RelayParts, runner: QueryRunner, behind: Behind): Promise<void> {
  const after = Number(behind.relayed);
  const rows = (await runner.query(
    `select workspace, journalseq, subject, version, id, type, time, dataversion, data, actor, recordedtime
     from custody.journal_event where workspace = $1 and journalseq > $2 order by journalseq limit $3`,
    [behind.workspace, after, EVENTS_PER_READ],
  )) as EventRow[];
  const events = rows.map(toEvent);
  assertNext(events, after);
  for (const [records, last] of portions(events)) {
    await log.publish(records);
    failpoint('relay.after-publish');
    // In the session that holds the lock: a relay that has lost it without knowing cannot mark.
    await runner.query('update custody.journal_head set relayed = $2 where workspace = $1 and relayed < $2', [
      behind.workspace,
      last,
    ]);
  }
}

/** Publishes what is there. Answers whether there was anything; one workspace's failure does not keep the others back. */
async function relayAll(parts: RelayParts, runner: QueryRunner): Promise<boolean> {
  const heads = (await runner.query(
    'select workspace, relayed from custody.journal_head where relayed < journalseq order by workspace',
  )) as Behind[];
  const failures: unknown[] = [];
  for (const head of heads) await relayWorkspace(parts, runner, head).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
  return heads.length > 0;
}

async function takeTurn(runner: QueryRunner): Promise<boolean> {
  const rows = (await runner.query(`select pg_try_advisory_lock(${LOCK}) as mine`)) as Array<{ mine: boolean }>;
  return rows[0]?.mine === true;
}

/** Relays for as long as this session holds the lock; throws on the first failure, after which the lock is free. */
async function relayInTurn(parts: RelayParts, bell: Bell, runner: QueryRunner, succeeded: () => void): Promise<void> {
  const pollMs = parts.pollMs ?? POLL_MS;
  while (!bell.silenced && !(await takeTurn(runner))) await bell.wait(pollMs);
  while (!bell.silenced) {
    const busy = await relayAll(parts, runner);
    succeeded();
    if (!busy) await bell.wait(pollMs);
  }
}

async function relayOnOneConnection(parts: RelayParts, signal: AbortSignal, succeeded: () => void): Promise<void> {
  const runner = parts.source.createQueryRunner();
  try {
    const bell = await hangBell(runner, JOURNAL_CHANNEL, signal);
    try {
      await relayInTurn(parts, bell, runner, succeeded);
    } finally {
      await bell.take();
      await runner.query(`select pg_advisory_unlock(${LOCK})`).catch(() => undefined); // a broken session has none
    }
  } finally {
    await runner.release();
  }
}

async function keepRelaying(parts: RelayParts, signal: AbortSignal): Promise<void> {
  let backoff = FIRST_BACKOFF_MS;
  const succeeded = (): void => {
    backoff = FIRST_BACKOFF_MS;
  };
  while (!signal.aborted) {
    try {
      await relayOnOneConnection(parts, signal, succeeded);
    } catch (err) {
      if (signal.aborted) return;
      parts.logger.warn({ err, retryInMs: backoff }, 'the relay failed; it tries again');
      await sleep(backoff, undefined, { signal }).catch(() => undefined);
      backoff = Math.min(2 * backoff, parts.backoffMs ?? MAX_BACKOFF_MS);
    }
  }
}

/**
 * Publishes journal events to the catalog topic in journalseq order per workspace, at least once: an event is marked
 * only after its publish resolved. Many processes may start one; one at a time works, the others stand by.
 */
export function startRelay(parts: RelayParts): Relay {
  const stopping = new AbortController();
  const done = keepRelaying(parts, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}
