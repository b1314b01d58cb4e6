import type { Projection } from '@runledger/postgres';

/**
 * Raised when the same records would make other rows: rows already stored are then filled anew from the log, beside those that
 * are read meanwhile. 2: runs have fingerprints, and writers their spans.
 */
export const PROJECTION_VERSIONS: Readonly<Record<Projection, number>> = { metadata: 2, console: 1, series: 2 };
