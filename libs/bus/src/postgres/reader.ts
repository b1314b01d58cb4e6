import type { Position, Recorded } from '@runledger/contracts';
import { type Client, Pool } from 'pg';
import { outOfRange } from '../log-fault';
import { type Target, withDeadline } from './connection';
import { copyRecords, type Wanted } from './copy-records';

const READ_MS = 30_000; // for one batch

const OFFSETS_AFTER = `
  with recursive halved (topic, partition, low, high) as (
    select topic, partition, start_offset, next_offset from custody.log_partition where topic = any($1)
    union all
    select h.topic, h.partition,
      case when r.is_after then h.low else r.off + 1 end, case when r.is_after then r.off else h.high end
    from halved h cross join lateral (
      select off, appended > to_timestamp($2::float8 / 1000) as is_after from custody.log_record r
      where r.topic = h.topic and r.partition = h.partition and r.off = (h.low + h.high) / 2) r
    where h.low < h.high)
  select topic, partition, low from halved where low = high order by 1, 2`;

/** Everything that only reads, on a few connections of its own: readers never wait for writers. */
export class PostgresReader {
  readonly #pool: Pool;

  constructor(target: Target, connections: number) {
    this.#pool = new Pool({
      connectionString: target.url,
      max: connections,
      connectionTimeoutMillis: target.connectMs,
      idleTimeoutMillis: 60_000,
      keepAlive: true,
      application_name: 'runledger-log-reader',
    });
    const note = (error: Error): void => target.logger.debug({ err: error }, 'a connection of the log broke');
    this.#pool.on('error', note);
    // The pool itself listens only while a connection is idle; unheard, an error would end the process.
    this.#pool.on('connect', (client) => client.on('error', note));
  }

  /** The next records of a partition, as far as they are there. @throws Fault conflict BUS_OFFSET_OUT_OF_RANGE */
  async next(wanted: Wanted): Promise<Recorded[]> {
    const records = await this.run((client) => copyRecords(client, wanted));
    // Offsets have no gaps: where the first one is missing, it may have been dropped.
    if (records[0]?.offset !== wanted.from) await this.#checkStart(wanted);
    return records;
  }

  async #checkStart({ topic, partition, from }: Wanted): Promise<void> {
    const start = (await this.starts([topic])).find((one) => one.partition === partition);
    if (from < (start?.offset ?? 0)) throw outOfRange({ topic, partition, offset: from });
  }

  /** For every partition that was ever published to, the offset that its next record will get. */
  async ends(topics: readonly string[]): Promise<Position[]> {
    const { rows } = await this.run((client) =>
      client.query<{ topic: string; partition: number; next_offset: string }>({
        name: 'log.ends',
        text: `select topic, partition, next_offset from custody.log_partition where topic = any($1) order by 1, 2`,
        values: [topics],
      }),
    );
    return rows.map((row) => ({ topic: row.topic, partition: row.partition, offset: Number(row.next_offset) }));
  }

  /** For every partition, the offset before which records are gone. */
  async starts(topics: readonly string[]): Promise<Position[]> {
    const { rows } = await this.run((client) =>
      client.query<{ topic: string; partition: number; start_offset: string }>({
        name: 'log.starts',
        text: `select topic, partition, start_offset from custody.log_partition where topic = any($1) order by 1, 2`,
        values: [topics],
      }),
    );
    return rows.map((row) => ({ topic: row.topic, partition: row.partition, offset: Number(row.start_offset) }));
  }

  /** For every partition, the offset of the first record that was appended after `time`, found by halving. */
  async offsetsAfter(topics: readonly string[], time: number): Promise<Position[]> {
    const { rows } = await this.run((client) =>
      client.query<{ topic: string; partition: number; low: string }>({
        name: 'log.offsets-after',
        text: OFFSETS_AFTER,
        values: [topics, time],
      }),
    );
    return rows.map((row) => ({ topic: row.topic, partition: row.partition, offset: Number(row.low) }));
  }

  /** Runs one statement. A connection on which anything went wrong is not used again. */
  async run<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let failed: Error | undefined;
    try {
      return await withDeadline(work(client as unknown as Client), READ_MS, () => undefined);
    } catch (error) {
      failed = error as Error;
      throw error;
    } finally {
      client.release(failed);
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}
