import { Fault } from '@runledger/kernel';
import { z } from 'zod';

/** The place of one record in the log. */
export type Position = Readonly<{ topic: string; partition: number; offset: number }>;
/** The place of one decided event in a workspace's journal. */
export type JournalPosition = Readonly<{ workspace: string; journalseq: number }>;
/** What an acknowledgement promises: everything up to and including these places is durable. */
export type PositionToken = Readonly<{
  incarnation: string;
  log: readonly Position[];
  journal: readonly JournalPosition[];
}>;

const PREFIX = 'p1.';
const index = z.int().min(0);
const body = z.tuple([
  z.string().min(1).max(64),
  z.array(z.tuple([z.string().min(1).max(249), index, index])).max(1_000),
  z.array(z.tuple([z.string().min(1).max(63), index])).max(1_000),
]);

/** Keeps the highest offset of each partition and the highest number of each journal. */
export function mergePositions(positions: readonly Position[]): Position[] {
  const highest = new Map<string, Position>();
  for (const p of positions) {
    const id = `${p.topic}/${p.partition}`;
    const seen = highest.get(id);
    if (seen === undefined || seen.offset < p.offset) highest.set(id, p);
  }
  return [...highest.values()].sort((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition);
}

/** `p1.` and base64url of JSON `[incarnation, [[topic, partition, offset]…], [[workspace, journalseq]…]]`. Frozen. */
export function encodePositionToken(token: PositionToken): string {
  const value = [
    token.incarnation,
    mergePositions(token.log).map((p) => [p.topic, p.partition, p.offset]),
    token.journal.map((j) => [j.workspace, j.journalseq]),
  ];
  return PREFIX + Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** @throws Fault invalid CONTRACTS_BAD_POSITION */
export function decodePositionToken(text: string): PositionToken {
  const bad = (cause?: unknown) =>
    new Fault('invalid', 'CONTRACTS_BAD_POSITION', 'this is not a position that Runledger has given out', { cause });
  if (!text.startsWith(PREFIX) || text.length > 65_536) throw bad();
  let raw: unknown;
  try {
    raw = JSON.parse(Buffer.from(text.slice(PREFIX.length), 'base64url').toString());
  } catch (cause) {
    throw bad(cause);
  }
  const parsed = body.safeParse(raw);
  if (!parsed.success) throw bad(parsed.error);
  const [incarnation, log, journal] = parsed.data;
  return {
    incarnation,
    log: log.map(([topic, partition, offset]) => ({ topic, partition, offset })),
    journal: journal.map(([workspace, journalseq]) => ({ workspace, journalseq })),
  };
}
