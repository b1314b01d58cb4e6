import { uuidv7 } from '@runledger/kernel';
import type { DataSource } from 'typeorm';

/** A file that leaves, and may tell of people: what was asked for, and by whom. */
export type HandedOut = Readonly<{
  workspace: string;
  actor: string;
  kind: 'evidence' | 'export';
  scope: Readonly<Record<string, unknown>>;
}>;

/** Keeps that something leaves, before it does. What was handed out is out of reach of an erasure, whose report lists it. */
export const noteHandedOut = async (
  source: DataSource,
  { workspace, actor, kind, scope }: HandedOut,
): Promise<void> => {
  await source.query(
    'insert into custody.handed_out (workspace, id, at, actor, kind, scope) values ($1, $2, now(), $3, $4, $5)',
    [workspace, uuidv7(), actor, kind, JSON.stringify(scope)],
  );
};

const MOST_AT_ONCE = 100;

/** What has left and is not in the record yet, oldest first. */
export const unrecordedHandOuts = async (
  source: DataSource,
): Promise<ReadonlyArray<HandedOut & Readonly<{ id: string; at: Date }>>> =>
  source.query(
    'select workspace, id, at, actor, kind, scope from custody.handed_out where not recorded order by at limit $1',
    [MOST_AT_ONCE],
  );

/** It is in the record. */
export const markRecorded = async (source: DataSource, workspace: string, id: string): Promise<void> => {
  await source.query('update custody.handed_out set recorded = true where workspace = $1 and id = $2', [workspace, id]);
};
