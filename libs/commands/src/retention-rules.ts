import type { Deleters } from '@runledger/contracts';
import {
  type DeletersCommand,
  type DeletersRefusal,
  decideDeleters,
  decideRetention,
  evolveRetention,
  noRetention,
  type Retention,
  type RetentionChange,
  type RetentionCommand,
  type RetentionRefusal,
  retentionSubject,
  type Term,
} from '@runledger/domain';
import { noProject } from './objective-rules';
import { needsNothing, type RefusalKinds, refusing } from './refusals';
import type { Rules } from './rules';

const KINDS: RefusalKinds<RetentionRefusal> = { RETENTION_EXISTS: 'conflict' };

type Said = Readonly<{ days: number | null; from: string | null }>;
/** What was said last, and since when it holds; null: from the beginning. */
export type RetentionResult = Readonly<{ project: string; points: Said; artifacts: Said; lock: Said }>;

const saidOf = (term: Term | null): Said => ({ days: term?.days ?? null, from: term?.from ?? null });

/** How commands about retention are answered; what becomes of them is the domain's. */
export const retentionRules: Rules<RetentionCommand, Retention, RetentionChange, RetentionResult> = {
  subject: ({ project }) => retentionSubject(project),
  initial: noRetention,
  evolve: evolveRetention,
  decide: decideRetention,
  result: ({ project }, { points, artifacts, lock }) => ({
    project,
    points: saidOf(points.next ?? points.held),
    artifacts: saidOf(artifacts.next ?? artifacts.held),
    lock: saidOf(lock.next ?? lock.held),
  }),
  taken: needsNothing,
  absent: noProject,
  refused: refusing(KINDS),
};

const DELETERS_KINDS: RefusalKinds<DeletersRefusal> = { RETENTION_EXISTS: 'conflict', DELETERS_NOT_YOURS: 'forbidden' };

/** What was said last, and since when it holds; null: from the beginning. */
export type DeletersResult = Readonly<{ project: string; deleters: Deleters; from: string | null }>;

/** Who may delete is a policy of the project beside how long it keeps, in the same stream. */
export const deletersRules: Rules<DeletersCommand, Retention, RetentionChange, DeletersResult> = {
  subject: ({ project }) => retentionSubject(project),
  initial: noRetention,
  evolve: evolveRetention,
  decide: decideDeleters,
  result({ project }, { deleters: { held, next } }) {
    const last = next ?? held;
    return { project, deleters: last?.deleters ?? 'editors', from: last?.from ?? null };
  },
  taken: needsNothing,
  absent: noProject,
  refused: refusing(DELETERS_KINDS),
};
