import type { PermissionName } from '@runledger/contracts';
import type { RefusalChange } from '@runledger/domain';
import type { Logger } from '@runledger/kernel';
import type { Identity } from './principal';

/** Told by the guard of everybody whom it knows and does not let in. Nobody waits for it. */
export type NoteRefusal = (who: Identity, permission: PermissionName, route: string) => void;

/** For so long refusals are counted before they are kept. */
const WINDOW_MS = 30_000;
/** Different refusals that are told apart in a window of one process; all further ones are counted as one of `others`. */
const MOST_TOLD_APART = 50;
const OTHERS = 'others';

type Counted = { change: RefusalChange; workspace: string };
type Without<T> = T extends unknown ? Omit<T, 'count' | 'since' | 'until'> : never;
type Refused = {
  [T in RefusalChange['type']]: { type: T; data: Without<Extract<RefusalChange, { type: T }>['data']> };
};

/** What becomes of a window's refusals: one event each. */
export type KeepRefusal = (workspace: string, change: RefusalChange) => Promise<unknown>;

/**
 * Counts refusals, so that a flood of them is a few events a minute: who is refused can neither fill the record nor hide in it. A process
 * that is killed takes the counts of its last seconds with it.
 */
export function createRefusalCounts(keep: KeepRefusal, logger: Logger, windowMs = WINDOW_MS) {
  let counted = new Map<string, Counted>();
  let timer: NodeJS.Timeout | undefined;

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const window = counted;
    counted = new Map();
    for (const { workspace, change } of window.values())
      await keep(workspace, change).catch((err: unknown) => logger.warn({ err }, 'refusals could not be recorded'));
  }

  function count<T extends RefusalChange['type']>(workspace: string, told: Refused[T], others: Refused[T]): void {
    const name = JSON.stringify([workspace, told]);
    const isNew = !counted.has(name) && counted.size >= MOST_TOLD_APART;
    const { type, data } = isNew ? others : told;
    const as = isNew ? JSON.stringify([workspace, others]) : name;
    const now = new Date().toISOString();
    const before = counted.get(as)?.change.data;
    const times = { count: (before?.count ?? 0) + 1, since: before?.since ?? now, until: now };
    counted.set(as, { workspace, change: { type, data: { ...data, ...times } } as RefusalChange });
    timer ??= setTimeout(() => void flush(), windowMs).unref();
  }

  const ofRoute: NoteRefusal = ({ workspace, actor }, permission, route) =>
    count<'access.refused'>(
      workspace,
      { type: 'access.refused', data: { who: actor, permission, route } },
      { type: 'access.refused', data: { who: OTHERS, permission: OTHERS, route: OTHERS } },
    );

  return {
    ofRoute,
    /** Of somebody who is not known, and for whom an issuer was to vouch. */
    ofSignIn: (workspace: string, issuer: string, code: string): void =>
      count<'session.refused'>(
        workspace,
        { type: 'session.refused', data: { issuer, code } },
        { type: 'session.refused', data: { issuer: OTHERS, code: OTHERS } },
      ),
    /** Keeps what was counted, at once: at the end of a process. */
    flush,
  };
}
export type RefusalCounts = ReturnType<typeof createRefusalCounts>;
