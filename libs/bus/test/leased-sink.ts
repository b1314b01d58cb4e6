import type { Recorded } from '@runledger/contracts';
import { type Lease, moveOffset, openDataSource, takeLease } from '@runledger/postgres';
import type { Batch, Consumer } from '../src/log';

export type SinkRow = Readonly<{ partition: number; off: number; text: string; writer: string }>;

const idOf = (topic: string, partition: number): string => `${topic}/${partition}`;

/**
 * What a projector is, in small: rows and offset move in one transaction, fenced by the lease. `from` is where a
 * partition begins that nobody has consumed yet.
 */
export async function openLeasedSink(url: string, writer: string, from: ReadonlyMap<string, number>) {
  const source = await openDataSource(url, { poolSize: 4 });
  const leases = new Map<string, Lease>();
  await source.query(
    `create table if not exists test_sink (topic text, partition int, off bigint, text text, writer text)`,
  );

  async function assigned(group: string, topic: string, partition: number): Promise<number> {
    await source.query(
      `insert into custody.lease (group_name, topic, partition, next_offset) values ($1, $2, $3, $4)
       on conflict do nothing`,
      [group, topic, partition, from.get(idOf(topic, partition)) ?? 0],
    );
    const lease = await takeLease(source, { group, topic, partition }, writer);
    leases.set(idOf(topic, partition), lease);
    return lease.nextOffset;
  }

  async function store({ topic, partition, records }: Batch): Promise<void> {
    const lease = leases.get(idOf(topic, partition));
    const last = records.at(-1) as Recorded;
    if (!lease) throw new Error('not assigned');
    const moved = await source.transaction(async (tx) => {
      for (const { offset, value } of records)
        await tx.query(`insert into test_sink values ($1, $2, $3, $4, $5)`, [
          topic,
          partition,
          offset,
          Buffer.from(value).toString(),
          writer,
        ]);
      return moveOffset(tx, lease, last.offset + 1);
    });
    leases.set(idOf(topic, partition), moved);
  }

  return {
    consumer: (group: string, topic: string): Pick<Consumer, 'group' | 'topics' | 'assigned' | 'onBatch'> => ({
      group,
      topics: [topic],
      assigned: (of, partition) => assigned(group, of, partition),
      onBatch: store,
    }),
    rows: async (topic: string): Promise<SinkRow[]> => {
      const rows: Array<Omit<SinkRow, 'off'> & { off: string }> = await source.query(
        `select partition, off, text, writer from test_sink where topic = $1 order by partition, off`,
        [topic],
      );
      return rows.map((row) => ({ ...row, off: Number(row.off) }));
    },
    clear: () => source.query('truncate test_sink'),
    close: () => source.destroy(),
  };
}
export type LeasedSink = Awaited<ReturnType<typeof openLeasedSink>>;
