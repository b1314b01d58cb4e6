/** How far one writer of a run has come: least and greatest step and time of all its points. */
export type Span = Readonly<{
  writer: number;
  firstStep: bigint;
  lastStep: bigint;
  firstTime: bigint;
  lastTime: bigint;
}>;

/** A writer's points, and whether they still count. */
export type Segment<S extends Span = Span> = S &
  Readonly<{
    /** Points from this step on were logged anew by a later writer; null: all of its points count. */
    supersededFrom: bigint | null;
    /** The writers that began anew behind it. */
    supersededBy: readonly number[];
  }>;

/** Whether two writers of a run have logged a metric together. */
export type Sharing = (one: number, other: number) => boolean;

const begunAnewBehind = (span: Span, other: Span): boolean =>
  other.firstTime > span.lastTime && other.firstStep <= span.lastStep;

/** Whether it depends on their metrics if some of the writers have restarted others. */
export const mayHaveRestarted = (spans: readonly Span[]): boolean =>
  spans.some((span) => spans.some((other) => begunAnewBehind(span, other)));

/** By the sets of writers that the metrics of one run have. */
export function sharingOf(sets: ReadonlyArray<readonly number[]>): Sharing {
  const members = sets.map((writers) => new Set(writers));
  return (one, other) => members.some((writers) => writers.has(one) && writers.has(other));
}

/**
 * A process that goes on with a run is a new writer of it. It restarts another one when it begins after that one has fallen silent, by
 * the times that both logged, at a step that the other had reached already, and logs a metric that the other one had logged: a
 * process that evaluates afterwards, from step 0 on, takes nothing back. Writers that log side by side are ranks, and restart nobody.
 */
export function segmentsOf<S extends Span>(spans: readonly S[], share: Sharing): Array<Segment<S>> {
  return spans.map((span) => {
    const later = spans.filter((other) => begunAnewBehind(span, other) && share(span.writer, other.writer));
    const from = later.reduce<bigint | null>(
      (least, { firstStep }) => (least === null || firstStep < least ? firstStep : least),
      null,
    );
    return { ...span, supersededFrom: from, supersededBy: later.map(({ writer }) => writer) };
  });
}
