/**
 * At most about `most` steps for all curves together, evenly spread over the steps that any of them has; the first and the last
 * step of each curve are always among them. The curves' steps rise.
 */
export function chooseSteps(curves: ReadonlyArray<readonly bigint[]>, most: number): ReadonlySet<bigint> {
  const all = [...new Set(curves.flat())].sort((a, b) => Number(a > b) - Number(a < b));
  const ends = curves.flatMap((steps) => [steps.at(0), steps.at(-1)]).filter((step) => step !== undefined);
  if (all.length <= most) return new Set(all);
  const stride = (all.length - 1) / Math.max(1, most - 1);
  const spread = Array.from({ length: most }, (_, i) => all[Math.round(i * stride)]).filter(
    (step) => step !== undefined,
  );
  return new Set([...spread, ...ends]);
}
