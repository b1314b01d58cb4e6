import { type LogRecord, partitionOf, TOPICS } from '@runledger/contracts';
import { createLogger } from '@runledger/kernel';
import { createDatabase, type TestDatabase } from '@runledger/testkit';
import { Client } from 'pg';
import type { Log, Unmoved } from '../log';
import { openPostgresLog } from './postgres-log';

const { metrics, runs } = TOPICS;
const WORKSPACE = 'w1';

let keys = 0;
function record(topic: string, partition: number, text: string): LogRecord {
  let key: string;
  do key = `${WORKSPACE}/run/${keys++}`;
  while (partitionOf(key, metrics.partitions) !== partition);
  return { topic, key, headers: { text }, value: Buffer.from(text) };
}

/** What is decided here lies on a run's facts; what is published, in the same partition of the metrics. */
describe('publishing unless something has moved', () => {
  let database: TestDatabase;
  let log: Log;
  let elsewhere: Log;
  let other: Client;
  const open = () => openPostgresLog({ url: database.url, logger: createLogger('bus', 'silent') });
  beforeEach(async () => {
    database = await createDatabase('bus_unmoved');
    [log, elsewhere] = [await open(), await open()];
    other = new Client({ connectionString: database.url });
    await other.connect();
  });
  afterEach(async () => {
    await Promise.all([log.close(), elsewhere.close(), other.end()]);
    await database.drop();
  });

  const since = async (partition: number): Promise<Unmoved> => {
    const end = (await log.ends([runs.name])).find((one) => one.partition === partition);
    return { workspace: WORKSPACE, decided: 3, end: end ?? { topic: runs.name, partition, offset: 0 } };
  };
  const decide = (journalseq: number) =>
    other.query(
      `insert into custody.journal_head (workspace, journalseq) values ($1, $2)
       on conflict (workspace) do update set journalseq = excluded.journalseq`,
      [WORKSPACE, journalseq],
    );
  const publish = (partition: number, text: string, place: Unmoved) =>
    log.publishUnmoved?.([record(metrics.name, partition, text)], place);
  async function texts(partition: number): Promise<string[]> {
    const found: string[] = [];
    for await (const records of log.read(metrics.name, partition, 0, 1e9))
      found.push(...records.map(({ value }) => Buffer.from(value).toString()));
    return found;
  }

  it('stores what was decided on places that still stand', async () => {
    await decide(3);
    await log.publish([record(runs.name, 1, 'a fact')]);
    expect(await publish(1, 'a', await since(1))).toEqual([{ topic: metrics.name, partition: 1, offset: 0 }]);
    expect(await publish(1, 'b', { ...(await since(1)), decided: 7 })).toHaveLength(1);
    expect(await texts(1)).toEqual(['a', 'b']);
  });

  it('stores nothing once another process has published facts there, and elsewhere goes on', async () => {
    const [here, there] = [await since(1), await since(2)];
    await elsewhere.publish([record(runs.name, 1, 'a fact')]);
    expect(await publish(1, 'late', here)).toBeUndefined();
    expect(await publish(2, 'in time', there)).toHaveLength(1);
    expect(await publish(1, 'looked again', await since(1))).toHaveLength(1);
    expect([await texts(1), await texts(2)]).toEqual([['looked again'], ['in time']]);
  });

  it('stores nothing once the journal has a decision more, of this workspace', async () => {
    await decide(3);
    const place = await since(0);
    await decide(4);
    expect(await publish(0, 'late', place)).toBeUndefined();
    expect(await publish(0, 'of another workspace', { ...place, workspace: 'w2' })).toHaveLength(1);
    expect(await texts(0)).toEqual(['of another workspace']);
  });

  it('lets nobody suffer who shares a transaction, or a partition, with what is late', async () => {
    const stale = await since(1);
    await elsewhere.publish([record(runs.name, 1, 'a fact')]);
    const fresh = await since(1);
    const answers = await Promise.all([
      publish(1, 'late', stale),
      publish(1, 'first', fresh),
      log.publish([record(metrics.name, 1, 'unasked')]),
      publish(1, 'later', stale),
      publish(1, 'second', fresh),
      publish(4, 'third', await since(4)),
    ]);
    expect(answers.map((positions) => positions?.length)).toEqual([undefined, 1, 1, undefined, 1, 1]);
    expect([await texts(1), await texts(4)]).toEqual([['first', 'unasked', 'second'], ['third']]);
  });

  it('sees what was committed while it waited for its partition', async () => {
    const place = await since(3);
    await other.query('begin');
    await other.query('select from custody.log_partition where topic = $1 and partition = 3 for update', [
      metrics.name,
    ]);
    const waiting = publish(3, 'asked before', place);
    await elsewhere.publish([record(runs.name, 3, 'a fact')]);
    await other.query('commit');
    // The statement may have begun before the fact: then they raced, and either order is right. It is never lost.
    const stored = (await waiting) === undefined ? [] : ['asked before'];
    expect(await texts(3)).toEqual(stored);
    expect(await publish(3, 'asked behind', place)).toBeUndefined();
  });
});
