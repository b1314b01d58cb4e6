import type { DataSource } from 'typeorm';

/** An erasure that two persons have decided. */
export type Approved = Readonly<{
  workspace: string;
  erasure: string;
  subjects: readonly string[];
  people: readonly string[];
  at: string;
}>;

type Row = Omit<Approved, 'at'> & Readonly<{ approved_at: Date }>;

/**
 * Erasures as the journal has them, and how far they are carried out. What is done once is looked at again at each start: keys may have come back
 * from a backup.
 */
export const createApprovedErasures = (source: DataSource) => ({
  /** Takes over what the journal has decided since. Answers all erasures, or those that are not done. */
  async list(which: 'all' | 'open'): Promise<Approved[]> {
    await source.query(
      `insert into custody.erasure (workspace, erasure, subjects, people, approved_at)
       select workspace, data ->> 'erasure', array(select jsonb_array_elements_text(data -> 'subjects')),
              array(select jsonb_array_elements_text(data -> 'people')), time
       from custody.journal_event where subject = 'erasures' and type = 'subject.erased'
       on conflict do nothing`,
    );
    const rows: Row[] = await source.query(
      `select workspace, erasure, subjects, people, approved_at from custody.erasure
       where $1 or done_at is null order by approved_at, workspace, erasure`,
      [which === 'all'],
    );
    return rows.map(({ approved_at, ...row }) => ({ ...row, at: approved_at.toISOString() }));
  },

  async done({ workspace, erasure }: Approved): Promise<void> {
    await source.query(
      'update custody.erasure set done_at = now() where workspace = $1 and erasure = $2 and done_at is null',
      [workspace, erasure],
    );
  },
});
export type ApprovedErasures = ReturnType<typeof createApprovedErasures>;
