import type { DataSource, EntityManager } from 'typeorm';
import { selectTime } from './columns';

/** Where a group stands in a partition: the first offset that is not projected yet. */
export type GroupOffset = Readonly<{ group: string; topic: string; partition: number; nextOffset: number }>;
/** How far a workspace's journal is decided, relayed to the log, and applied to the read schema. */
export type JournalProgress = Readonly<{ decided: number; relayed: number; applied: number }>;

/** Reads of how far the projections have come. */
export const createPositionReads = (source: Pick<DataSource | EntityManager, 'query'>) => ({
  /** Of all groups; a group without a row in a partition has projected nothing of it. */
  async offsets(): Promise<GroupOffset[]> {
    const rows: Array<Omit<GroupOffset, 'nextOffset'> & { next_offset: string }> = await source.query(
      `select group_name as "group", topic, partition, next_offset from custody.lease order by 1, 2, 3`,
    );
    return rows.map(({ next_offset, ...place }) => ({ ...place, nextOffset: Number(next_offset) }));
  },

  /** When a decision was recorded, ms since 1970; null: there is none of this number. */
  async decidedAt(workspace: string, journalseq: number): Promise<number | null> {
    const rows: Array<{ time: string }> = await source.query(
      `select ${selectTime('recordedtime', 'time')} from custody.journal_event where workspace = $1 and journalseq = $2`,
      [workspace, journalseq],
    );
    return rows[0] === undefined ? null : Number(rows[0].time);
  },

  /** The number of the workspace's last decision. */
  async decided(workspace: string): Promise<number> {
    const rows: Array<{ journalseq: string }> = await source.query(
      'select journalseq from custody.journal_head where workspace = $1',
      [workspace],
    );
    return Number(rows[0]?.journalseq ?? 0);
  },

  async journal(workspace: string): Promise<JournalProgress> {
    const rows: Array<{ decided: string; relayed: string; applied: string }> = await source.query(
      `select coalesce(h.journalseq, 0) as decided, coalesce(h.relayed, 0) as relayed, coalesce(p.journalseq, 0) as applied
       from (select $1::text as workspace) w
       left join custody.journal_head h using (workspace) left join read.catalog_progress p using (workspace)`,
      [workspace],
    );
    return {
      decided: Number(rows[0]?.decided),
      relayed: Number(rows[0]?.relayed),
      applied: Number(rows[0]?.applied),
    };
  },
});
export type PositionReads = ReturnType<typeof createPositionReads>;
