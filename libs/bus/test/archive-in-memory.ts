import { createHash } from 'node:crypto';
import type { ArchivedRange, Position, Recorded } from '@runledger/contracts';
import { Fault } from '@runledger/kernel';
import type { RangeCatalog } from '../src/archive/archived-records';
import { type RangeFiles, writeRange } from '../src/archive/range-store';
import type { NativeLog } from '../src/log';

const RANGE = 40;

/** An archive without a store: what the log has is moved into it, up to some places, in small ranges. */
export function archiveInMemory() {
  const bytes = new Map<string, Buffer>();
  const ranges: ArchivedRange[] = [];
  const files: RangeFiles = {
    async put(stream) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of stream) chunks.push(chunk);
      const whole = Buffer.concat(chunks);
      const digest = `sha256:${createHash('sha256').update(whole).digest('hex')}`;
      bytes.set(digest, whole);
      return { digest, size: whole.length };
    },
    async open(digest) {
      const found = bytes.get(digest);
      if (found === undefined) throw new Fault('missing', 'ARTIFACTS_MISSING', 'there are no such bytes');
      return {
        stream: (async function* () {
          yield found;
        })(),
      };
    },
  };
  const of = (topic: string, partition: number): ArchivedRange[] =>
    ranges.filter((range) => range.topic === topic && range.partition === partition);
  const catalog: RangeCatalog = {
    at: async (topic, partition, offset) =>
      of(topic, partition).find(({ first, next }) => first <= offset && offset < next) ?? null,
    after: async (topic, partition, time) => of(topic, partition).find(({ lastAt }) => lastAt > time) ?? null,
  };
  async function add(log: NativeLog, records: readonly Recorded[], previous: ArchivedRange | null) {
    const range = await writeRange(files, { incarnation: log.incarnation, previous, records });
    ranges.push(range);
    return range;
  }
  return {
    bytes,
    ranges,
    files,
    catalog,
    async move(log: NativeLog, to: readonly Position[]): Promise<void> {
      for (const { topic, partition, offset } of to) {
        let last = of(topic, partition).at(-1) ?? null;
        let gathered: Recorded[] = [];
        for await (const records of log.read(topic, partition, last?.next ?? 0, offset))
          for (const record of records) {
            gathered.push(record);
            if (gathered.length < RANGE) continue;
            last = await add(log, gathered, last);
            gathered = [];
          }
        if (gathered.length > 0) await add(log, gathered, last);
        await log.drop({ topic, partition, offset });
      }
    },
  };
}
