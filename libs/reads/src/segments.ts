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

/**
 * A process that goes on with a run is a new writer of it. It restarts another one when it begins after that one has fallen silent, by
 * the times that both logged, and at a step that the other had reached already. Writers that log side by side are ranks, and
 * restart nobody.
 */
export function segmentsOf<S extends Span>(spans: readonly S[]): Array<Segment<S>> {
  return spans.map((span) => {
    const later = spans.filter((other) => other.firstTime > span.lastTime && other.firstStep <= span.lastStep);
    const from = later.reduce<bigint | null>(
      (least, { firstStep }) => (least === null || firstStep < least ? firstStep : least),
      null,
    );
    return { ...span, supersededFrom: from, supersededBy: later.map(({ writer }) => writer) };
  });
}
