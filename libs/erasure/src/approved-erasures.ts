import type { DataSource } from 'typeorm';
import type { Stone } from './stones';

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
    await source.query(
      `insert into custody.erased_artifact (digest, workspace, erasure, runs, approved_at)
       select a ->> 'digest', workspace, data ->> 'erasure', array(select jsonb_array_elements_text(a -> 'runs')), time
       from custody.journal_event cross join lateral jsonb_array_elements(coalesce(data -> 'artifacts', '[]')) a
       where subject = 'erasures' and type = 'subject.erased'
       on conflict do nothing`,
    );
    const rows: Row[] = await source.query(
      `select workspace, erasure, subjects, people, approved_at from custody.erasure
       where $1 or done_at is null order by approved_at, workspace, erasure`,
      [which === 'all'],
    );
    return rows.map(({ approved_at, ...row }) => ({ ...row, at: approved_at.toISOString() }));
  },

  /** Takes over what was decided in a time that this database has not lived through: it was restored from before. */
  async takeOver({ workspace, erasure, subjects, people, artifacts, at }: Stone): Promise<void> {
    await source.query(
      `insert into custody.erasure (workspace, erasure, subjects, people, approved_at)
       values ($1, $2, $3, $4, $5) on conflict do nothing`,
      [workspace, erasure, subjects, people, at],
    );
    for (const { digest, runs } of artifacts)
      await source.query(
        `insert into custody.erased_artifact (digest, workspace, erasure, runs, approved_at)
         values ($1, $2, $3, $4, $5) on conflict do nothing`,
        [digest, workspace, erasure, runs, at],
      );
  },

  async artifactsOf({ workspace, erasure }: Approved): Promise<Stone['artifacts']> {
    return source.query(
      'select digest, runs from custody.erased_artifact where workspace = $1 and erasure = $2 order by digest',
      [workspace, erasure],
    );
  },

  async done({ workspace, erasure }: Approved): Promise<void> {
    await source.query(
      'update custody.erasure set done_at = now() where workspace = $1 and erasure = $2 and done_at is null',
      [workspace, erasure],
    );
  },
});
export type ApprovedErasures = ReturnType<typeof createApprovedErasures>;
