import { isEveryProject, type Reach } from '@runledger/contracts';
import type { DataSource } from 'typeorm';
import { type AsOf, cutOfRun, heldSql, isHeld } from './as-of';
import { reachedAmong } from './reach-sql';
import type { RunRecord } from './run.repository';

/** Runs that did the same work, as far as it was recorded. */
export const createFingerprintReads = (source: DataSource) => ({
  async getFingerprint(workspace: string, { run, cut }: Pick<RunRecord, 'run' | 'cut'>): Promise<string | null> {
    const rows: Array<{ fingerprint: string }> = await source.query(
      `select f.fingerprint from read.run_fingerprint f
       where f.workspace = $1 and f.run = $2 and ${heldSql('f', cut)}`,
      [workspace, run],
    );
    return rows[0]?.fingerprint ?? null;
  },

  /** The first of them first. */
  async runsOfFingerprint(
    reach: Reach,
    fingerprint: string,
    { limit, asOf }: { limit: number; asOf?: AsOf | undefined },
  ): Promise<string[]> {
    const { workspace } = reach;
    const current = asOf === undefined ? 'f.to_off is null' : 'true';
    const params: unknown[] = [workspace, fingerprint];
    const isReached = isEveryProject(reach.projects)
      ? 'true'
      : `exists (select from read.run r where r.workspace = $1 and r.run = f.run and r.to_off is null
           and ${reachedAmong('r.project', reach, params)})`;
    const rows: Array<{ run: string; from_off: string; to_off: string | null }> = await source.query(
      `select f.run, f.from_off, f.to_off from read.run_fingerprint f
       where f.workspace = $1 and f.fingerprint = $2 and ${current} and ${isReached}
       order by f.from_time, f.run limit ${MOST_LOOKED_AT}`,
      params,
    );
    const held = rows.filter(({ run, from_off, to_off }) => {
      const row = { offset: Number(from_off), endOffset: to_off === null ? null : Number(to_off) };
      return isHeld(row, cutOfRun(asOf, workspace, run));
    });
    return held.slice(0, limit).map(({ run }) => run);
  },
});

const MOST_LOOKED_AT = 10_000;
