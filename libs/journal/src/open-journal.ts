import type { DataSource } from 'typeorm';
import { appendIn } from './append';
import type { Journal } from './journal';
import { asFault } from './postgres-fault';
import { recall } from './remembered';

type EventRow = {
  id: string;
  type: string;
  time: Date;
  dataversion: number;
  data: unknown;
  actor: string;
  version: number;
};

export function openJournal(source: DataSource): Journal {
  return {
    append: (what) => asFault(() => source.transaction('READ COMMITTED', (tx) => appendIn(tx, what))),
    recall: (workspace, commandId, digest) => asFault(() => recall(source, { workspace, commandId, digest })),
    load: (workspace, subject) =>
      asFault(async () => {
        const rows: EventRow[] = await source.query(
          `select id, type, time, dataversion, data, actor, version from custody.journal_event
           where workspace = $1 and subject = $2 order by version`,
          [workspace, subject],
        );
        const events = rows.map(({ version: _, time, ...event }) => ({ ...event, time: time.toISOString() }));
        return { version: rows.at(-1)?.version ?? 0, events };
      }),
    head: (workspace) =>
      asFault(async () => {
        const rows: Array<{ journalseq: string }> = await source.query(
          'select journalseq from custody.journal_head where workspace = $1',
          [workspace],
        );
        return Number(rows[0]?.journalseq ?? 0);
      }),
    holderOf: (workspace, { kind, name }) =>
      asFault(async () => {
        const rows: Array<{ subject: string }> = await source.query(
          'select subject from custody.journal_claim where workspace = $1 and kind = $2 and name = $3',
          [workspace, kind, name],
        );
        return rows[0]?.subject ?? null;
      }),
  };
}
