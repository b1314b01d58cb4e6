import { z } from 'zod';
import { instant } from './names';

/** What of a run goes after a time. What was said of it, its summaries among it, stays. */
export const RETAINED = ['points', 'artifacts'] as const;
export type Retained = (typeof RETAINED)[number];

/** Ten thousand years would be a mistake; whoever wants for ever says nothing. */
const MOST_DAYS = 36_500;
/** Days after the end of a run, in parts where somebody wants hours. */
export const retentionDays = z.number().min(0).max(MOST_DAYS);

/** `from`: since when it holds; what would take away sooner than before holds a while later. */
export const retentionTerm = z.strictObject({ days: retentionDays.nullable(), from: instant });

/** Who may delete what is in a project, from the most to nobody: whoever may write (as ever), or only from this role on. */
export const DELETERS = ['editors', 'maintainers', 'admins', 'nobody'] as const;
export type Deleters = (typeof DELETERS)[number];

/** Days from when bytes were stored, for which nobody can take them away. */
export const lockDays = z.number().positive().max(MOST_DAYS);
/** `from`: since when it holds; what locks for longer than before, which nobody can take back, holds a while later. Null: nothing is locked. */
export const lockTerm = z.strictObject({ days: lockDays.nullable(), from: instant });

/** SHA-256 in hex. */
export const listDigest = z.string().regex(/^[0-9a-f]{64}$/);
