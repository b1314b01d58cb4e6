import { constants } from 'node:fs';
import { access, mkdir, open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { askerGone, FairPool, Fault, isFault } from '@runledger/kernel';
import { Session } from 'chdb';
import { askUntil } from './cancelled-query';
import {
  bindable,
  type ClickHouse,
  ONE_PART_SETTINGS,
  type Params,
  type PartInsert,
  type Pouring,
  parseRows,
  READ_SETTINGS,
  type Settings,
  settingsText,
  structureOf,
} from './engine';
import { type NativeBlock, nativeChunks } from './native-block';
import { PouringLanes } from './pouring-lanes';

const SHARED_MEMORY = '/dev/shm';
/** The engine's own numbers for what callers may have to tell apart (ClickHouse ErrorCodes). */
const DISK_FULL = new Set([243, 76, 75]); // NOT_ENOUGH_SPACE, CANNOT_OPEN_FILE, CANNOT_WRITE_TO_FILE_DESCRIPTOR
const LIMIT_REACHED = new Set([159, 160, 241, 396]); // timeout, too slow, memory, too many bytes

function engineFault(error: unknown): Fault {
  const number = (error as { clickhouseCode?: number }).clickhouseCode ?? 0;
  const kind = DISK_FULL.has(number) ? 'full' : LIMIT_REACHED.has(number) ? 'overloaded' : 'unavailable';
  return new Fault(kind, 'CLICKHOUSE_FAILED', 'the series engine could not answer', {
    cause: error,
    context: { number },
  });
}

/**
 * Merges take what nobody else wants of the processors: points are stored first, and the more parts wait, the fewer
 * times each row is merged. Not lower, or a day at full load would have its parts refused for their number.
 */
const ENGINE_ARGUMENTS = ['--os_threads_nice_value_merge_mutate=5'];

/** A small part takes some 20 ms, most of it waiting for the disk: two at a time. */
const WRITERS = 2;

/** One chdb session: runs one query at a time, so callers queue here and not on threads of the pool. */
class Lane {
  #last: Promise<unknown> = Promise.resolve();
  /** Queries that have not ended. */
  waiting = 0;
  constructor(readonly session: Session) {}
  run<T>(work: (session: Session) => Promise<T>): Promise<T> {
    this.waiting++;
    const next = this.#last.then(() => work(this.session)).finally(() => this.waiting--);
    this.#last = next.catch(() => undefined);
    return next;
  }
  idle(): Promise<unknown> {
    return this.#last;
  }
}

async function spoolFolder(dataDir: string): Promise<string> {
  const inMemory = await access(SHARED_MEMORY, constants.W_OK).then(
    () => true,
    () => false,
  );
  const folder = inMemory ? path.join(SHARED_MEMORY, `runledger-${process.pid}`) : path.join(dataDir, 'insert');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** Takes away what killed processes left in shared memory. */
async function sweepSharedMemory(): Promise<void> {
  const names = await readdir(SHARED_MEMORY).catch(() => []);
  for (const name of names) {
    const pid = /^runledger-(\d+)$/.exec(name)?.[1];
    if (pid === undefined) continue;
    const alive = await access(`/proc/${pid}`).then(
      () => true,
      () => false,
    );
    if (!alive) await rm(path.join(SHARED_MEMORY, name), { recursive: true, force: true });
  }
}

class EmbeddedClickHouse implements ClickHouse {
  constructor(
    private readonly writers: readonly Lane[],
    private readonly background: Lane,
    private readonly reading: Readonly<{ readers: FairPool<Session>; count: number; pouring: PouringLanes }>,
    private readonly place: Readonly<{ spool: string; session: () => Session }>,
  ) {}

  #writer(): Lane {
    return this.writers.reduce((least, lane) => (lane.waiting < least.waiting ? lane : least));
  }

  async command(sql: string, params: Params = {}): Promise<void> {
    const lane = /^\s*(insert|optimize)/i.test(sql) ? this.background : (this.writers[0] as Lane);
    await lane
      .run((s) => (Object.keys(params).length > 0 ? s.queryBindAsync(sql, bindable(params)) : s.queryAsync(sql)))
      .catch((error: unknown) => {
        throw engineFault(error);
      });
  }

  async rows<Row>(sql: string, params: Params = {}, settings: Settings = {}): Promise<Row[]> {
    return parseRows(await this.bytes(sql, 'JSONEachRow', params, settings));
  }

  async bytes(sql: string, format: string, params: Params = {}, settings: Settings = {}): Promise<Uint8Array> {
    const text = `${sql}\nsettings ${settingsText({ ...READ_SETTINGS, ...settings })}`;
    const gone = askerGone();
    const result = await this.reading.readers
      .use((s) => {
        const ask = (setting: string) => s.queryBindAsync(text + setting, bindable(params), { format });
        return gone === undefined ? ask('') : askUntil(gone, s, { killer: this.place.session, ask });
      })
      .catch((error: unknown) => {
        throw isFault(error) ? error : engineFault(error);
      });
    return result.bytes();
  }

  pour(pouring: Pouring): Promise<Readable> {
    return this.reading.pouring.pour(pouring);
  }

  async insertPart(table: string, block: NativeBlock, { queryId, unless }: PartInsert): Promise<void> {
    const file = path.join(this.place.spool, `${queryId}.native`);
    try {
      const handle = await open(file, 'w', 0o600);
      try {
        await handle.writev(nativeChunks(block));
      } finally {
        await handle.close();
      }
      const names = block.columns.map((c) => c.name).join(', ');
      const from = `file('${file}', 'Native', '${structureOf(block)}')`;
      const sql = `insert into ${table} (${names}) select ${names} from ${from} where (select count() from (${unless})) = 0
        settings ${settingsText(ONE_PART_SETTINGS)}`;
      await this.#writer().run((s) => s.queryAsync(sql));
    } catch (error) {
      throw engineFault(error);
    } finally {
      await rm(file, { force: true });
    }
  }

  /** The engine lives in this process: an insert that is not in its lane any more does not run. */
  async settle(): Promise<void> {
    await Promise.all(this.writers.map((lane) => lane.idle()));
  }

  async close(): Promise<void> {
    await this.reading.pouring.close();
    for (const lane of [...this.writers, this.background]) {
      await lane.idle();
      lane.session.close();
    }
    for (let left = this.reading.count; left > 0; left--) (await this.reading.readers.take()).close();
    await rm(this.place.spool, { recursive: true, force: true });
  }
}

/**
 * ClickHouse in this process (npm `chdb`), on a folder that no other process uses. Binary inserts go through a file in
 * shared memory, since chdb's own insert takes text formats only. Sessions on one path run side by side: two store ranges,
 * one runs what the roller asks for, and `readers` read.
 */
export async function openEmbeddedClickHouse(options: { dataDir: string; readers?: number }): Promise<ClickHouse> {
  await mkdir(options.dataDir, { recursive: true });
  await sweepSharedMemory();
  const spool = await spoolFolder(options.dataDir);
  const folder = path.join(options.dataDir, 'engine');
  const session = (): Session => new Session(folder, { connectionArgs: ENGINE_ARGUMENTS });
  const lane = (): Lane => new Lane(session());
  const count = options.readers ?? 2;
  const readers = new FairPool(Array.from({ length: count }, session));
  return new EmbeddedClickHouse(
    Array.from({ length: WRITERS }, lane),
    lane(),
    { readers, count, pouring: new PouringLanes(session, spool) },
    { spool, session },
  );
}
