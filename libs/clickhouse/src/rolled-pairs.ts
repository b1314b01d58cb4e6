import { Bindings } from './bindings';
import { inPairs } from './curve-lines';
import { type CurveState, nameOf } from './curve-state';
import type { ClickHouse } from './engine';
import { METRIC_POINT, versionsOf } from './metric-point';
import type { Steps } from './rolled-stretches';
import { LONG_SERIES, METRIC_ROLLUP } from './rollup';

/** Pairs that are remembered as rolled. */
const REMEMBERED = 200_000;

/** Shorter ones are never rolled, and nothing is that the roller has not passed. */
export const mayBeRolled = ({ points, rolledTo, past = false }: CurveState): boolean =>
  points >= LONG_SERIES && rolledTo > 0 && !past;

/** Whether points lie beyond `upTo`, an offset up to which everything is known otherwise. */
export const hasMoved = ({ endOffset }: CurveState, upTo: number): boolean => endOffset > upTo;

/**
 * Which curves have buckets of 2^shift steps. They come whole, in one part, and a series that has some keeps them, until all rollups are
 * made anew from the start.
 */
export function createRolledPairs(clickhouse: ClickHouse) {
  /** By name and width: how far the rollups reached when it was seen. */
  const seen = new Map<string, number>();

  async function learn(curves: readonly CurveState[], shift: number): Promise<void> {
    const to = new Bindings();
    const width = to.bind(1 << shift, 'UInt32');
    const rows = await clickhouse.rows<{ series: number; key: number }>(
      `select distinct series, key from ${METRIC_ROLLUP} where width = ${width} and ${inPairs(to, curves)}`,
      to.params,
    );
    const reached = new Map(curves.map((curve) => [nameOf(curve), curve.rolledTo]));
    if (seen.size > REMEMBERED) seen.clear();
    for (const row of rows) seen.set(`${nameOf(row)}/${shift}`, reached.get(nameOf(row)) ?? 0);
  }

  return async function rolledOf(curves: readonly CurveState[], shift: number): Promise<CurveState[]> {
    const known = (curve: CurveState): boolean => (seen.get(`${nameOf(curve)}/${shift}`) ?? Infinity) <= curve.rolledTo;
    const candidates = curves.filter(mayBeRolled);
    const unknown = candidates.filter((curve) => !known(curve));
    if (unknown.length > 0) await learn(unknown, shift);
    return candidates.filter(known);
  };
}

/** The steps that points beyond an offset of each curve have touched; curves without such points are not among them. */
export async function touchedSince(
  clickhouse: ClickHouse,
  curves: ReadonlyArray<CurveState & { upTo: number }>,
): Promise<Map<string, Steps>> {
  if (curves.length === 0) return new Map();
  const to = new Bindings();
  const byOffset = new Map<number, CurveState[]>();
  for (const curve of curves) byOffset.set(curve.upTo, [...(byOffset.get(curve.upTo) ?? []), curve]);
  const beyond = [...byOffset].map(
    ([upTo, some]) => `(ver <= ${to.bind(versionsOf(upTo, upTo).high, 'UInt64')} and ${inPairs(to, some)})`,
  );
  const rows = await clickhouse.rows<{ series: number; key: number; low: string; high: string }>(
    `select series, key, min(step) as low, max(step) as high from ${METRIC_POINT} where ${beyond.join(' or ')} group by series, key`,
    to.params,
  );
  return new Map(rows.map((row) => [nameOf(row), { low: BigInt(row.low), high: BigInt(row.high) }]));
}
