import type { StoredEvent } from '@runledger/contracts';
import type { DataSource } from 'typeorm';
import { CHANGES_ACCESS, readAccessEvent } from './access-events';
import { type AccessState, applyAccess, noAccess } from './access-state';

type Row = Omit<StoredEvent, 'time'> & Readonly<{ workspace: string; journalseq: string; time: Date }>;

export type AccessOfAll = Readonly<{
  of(workspace: string): AccessState;
  /** By workspace; one in which nothing was decided is not among them. */
  all(): ReadonlyMap<string, AccessState>;
}>;

const EVENTS_A_PAGE = 5_000;

/**
 * Who may what, folded from the journal as far as it has come: a grant or a revocation counts from the moment that it is decided, whatever
 * becomes of projections. Events of a workspace are numbered without gaps in the order of their commits, so that
 * what was read once needs no second look.
 */
export function createAccessFold(source: DataSource) {
  const states = new Map<string, AccessState>();
  const seen = new Map<string, number>();

  const read = (): Promise<Row[]> =>
    source.query(
      `select workspace, journalseq, id, type, time, dataversion, data from custody.journal_event
       where ${CHANGES_ACCESS}
         and journalseq > coalesce(($1::jsonb ->> workspace)::bigint, 0)
       order by workspace, journalseq limit ${EVENTS_A_PAGE}`,
      [JSON.stringify(Object.fromEntries(seen))],
    );

  function apply({ workspace, journalseq, time, ...event }: Row): void {
    // Two readings at a time see the same events.
    if (Number(journalseq) <= (seen.get(workspace) ?? 0)) return;
    const state = states.get(workspace) ?? noAccess();
    applyAccess(state, readAccessEvent({ ...event, time: time.toISOString() }));
    states.set(workspace, state);
    seen.set(workspace, Number(journalseq));
  }

  /** What is known of workspaces, all that is committed when it is asked. */
  return async function accessNow(): Promise<AccessOfAll> {
    let rows: Row[];
    do {
      rows = await read();
      for (const row of rows) apply(row);
    } while (rows.length === EVENTS_A_PAGE);
    return { of: (workspace) => states.get(workspace) ?? noAccess(), all: () => states };
  };
}
