import { DECISIONS, isDecisionType, readEvent, type StoredEvent } from '@runledger/contracts';
import type { erasureReport } from '@runledger/contracts/http';
import { type ErasureChange, type Erasures, evolveErasures, holdsOn, noErasures } from '@runledger/domain';
import { Fault } from '@runledger/kernel';
import { createErasedArtifacts } from '@runledger/postgres';
import type { DataSource } from 'typeorm';
import type { z } from 'zod';

export type ErasureReport = z.input<typeof erasureReport>;

type EventRow = StoredEvent & Readonly<{ actor: string; recordedtime: Date }>;
type Told = Readonly<{ by: string; at: string; leaf: number | null }>;
const MOST_HANDED_OUT = 10_000;

/** A stored decision at its current version. */
function changeOf(event: StoredEvent): ErasureChange {
  if (!isDecisionType(event.type)) throw new Fault('bug', 'ERASURE_UNKNOWN_EVENT', `${event.type} is no decision`);
  return readEvent(DECISIONS[event.type], event) as ErasureChange;
}

/** What was requested, decided and done, for the workspace that it concerns. */
export const createErasureReports = (source: DataSource) => {
  const files = createErasedArtifacts(source);

  const eventsOf = async (workspace: string): Promise<EventRow[]> =>
    source.query(
      `select id, type, time, dataversion, data, actor, recordedtime from custody.journal_event
       where workspace = $1 and subject = 'erasures' order by version`,
      [workspace],
    );

  async function toldBy(workspace: string, event: EventRow | undefined): Promise<Told | null> {
    if (event === undefined) return null;
    const rows: Array<{ index: string }> = await source.query(
      'select index from custody.ledger_leaf where workspace = $1 and event = $2 limit 1',
      [workspace, event.id],
    );
    return {
      by: event.actor,
      at: event.recordedtime.toISOString(),
      leaf: rows[0] === undefined ? null : Number(rows[0].index),
    };
  }

  async function handedOut(workspace: string): Promise<ErasureReport['handedOut']> {
    const rows: Array<{ at: Date; actor: string; kind: string; scope: Record<string, unknown> }> = await source.query(
      'select at, actor, kind, scope from custody.handed_out where workspace = $1 order by at limit $2',
      [workspace, MOST_HANDED_OUT],
    );
    return rows.map(({ at, ...row }) => ({ ...row, at: at.toISOString() }));
  }

  /** Of one that is approved, with what keeps the bytes meanwhile. */
  async function artifactsOf(workspace: string, erasure: string, state: Erasures): Promise<ErasureReport['artifacts']> {
    const found = new Map((await files.ofErasure(workspace, erasure)).map((file) => [file.digest, file]));
    return (state.erasures.get(erasure)?.artifacts ?? []).map(({ digest, runs }) => {
      const { goneAt = null, lockedUntil = null, projects = null } = found.get(digest) ?? {};
      const isWaiting = projects !== null && goneAt === null;
      const heldBy = isWaiting ? holdsOn(state, { what: [digest], runs, projects }) : [];
      return { digest, runs: [...runs], goneAt, heldBy, lockedUntil };
    });
  }

  async function clearBefore(): Promise<string | null> {
    const rows: Array<{ since: Date }> = await source.query('select since from custody.sealing where clear_before');
    return rows[0]?.since.toISOString() ?? null;
  }

  const stateOf = (events: readonly EventRow[]): Erasures => events.map(changeOf).reduce(evolveErasures, noErasures);

  return {
    async list(workspace: string) {
      const { erasures } = stateOf(await eventsOf(workspace));
      return [...erasures].map(([erasure, { status, reference, subjects, people, artifacts }]) => ({
        erasure,
        status,
        reference,
        subjects: subjects.length,
        people: people.length,
        artifacts: artifacts.length,
      }));
    },

    async holds(workspace: string) {
      const { holds } = stateOf(await eventsOf(workspace));
      return [...holds].map(([hold, { subjects, artifacts, runs, projects, reference, lifted }]) => ({
        hold,
        subjects: subjects?.length ?? null,
        artifacts: artifacts.length,
        runs: [...runs],
        projects: [...projects],
        reference,
        status: lifted ? ('lifted' as const) : ('in-force' as const),
      }));
    },

    /** @throws Fault missing ERASURE_UNKNOWN */
    async report(workspace: string, erasure: string): Promise<ErasureReport> {
      const events = await eventsOf(workspace);
      const state = stateOf(events);
      const found = state.erasures.get(erasure);
      if (found === undefined) throw new Fault('missing', 'ERASURE_UNKNOWN', 'there is no such request');
      const eventOf = (type: string): EventRow | undefined =>
        events.find((event) => event.type === type && (event.data as { erasure?: string }).erasure === erasure);
      const [done]: Array<{ done_at: Date | null }> = await source.query(
        'select done_at from custody.erasure where workspace = $1 and erasure = $2',
        [workspace, erasure],
      );
      const { status, reference, subjects, people } = found;
      return {
        erasure,
        status,
        reference,
        subjects: [...subjects],
        people: [...people],
        artifacts: await artifactsOf(workspace, erasure, state),
        requested: await toldBy(workspace, eventOf('erasure.requested')),
        approved: await toldBy(workspace, eventOf('subject.erased')),
        keysDestroyedAt: done?.done_at?.toISOString() ?? null,
        handedOut: await handedOut(workspace),
        clearBefore: await clearBefore(),
      };
    },
  };
};
export type ErasureReports = ReturnType<typeof createErasureReports>;
