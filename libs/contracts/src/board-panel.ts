import { z } from 'zod';
import { entityId, instant, key, text } from './names';

/** Which runs a panel shows: those of a saved view as it is now, or of a search that the panel keeps by itself. */
const source = {
  experiment: entityId,
  view: entityId.nullable(),
  /** The part of an address behind its question mark; not read where there is a view. */
  search: text(20_000),
};

const content = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('text'), markdown: text(50_000) }),
  z.strictObject({
    kind: z.literal('runs'),
    ...source,
    most: z.int().min(1).max(100),
    /** Frozen: as the runs stood then; null: live. */
    asOf: instant.nullable(),
  }),
  z.strictObject({
    kind: z.literal('curves'),
    ...source,
    metric: key,
    most: z.int().min(1).max(50),
    /** As of a table of runs; absent in what was saved before curves could be frozen, which is live. */
    asOf: instant.nullable().optional(),
  }),
]);

/** A part of a dashboard or a report, in the order of reading. */
export const boardPanel = z.strictObject({
  panel: entityId,
  title: text(200),
  /** Of twelve columns. */
  width: z.int().min(2).max(12),
  /** In rows of one height. */
  height: z.int().min(1).max(12),
  content,
});
export type BoardPanel = z.output<typeof boardPanel>;

export const boardPanels = z
  .array(boardPanel)
  .max(50)
  .refine((panels) => new Set(panels.map(({ panel }) => panel)).size === panels.length, {
    error: 'must not hold one panel twice',
  });

export const BOARD_FORMS = ['dashboard', 'report'] as const;
export type BoardForm = (typeof BOARD_FORMS)[number];
