import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type JournalEvent, journalseqOf, type Recorded, readEventRecord, TOPICS } from '@runledger/contracts';
import type { Difference } from '@runledger/contracts/http';
import { createJournalReads, type JournalReads } from '@runledger/journal';
import { isFault } from '@runledger/kernel';
import type { CheckDeps, CheckOptions } from './check-projection';

type Told = Readonly<{ workspace: string; journalseq: number; subject: string; actor: string; event: unknown }>;

const LONGEST = 1_000;

/** What the log says of a decision; null where the record cannot be read, which is a dead letter and not the journal's. */
function toldOf(record: Recorded): Told | null {
  try {
    const { workspace, subject, actor, events } = readEventRecord(record);
    const journalseq = journalseqOf(record);
    return Number.isSafeInteger(journalseq) ? { workspace, journalseq, subject, actor, event: events[0] } : null;
  } catch (error) {
    if (isFault(error) && error.kind === 'invalid') return null;
    throw error;
  }
}

const keptOf = ({ workspace, journalseq, subject, actor, id, type, time, dataversion, data }: JournalEvent): Told => ({
  workspace,
  journalseq,
  subject,
  actor,
  event: { id, type, time, dataversion, data },
});

const held = (told: Told | null): Difference['expected'] =>
  told === null ? null : { rows: 1, digest: createHash('sha256').update(JSON.stringify(told)).digest('hex') };
const shown = (told: Told | null): string[] => (told === null ? [] : [JSON.stringify(told).slice(0, LONGEST)]);

function differenceOf(inLog: Told | null, inJournal: Told | null): Difference {
  const { workspace, subject } = (inLog ?? inJournal) as Told;
  return {
    kind: 'difference',
    workspace,
    subject,
    where: 'journal',
    expected: held(inLog),
    found: held(inJournal),
    missing: shown(inLog),
    unexpected: shown(inJournal),
    repaired: false,
  };
}

/** Compares some decisions of the log with the journal. */
async function compareSome(journal: JournalReads, told: readonly Told[], options: CheckOptions): Promise<void> {
  const kept = new Map(
    (await journal.eventsAt(told)).map((event) => [`${event.workspace}/${event.journalseq}`, keptOf(event)]),
  );
  for (const one of told) {
    const found = kept.get(`${one.workspace}/${one.journalseq}`) ?? null;
    if (!isDeepStrictEqual(found, one)) options.tell(differenceOf(one, found));
  }
}

/** The journal, from which the log's decisions were relayed, against the log: both are record, and tell the same. */
export async function checkJournal({ source, log, ends }: CheckDeps, options: CheckOptions): Promise<void> {
  const journal = createJournalReads(source);
  const relayed = await journal.relayed();
  const last = new Map<string, number>();
  let records = 0;
  for (const { partition, offset } of await ends([TOPICS.catalog.name]))
    for await (const some of log.read(TOPICS.catalog.name, partition, 0, offset)) {
      options.signal.throwIfAborted();
      const begun = performance.now();
      const told = some.map(toldOf).filter((one) => one !== null);
      for (const { workspace, journalseq } of told) last.set(workspace, Math.max(last.get(workspace) ?? 0, journalseq));
      await compareSome(journal, told, options);
      records += some.length;
      options.tell({ kind: 'progress', what: 'journal', stage: 'comparing', records, of: records });
      await options.rest(performance.now() - begun);
    }
  for (const [workspace, upTo] of relayed)
    for (const event of await journal.eventsBetween(workspace, last.get(workspace) ?? 0, upTo))
      options.tell(differenceOf(null, keptOf(event)));
}
