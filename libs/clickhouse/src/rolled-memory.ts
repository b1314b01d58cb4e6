import { workFor } from '@runledger/kernel';
import type { CurveState } from './curve-state';
import { nameOf } from './curve-state';
import type { ClickHouse } from './engine';
import { hasMoved, mayBeRolled } from './rolled-pairs';
import { METRIC_ROLLUP } from './rollup';

/** What rolled buckets may take of this process' memory. */
const MOST_BYTES = 64 * 2 ** 20;
const WORD = 8;
const COLUMNS = {
  bucket: 'bucket',
  firstStep: 'first_step',
  lastStep: 'last_step',
  points: 'toFloat64(points)',
  nans: 'toFloat64(nans)',
  positiveInfs: 'toFloat64(positive_infs)',
  negativeInfs: 'toFloat64(negative_infs)',
  low: 'low',
  high: 'high',
  total: 'total',
  first: 'first',
  last: 'last',
} as const;
const NAMES = Object.keys(COLUMNS) as Array<keyof typeof COLUMNS>;
export const ROLLED_WIDTH = NAMES.length;
/** Where a column lies in a row of words. */
export const ROLLED_AT = Object.fromEntries(NAMES.map((name, i) => [name, i])) as Record<keyof typeof COLUMNS, number>;

/**
 * The rolled buckets of one curve in their order, a row of `ROLLED_WIDTH` words each: bucket and steps are read through
 * `integers`, everything else through `numbers`. They hold all points before `upTo`, and whole buckets only.
 */
export type RolledBuckets = Readonly<{ rows: number; integers: BigInt64Array; numbers: Float64Array; upTo: number }>;

type Kept = Readonly<{ upTo: number; buckets: Promise<RolledBuckets> }> & { bytes: number };

/**
 * Rolled buckets of long series, kept between reads: a position stands for the points before it, and those never change.
 * What came later is known by its offset, and is read from the points.
 */
export function createRolledMemory(clickhouse: ClickHouse) {
  const kept = new Map<string, Kept>();
  let bytes = 0;

  function forget(name: string): void {
    bytes -= kept.get(name)?.bytes ?? 0;
    kept.delete(name);
  }

  async function load({ series, key, rolledTo: upTo }: CurveState, shift: number): Promise<RolledBuckets> {
    const columns = Object.values(COLUMNS).join(', ');
    const found = await clickhouse.bytes(
      `select ${columns} from ${METRIC_ROLLUP} final
       where width = {width:UInt32} and series = {series:UInt32} and key = {key:UInt32} order by bucket`,
      'RowBinary',
      { width: 1 << shift, series, key },
    );
    const { buffer } = new Uint8Array(found); // a copy, which begins where words may begin
    const rows = buffer.byteLength / WORD / ROLLED_WIDTH;
    return { rows, integers: new BigInt64Array(buffer), numbers: new Float64Array(buffer), upTo };
  }

  function read(curve: CurveState, shift: number, name: string): Promise<RolledBuckets> {
    forget(name);
    // Whoever comes meanwhile waits for the same buckets: they are not given up with the first one who asked.
    const entry: Kept = {
      upTo: curve.rolledTo,
      buckets: workFor(
        () => undefined,
        () => load(curve, shift),
      ),
      bytes: 0,
    };
    kept.set(name, entry);
    entry.buckets.then(
      ({ numbers }) => {
        if (kept.get(name) !== entry) return;
        entry.bytes = numbers.byteLength;
        bytes += entry.bytes;
        for (const oldest of kept.keys()) {
          if (bytes <= MOST_BYTES) return;
          forget(oldest);
        }
      },
      () => kept.get(name) === entry && forget(name),
    );
    return entry.buckets;
  }

  /** The curve's rolled buckets; no rows where it has none. */
  return async function rolledBuckets(curve: CurveState, shift: number): Promise<RolledBuckets> {
    const name = `${nameOf(curve)}/${shift}`;
    const entry = kept.get(name);
    const isGood =
      entry !== undefined &&
      entry.upTo <= curve.rolledTo && // rollups that begin anew are read anew
      (entry.upTo === curve.rolledTo || !hasMoved(curve, entry.upTo));
    if (!isGood) return read(curve, shift, name);
    kept.delete(name); // to the end: the one that was asked for least lately goes first
    kept.set(name, entry);
    const found = await entry.buckets;
    if (found.rows === 0 && entry.upTo < curve.rolledTo) return read(curve, shift, name);
    return found;
  };
}

/** Whether a curve's buckets are worth keeping: few enough that one chart does not push all others out. */
export const fitsMemory = (curve: CurveState, shift: number): boolean => {
  const spanned = (curve.to >> BigInt(shift)) - (curve.from >> BigInt(shift)) + 1n;
  const most = spanned < BigInt(curve.points) ? Number(spanned) : curve.points;
  return mayBeRolled(curve) && most * ROLLED_WIDTH * WORD <= MOST_BYTES / 4;
};
