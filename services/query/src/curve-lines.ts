import { COMPOSED, type CurvePart } from '@runledger/clickhouse';
import type { CurvesBody } from '@runledger/contracts/http';
import type { Ancestor, NamedSpan, SeriesRun } from '@runledger/postgres';
import { type Segment, type Sharing, segmentsOf } from '@runledger/reads';

const LEAST = -(1n << 63n);
const GREATEST = (1n << 63n) - 1n;

/** What is drawn of a run as one line: its own series, or parts of several under a number of their own. */
export type CurveLine = Readonly<{
  run: string;
  startedAt: number | null;
  /** The number under which it is read. */
  series: number;
  /** Null where the line is the series as it is stored. */
  parts: readonly CurvePart[] | null;
  /** Where its points come from: series whose metrics it has. */
  from: readonly number[];
  /** Set where each writer is a line. */
  writer?: string;
}>;

type Known = Readonly<{
  runs: readonly SeriesRun[];
  spans: readonly NamedSpan[];
  ancestors: readonly Ancestor[];
  seriesOf: ReadonlyMap<string, number>;
  /** Which writers of a series have logged a metric together. */
  sharing: ReadonlyMap<number, Sharing>;
}>;
type Shown = Pick<CurvesBody, 'segments' | 'writers'>;

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

export function grouped<T, K>(items: readonly T[], by: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(by(item));
    if (group === undefined) groups.set(by(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** A run's own points up to a step, without those that a restart has superseded. One part where all of them count. */
function partsOf(series: number, upTo: bigint, own: readonly Segment<NamedSpan>[], { segments }: Shown): CurvePart[] {
  if (segments === 'all' || own.every(({ supersededFrom }) => supersededFrom === null))
    return [{ series, low: LEAST, high: upTo, writers: null }];
  return own.flatMap(({ writer, supersededFrom }) => {
    if (supersededFrom === LEAST) return [];
    const high = supersededFrom === null ? upTo : least(upTo, supersededFrom - 1n);
    return [{ series, low: LEAST, high, writers: [writer] }];
  });
}

/** The lines of each run: one, or one for each of its writers, in the order of their first points. */
export function composeLines({ runs, spans, ancestors, seriesOf, sharing }: Known, shown: Shown): CurveLine[] {
  const spansBy = grouped(spans, ({ series }) => series);
  const spansOf = (of: number): Array<Segment<NamedSpan>> =>
    segmentsOf(spansBy.get(of) ?? [], sharing.get(of) ?? (() => false));
  const before = grouped(ancestors, ({ run }) => run);
  let next = COMPOSED;
  return runs.flatMap(({ run, series, startedAt }): CurveLine[] => {
    const own = series === null ? [] : spansOf(series);
    if (shown.writers === 'each')
      return own.map((span) => {
        const [only] = partsOf(span.series, GREATEST, own, shown);
        const parts =
          only?.writers === null
            ? [{ ...only, writers: [span.writer] }]
            : partsOf(span.series, GREATEST, own, shown).filter(({ writers }) => writers?.[0] === span.writer);
        return { run, startedAt, series: next++, parts, from: [span.series], writer: span.name };
      });
    const inherited = (before.get(run) ?? []).flatMap(({ ancestor, step }) => {
      const number = seriesOf.get(ancestor);
      return number === undefined ? [] : partsOf(number, step, spansOf(number), shown);
    });
    const parts = [...(series === null ? [] : partsOf(series, GREATEST, own, shown)), ...inherited];
    const [only, more] = parts;
    if (only === undefined) return [];
    const from = [...new Set(parts.map((part) => part.series))];
    if (more === undefined && only.writers === null && only.series === series)
      return [{ run, startedAt, series, parts: null, from }];
    return [{ run, startedAt, series: next++, parts, from }];
  });
}
