import { setTimeout as sleep } from 'node:timers/promises';
import { decodePositionToken, type LogRecord, type Position } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import { createPublish } from './publish';

const record = (bytes = 10): LogRecord => ({ topic: 't', key: 'k', headers: {}, value: Buffer.alloc(bytes) });
const at = (offset: number, partition = 0): Position => ({ topic: 'runledger.runs.v1', partition, offset });

/** A log whose answers are given by hand. */
function manualLog() {
  const waiting: Array<{ resolve(positions: Position[]): void; reject(error: unknown): void }> = [];
  return {
    incarnation: 'log-1',
    waiting,
    publish: () => new Promise<Position[]>((resolve, reject) => waiting.push({ resolve, reject })),
  };
}

it('answers a token of the places that the log gave', async () => {
  const log = manualLog();
  const done = createPublish(log, { publishTimeoutMs: 1_000, pendingBytes: 100 }).publish([
    record(),
    record(),
    record(),
  ]);
  log.waiting[0]?.resolve([at(7), at(9), at(3, 1)]);
  expect(decodePositionToken(await done)).toEqual({ incarnation: 'log-1', log: [at(9), at(3, 1)], journal: [] });
});

it('does not answer before the log does, and passes its refusal on', async () => {
  const log = manualLog();
  let answered = false;
  const done = createPublish(log, { publishTimeoutMs: 1_000, pendingBytes: 100 })
    .publish([record()])
    .finally(() => {
      answered = true;
    });
  await sleep(20);
  expect(answered).toBe(false);
  const away = new Fault('unavailable', 'BUS_UNAVAILABLE', 'away');
  log.waiting[0]?.reject(away);
  await expect(done).rejects.toBe(away);
});

it('gives up on a log that does not answer in time', async () => {
  const log = manualLog();
  const { publish } = createPublish(log, { publishTimeoutMs: 30, pendingBytes: 100 });
  await expect(publish([record()])).rejects.toMatchObject({ kind: 'unavailable', code: 'BUS_SLOW' });
  log.waiting[0]?.reject(new Error('after the deadline')); // nobody is left to hear it, and nothing breaks
  await sleep(5);
});

it('puts clients off while too much waits for the log, and counts what was given up until it settles', async () => {
  const log = manualLog();
  const { publish } = createPublish(log, { publishTimeoutMs: 30, pendingBytes: 100 });
  const first = publish([record(90)]);
  await expect(publish([record(20)])).rejects.toMatchObject({ kind: 'overloaded', code: 'BUS_BUSY' });
  await expect(first).rejects.toMatchObject({ code: 'BUS_SLOW' });
  await expect(publish([record(20)])).rejects.toMatchObject({ code: 'BUS_BUSY' });
  log.waiting[0]?.resolve([at(0)]);
  await sleep(5);
  const second = publish([record(20)]);
  log.waiting[1]?.resolve([at(1)]);
  await expect(second).resolves.toMatch(/^p1\./);
});

it('takes one request that is larger than all that may wait, when nothing else does', async () => {
  const log = manualLog();
  const done = createPublish(log, { publishTimeoutMs: 1_000, pendingBytes: 100 }).publish([record(500)]);
  log.waiting[0]?.resolve([at(0)]);
  await expect(done).resolves.toMatch(/^p1\./);
});

it('is free again after a log that throws at once', async () => {
  const log = {
    incarnation: 'log-1',
    publish: (): Promise<Position[]> => {
      throw new Error('closed');
    },
  };
  const { publish } = createPublish(log, { publishTimeoutMs: 30, pendingBytes: 100 });
  await expect(publish([record(90)])).rejects.toThrow('closed');
  await expect(publish([record(90)])).rejects.toThrow('closed');
});
