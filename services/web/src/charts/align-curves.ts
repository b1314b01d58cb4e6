import type { CurvesAnswer } from '@runledger/contracts/http';

type Curve = CurvesAnswer['curves'][number];
type CurveGroup = CurvesAnswer['groups'][number];
type Column = Array<number | null>;
/** A curve on the common axis: its line, the envelope of what each place stands for, and where values were not finite. */
export type AlignedCurve = Readonly<{
  /** Of a group: what its runs share. */
  run: string;
  /** With a curve for each writer: whose it is. */
  writer?: string;
  key: string;
  line: Column;
  /** What the line is drawn from, when that is smoothed. */
  low: Column;
  high: Column;
  odd: ReadonlyArray<Readonly<{ at: number; what: 'NaN' | '+Inf' | '-Inf' }>>;
}>;
export type AlignedCurves = Readonly<{ x: number[]; curves: AlignedCurve[] }>;

type Odd = AlignedCurve['odd'][number];
const ODD = { NaN: 'NaN', Infinity: '+Inf', '-Infinity': '-Inf' } as const;
type Flat = Readonly<{ x: number[]; line: Column; low: Column; high: Column; odd: Odd[] }>;

function ofPoints(curve: Extract<Curve, { kind: 'points' }>): Flat {
  const x = curve.x.map(Number);
  const values = curve.values.map((value) => (typeof value === 'number' ? value : null));
  const odd = curve.values.flatMap((value, at) =>
    typeof value === 'string' ? [{ at: x[at] ?? 0, what: ODD[value] }] : [],
  );
  const none = values.map(() => null);
  return curve.smooth === undefined
    ? { x, line: values, low: none, high: none, odd }
    : { x, line: [...curve.smooth], low: values, high: values, odd };
}

function ofBuckets(curve: Extract<Curve, { kind: 'buckets' }>): Flat {
  const x = curve.x.map(Number);
  const { nans = [], positiveInfs = [], negativeInfs = [], avg = [], min = [], max = [], smooth } = curve;
  const marks = (counts: readonly number[], what: Odd['what']): Odd[] =>
    counts.flatMap((count, at) => (count > 0 ? [{ at: x[at] ?? 0, what }] : []));
  const odd = [...marks(nans, 'NaN'), ...marks(positiveInfs, '+Inf'), ...marks(negativeInfs, '-Inf')];
  return { x, line: [...(smooth ?? avg)], low: [...min], high: [...max], odd };
}

/** The mean of a group's runs, and a standard deviation to both sides. */
function ofGroup({ x, mean, std, smooth }: CurveGroup): Flat {
  return {
    x: x.map(Number),
    line: [...(smooth ?? mean)],
    low: mean.map((value, at) => value - (std[at] ?? 0)),
    high: mean.map((value, at) => value + (std[at] ?? 0)),
    odd: [],
  };
}

type Named = Readonly<{ run: string; writer?: string; key: string; flat: Flat }>;

function align(named: readonly Named[]): AlignedCurves {
  const x = [...new Set(named.flatMap(({ flat }) => flat.x))].sort((a, b) => a - b);
  const places = new Map(x.map((place, at) => [place, at]));
  const spread = (of: Flat, column: Column): Column => {
    const wide = new Array<number | null | undefined>(x.length).fill(undefined);
    for (const [at, place] of of.x.entries()) wide[places.get(place) ?? 0] = column[at] ?? null;
    return wide as Column;
  };
  return {
    x,
    curves: named.map(({ flat, ...name }) => ({
      ...name,
      line: spread(flat, flat.line),
      low: spread(flat, flat.low),
      high: spread(flat, flat.high),
      odd: flat.odd,
    })),
  };
}

/** Puts curves on one axis, as charts want them. A place that a curve does not have is undefined there, and no gap. */
export const alignCurves = (curves: readonly Curve[]): AlignedCurves =>
  align(
    curves.map((curve) => ({
      run: curve.run,
      ...(curve.writer === undefined ? {} : { writer: curve.writer }),
      key: curve.key,
      flat: curve.kind === 'points' ? ofPoints(curve) : ofBuckets(curve),
    })),
  );

export const alignGroups = (groups: readonly CurveGroup[]): AlignedCurves =>
  align(groups.map((group) => ({ run: group.value ?? '', key: group.key, flat: ofGroup(group) })));

/** What a logarithmic axis can show: places above zero. */
export function abovePlaceZero({ x, curves }: AlignedCurves): AlignedCurves {
  const first = x.findIndex((place) => place > 0);
  const from = first < 0 ? x.length : first;
  return {
    x: x.slice(from),
    curves: curves.map((curve) => ({
      ...curve,
      line: curve.line.slice(from),
      low: curve.low.slice(from),
      high: curve.high.slice(from),
      odd: curve.odd.filter(({ at }) => at > 0),
    })),
  };
}

/** Names by what stands before their first slash, in the order of names; what is about the machine comes last. */
export function sectionsOf(names: readonly string[]): Array<Readonly<{ prefix: string; names: string[] }>> {
  const sections = new Map<string, string[]>();
  for (const name of [...names].sort()) {
    const prefix = name.includes('/') ? name.slice(0, name.indexOf('/')) : '';
    const names = sections.get(prefix);
    if (names === undefined) sections.set(prefix, [name]);
    else names.push(name);
  }
  const found = [...sections].map(([prefix, names]) => ({ prefix, names }));
  return [...found.filter(({ prefix }) => prefix !== 'system'), ...found.filter(({ prefix }) => prefix === 'system')];
}
