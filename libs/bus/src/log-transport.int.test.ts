import 'reflect-metadata';
import { Controller, Inject, Module, UseFilters } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, type MicroserviceOptions } from '@nestjs/microservices';
import { TOPICS } from '@runledger/contracts';
import { createLogger, Fault, type Logger } from '@runledger/kernel';
import { createDatabase, eventually, type TestDatabase } from '@runledger/testkit';
import type { Batch, Log } from './log';
import { LogTransport, RethrowFilter } from './log-transport';
import { openPostgresLog } from './postgres/postgres-log';

const RUNS = TOPICS.runs.name;
const METRICS = TOPICS.metrics.name;
const SEEN = Symbol('seen');
type Seen = { runs: string[]; metrics: string[]; failures: number };

const textsOf = (batch: Batch): string[] => batch.records.map((r) => Buffer.from(r.value).toString());

/** Fails for as long as `failures` says, in each of the ways in which a method can. */
abstract class Rooms {
  constructor(readonly seen: Seen) {}

  async takeRuns(batch: Batch): Promise<void> {
    await Promise.resolve();
    if (this.seen.failures-- > 0) throw new Fault('unavailable', 'TEST_SINK_AWAY', 'the sink is away');
    this.seen.runs.push(...textsOf(batch));
  }

  takeMetrics(batch: Batch): void {
    if (this.seen.failures-- > 0) throw new Error('thrown at once');
    this.seen.metrics.push(...textsOf(batch));
  }
}

@Controller()
class PlainRooms extends Rooms {
  constructor(@Inject(SEEN) seen: Seen) {
    super(seen);
  }
  @EventPattern(RUNS) override takeRuns(batch: Batch): Promise<void> {
    return super.takeRuns(batch);
  }
  @EventPattern(METRICS) override takeMetrics(batch: Batch): void {
    super.takeMetrics(batch);
  }
}

@UseFilters(RethrowFilter)
@Controller()
class FilteredRooms extends PlainRooms {}

describe('the log as a transport of Nest', () => {
  let database: TestDatabase;
  let log: Log;
  const warned: unknown[] = [];
  const logger = {
    ...createLogger('bus', 'silent'),
    debug: () => undefined,
    warn: (context: { err?: unknown }) => void warned.push(context.err),
  } as unknown as Logger;

  beforeAll(async () => {
    database = await createDatabase('bus_transport');
    log = await openPostgresLog({ url: database.url, logger });
  });
  afterAll(async () => {
    await log?.close();
    await database?.drop();
  });

  async function start(controller: new (seen: Seen) => Rooms, seen: Seen, topics: string[]) {
    @Module({ controllers: [controller], providers: [{ provide: SEEN, useValue: seen }] })
    class Projector {}
    const owned = new Set<string>();
    const ends = await log.ends([RUNS, METRICS]);
    const strategy = new LogTransport({
      log,
      group: `g${Math.random()}`,
      topics,
      assigned: async (topic, partition) => {
        owned.add(`${topic}/${partition}`);
        return ends.find((end) => end.topic === topic && end.partition === partition)?.offset ?? 0;
      },
      revoked: (topic, partition) => void owned.delete(`${topic}/${partition}`),
    });
    const app = await NestFactory.createMicroservice<MicroserviceOptions>(Projector, { strategy, logger: false });
    return { app, owned };
  }

  const record = (topic: string, text: string) => ({
    topic,
    key: 'default/run/a',
    headers: {},
    value: Buffer.from(text),
  });

  it.each([PlainRooms, FilteredRooms])('brings each topic to its method, and again what failed (%p)', async (rooms) => {
    const seen: Seen = { runs: [], metrics: [], failures: 2 };
    const { app, owned } = await start(rooms, seen, [RUNS, METRICS]);
    await app.listen();
    warned.length = 0;
    await log.publish([record(RUNS, 'one'), record(RUNS, 'two')]);
    await eventually(() => seen.runs.length === 2);
    seen.failures = 2;
    await log.publish([record(METRICS, 'points')]);
    await eventually(() => seen.metrics.length === 1);
    expect(seen).toMatchObject({ runs: ['one', 'two'], metrics: ['points'] });
    expect(owned.size).toBe(TOPICS.runs.partitions + TOPICS.metrics.partitions);
    expect(warned).toHaveLength(4);
    if (rooms === FilteredRooms) expect(warned[0]).toMatchObject({ code: 'TEST_SINK_AWAY', kind: 'unavailable' });
    await app.close();
    expect(owned.size).toBe(0);
    await log.publish([record(RUNS, 'after the end')]);
    expect(seen.runs).toEqual(['one', 'two']);
  });

  it('does not start without a method for each of its topics', async () => {
    const { app } = await start(PlainRooms, { runs: [], metrics: [], failures: 0 }, [RUNS, TOPICS.console.name]);
    await expect(app.listen()).rejects.toMatchObject({ code: 'BUS_NO_HANDLER' });
    await app.close();
  });
});
