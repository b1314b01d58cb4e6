import type { Log } from '@runledger/bus';
import { type Recorded, readEventRecord, type StoredEvent } from '@runledger/contracts';
import type { SaltedPayload } from '@runledger/evidence';
import { Fault, isFault } from '@runledger/kernel';
import type { KeptLeaf } from '@runledger/postgres';

/** What a leaf says openly of its event, as the record has it. */
export type Said = Readonly<Record<'workspace' | 'stream' | 'id' | 'time' | 'recorded' | 'actor', string>>;
/** `said` is null of a record that could not be read when its leaf was made. */
export type FoundPayload = SaltedPayload & Readonly<{ said: Said | null }>;

type At = Readonly<{ topic: string; partition: number; offset: number; ordinal?: number }>;
type Wanted = Readonly<{ leaf: KeptLeaf & { salt: Buffer }; at: At }>;

/** Records between two wanted ones that are rather read over than asked for anew. */
const NEAR = 500;

const wantedOf = (leaf: KeptLeaf): Wanted[] => {
  const { salt } = leaf;
  if (salt === null) return [];
  return [{ leaf: { ...leaf, salt }, at: (JSON.parse(leaf.entry.toString()) as { at: At }).at }];
};

/** What is wanted, in stretches of one partition that are read at once. */
function stretchesOf(wanted: readonly Wanted[]): Wanted[][] {
  const sorted = wanted.toSorted(
    (a, b) => a.at.topic.localeCompare(b.at.topic) || a.at.partition - b.at.partition || a.at.offset - b.at.offset,
  );
  const stretches: Wanted[][] = [];
  for (const one of sorted) {
    const last = stretches.at(-1)?.at(-1)?.at;
    const near =
      last?.topic === one.at.topic && last.partition === one.at.partition && one.at.offset - last.offset <= NEAR;
    if (near) stretches.at(-1)?.push(one);
    else stretches.push([one]);
  }
  return stretches;
}

type Read = Readonly<{ event: StoredEvent; said: Said }>;

/** The events of a record; none where it is not as it was written. */
function eventsOf(record: Recorded): readonly Read[] {
  try {
    const { workspace, subject: stream, recordedtime: recorded, actor, events } = readEventRecord(record);
    return events.map((event) => {
      const { id, time } = event;
      return { event, said: { workspace, stream, id, time, recorded, actor } };
    });
  } catch (error) {
    if (!isFault(error) || error.kind !== 'invalid') throw error;
    return [];
  }
}

/** What the leaves of one record commit to, as far as the record has it. */
function payloadsOf(record: Recorded, wanted: readonly Wanted[]): Array<[number, FoundPayload]> {
  const events = wanted.some(({ at }) => at.ordinal !== undefined) ? eventsOf(record) : [];
  return wanted.flatMap(({ leaf: { index, salt }, at: { ordinal } }): Array<[number, FoundPayload]> => {
    if (ordinal === undefined) return [[index, { salt, payload: { record: Buffer.from(record.value) }, said: null }]];
    const read = events[ordinal];
    if (read === undefined) return [];
    const { type, dataversion, data } = read.event;
    return [[index, { salt, payload: { event: { type, dataversion, data } }, said: read.said }]];
  });
}

async function readStretch(log: Pick<Log, 'read'>, stretch: readonly Wanted[]): Promise<Array<[number, FoundPayload]>> {
  const [first, last] = [stretch[0]?.at, stretch.at(-1)?.at];
  if (first === undefined || last === undefined) return [];
  const byOffset = new Map<number, Wanted[]>(stretch.map(({ at }) => [at.offset, []]));
  for (const one of stretch) byOffset.get(one.at.offset)?.push(one);
  const found: Array<[number, FoundPayload]> = [];
  for await (const records of log.read(first.topic, first.partition, first.offset, last.offset + 1))
    found.push(...records.flatMap((record) => payloadsOf(record, byOffset.get(record.offset) ?? [])));
  return found;
}

/** What leaves commit to, as far as the log of records has it. */
export async function findPayloads(
  log: Pick<Log, 'read'>,
  leaves: readonly KeptLeaf[],
): Promise<Map<number, FoundPayload>> {
  const found = new Map<number, FoundPayload>();
  for (const stretch of stretchesOf(leaves.flatMap(wantedOf)))
    for (const [index, payload] of await readStretch(log, stretch)) found.set(index, payload);
  return found;
}

/** What leaves commit to, all of it. @throws Fault bug NOTARY_NO_PAYLOAD */
export async function readPayloads(
  log: Pick<Log, 'read'>,
  leaves: readonly KeptLeaf[],
): Promise<Map<number, SaltedPayload>> {
  const found = await findPayloads(log, leaves);
  const lost = leaves.find(({ index, salt }) => salt !== null && !found.has(index));
  if (lost !== undefined)
    throw new Fault('bug', 'NOTARY_NO_PAYLOAD', `the log does not have what leaf ${lost.index} commits to`);
  return new Map([...found].map(([index, { salt, payload }]) => [index, { salt, payload }]));
}
