import { DECISIONS, type Decision, isDecisionType, type JournalEvent, readEvent } from '@runledger/contracts';
import type { JournalReads } from '@runledger/journal';
import { isFault } from '@runledger/kernel';
import { type RowOfDecision, rowsOfDecisions } from '@runledger/projections';

/** A decided event, and what it did to the rows that people see. */
export type Change = Readonly<{ event: JournalEvent; rows: readonly RowOfDecision[] }>;

/** Null where this release cannot read it: the event is listed, and what it changed cannot be told. */
function decisionOf(event: JournalEvent): Decision | null {
  if (!isDecisionType(event.type)) return null;
  try {
    return readEvent(DECISIONS[event.type], event);
  } catch (error) {
    if (isFault(error) && error.kind === 'invalid') return null;
    throw error;
  }
}

/** What the last events of a stream did: told by folding the stream from its beginning. */
function rowsOfStream(stream: readonly JournalEvent[]): Map<number, RowOfDecision[]> {
  const read = stream.flatMap((event) => {
    const decision = decisionOf(event);
    return decision === null ? [] : [{ event, decision }];
  });
  const rows = rowsOfDecisions(
    read.map(({ event: { workspace, journalseq, actor, recordedtime }, decision }) => ({
      workspace,
      journalseq,
      at: { offset: journalseq, ordinal: 0, time: Date.parse(recordedtime), actor },
      event: decision,
    })),
  );
  return new Map(read.map(({ event }, i) => [event.journalseq, rows[i] ?? []]));
}

/** What events of one workspace changed. One stream is in memory at a time. */
export async function changesOf(journal: JournalReads, events: readonly JournalEvent[]): Promise<Change[]> {
  const last = new Map<string, JournalEvent>();
  for (const event of events)
    if ((last.get(event.subject)?.version ?? 0) < event.version) last.set(event.subject, event);
  const rows = new Map<number, RowOfDecision[]>();
  const wanted = new Set(events.map(({ journalseq }) => journalseq));
  for (const { workspace, subject, version } of last.values())
    for (const [journalseq, found] of rowsOfStream(await journal.streamUpTo(workspace, subject, version)))
      if (wanted.has(journalseq)) rows.set(journalseq, found);
  return events.map((event) => ({ event, rows: rows.get(event.journalseq) ?? [] }));
}
