import { eventRecord, type LogRecord, type Recorded, TOPICS } from '@runledger/contracts';
import { createLogger } from '@runledger/kernel';
import fc from 'fast-check';
import { consoleConsumer } from './console-room';
import { cutInto, inLog, openTables, type Tables } from './metadata-tables.contract';

const TOPIC = TOPICS.console.name;
const TIME = '2026-01-02T03:04:05.000Z';
let tables: Tables;
const letters: LogRecord[] = [];
const signals: unknown[] = [];
beforeAll(async () => {
  tables = await openTables();
});
afterAll(() => tables.close());
beforeEach(async () => {
  await tables.source.query('truncate read.console_chunk, read.writer_receipt, read.conflict, read.dead_letter');
  await tables.source.query('update custody.lease set next_offset = 0');
  letters.length = 0;
  signals.length = 0;
});

type Said = Readonly<{ id: string; run: string; writer: string; sequence: number; lines: readonly string[] }>;
const record = ({ id, run, writer, sequence, lines }: Said): LogRecord =>
  eventRecord({
    topic: 'console',
    workspace: 'default',
    subject: `run/${run}`,
    source: 'test',
    actor: 'somebody',
    recordedtime: TIME,
    writer,
    sequence,
    events: [
      {
        id,
        type: 'console.written',
        time: TIME,
        dataversion: 1,
        data: { stream: 'stdout', firstLine: 0, lines: lines.map((text) => ({ time: TIME, text })) },
      },
    ],
  });

const open = () =>
  consoleConsumer({
    log: { publish: async (records) => (letters.push(...records), []) },
    source: tables.source,
    live: { publish: (some) => void signals.push(...some) },
    logger: createLogger('test', 'silent'),
    holder: 'test',
  });
async function project(batches: ReadonlyArray<readonly Recorded[]>): Promise<void> {
  const room = open();
  await room.assigned(TOPIC, 0);
  for (const records of batches)
    await room.onBatch({ topic: TOPIC, partition: 0, records, stale: () => false, lost: () => undefined });
}
const stored = (): Promise<Array<{ run: string; text: string }>> =>
  tables.source.query(
    `select c.run, l.text from read.console_chunk c, jsonb_array_elements_text(c.lines) with ordinality as l(text, n)
     order by c.run, c.off, c.ord, l.n`,
  );

it('stores every line once, wherever batches are cut, and however often they come', async () => {
  const said = fc.array(
    fc.record({
      run: fc.constantFrom('a', 'b'),
      writer: fc.constantFrom('w0', 'w1'),
      lines: fc.array(
        fc.string({ unit: 'binary', maxLength: 20 }).filter((t) => !t.includes('\u0000') && t.isWellFormed()),
        {
          minLength: 1,
          maxLength: 4,
        },
      ),
      again: fc.boolean(),
    }),
    { minLength: 1, maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(
      said,
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
      async (given, cuts) => {
        await tables.source.query('truncate read.console_chunk, read.writer_receipt');
        await tables.source.query('update custody.lease set next_offset = 0');
        const next = new Map<string, number>();
        const messages = given.map(({ run, writer, lines }, i) => {
          const sequence = next.get(`${run}/${writer}`) ?? 0;
          next.set(`${run}/${writer}`, sequence + 1);
          return { id: `e${i}`, run, writer, sequence, lines };
        });
        const sent = messages.flatMap((message, i) => (given[i]?.again ? [message, message] : [message]));
        await project(cutInto(inLog(sent.map(record)), cuts));
        await project(cutInto(inLog(messages.map(record), sent.length), cuts)); // all again, behind them
        const expected = ['a', 'b'].flatMap((run) =>
          messages.filter((m) => m.run === run).flatMap(({ lines }) => lines.map((text) => ({ run, text }))),
        );
        expect(await stored()).toEqual(expected);
        const receipts: Array<{ name: string; stored: string }> = await tables.source.query(
          `select run || '/' || writer as name, stored::text from read.writer_receipt where topic = 'console' order by 1`,
        );
        expect(receipts).toEqual([...next].sort().map(([name, count]) => ({ name, stored: `{[0,${count})}` })));
      },
    ),
    { numRuns: 25 },
  );
});

it('sets aside what is no console line, and goes on', async () => {
  const good = record({ id: 'good', run: 'a', writer: 'w', sequence: 0, lines: ['one'] });
  const tag = eventRecord({
    topic: 'console',
    workspace: 'default',
    subject: 'run/a',
    source: 'test',
    actor: 'somebody',
    recordedtime: TIME,
    events: [{ id: 'tag', type: 'tags.set', time: TIME, dataversion: 1, data: { tags: [] } }],
  });
  await project([inLog([tag, { ...good, value: Buffer.from('{') }, good])]);
  expect(await stored()).toEqual([{ run: 'a', text: 'one' }]);
  expect(letters.map(({ headers }) => headers['dead_code'])).toEqual(['PROJECTIONS_UNKNOWN_TYPE', expect.any(String)]);
  expect(signals).toEqual([
    { kind: 'console', workspace: 'default', run: 'a' },
    expect.objectContaining({ kind: 'projected', group: 'console', fromOffset: 0, nextOffset: 3 }),
  ]);
});

it('stores nothing under a lease that was lost', async () => {
  const zombie = open();
  await zombie.assigned(TOPIC, 0);
  await open().assigned(TOPIC, 0);
  const records = inLog([record({ id: 'e', run: 'a', writer: 'w', sequence: 0, lines: ['zombie'] })]);
  await zombie.onBatch({ topic: TOPIC, partition: 0, records, stale: () => false, lost: () => undefined });
  expect(await stored()).toEqual([]);
});
