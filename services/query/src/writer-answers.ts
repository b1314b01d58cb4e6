import type { Ancestor, NamedSpan } from '@runledger/postgres';
import type { Segment } from '@runledger/reads';

const greatest = (numbers: readonly bigint[]): bigint => numbers.reduce((a, b) => (a > b ? a : b), numbers[0] ?? 0n);

/** Writers of a run with how far they lag behind the foremost of those whose points still count to their end. */
export function writersAnswerOf({
  segments,
  ancestors,
}: Readonly<{ segments: ReadonlyArray<Segment<NamedSpan>>; ancestors: readonly Ancestor[] }>) {
  const going = segments.filter(({ supersededFrom }) => supersededFrom === null);
  const step = greatest(going.map(({ lastStep }) => lastStep));
  const time = greatest(going.map(({ lastTime }) => lastTime));
  const nameOf = new Map(segments.map(({ writer, name }) => [writer, name]));
  return {
    writers: segments.map(({ name, supersededFrom, supersededBy, ...span }) => ({
      writer: name,
      points: span.points,
      firstStep: span.firstStep,
      lastStep: span.lastStep,
      firstTime: span.firstTime,
      lastTime: span.lastTime,
      supersededFrom,
      supersededBy: supersededBy.map((writer) => nameOf.get(writer) ?? ''),
      stepsBehind: supersededFrom === null ? step - span.lastStep : null,
      msBehind: supersededFrom === null ? time - span.lastTime : null,
    })),
    forks: ancestors.map(({ ancestor, step: last }) => ({ run: ancestor, step: last })),
  };
}
