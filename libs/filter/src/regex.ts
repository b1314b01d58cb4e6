/** Code points, as inclusive ranges in order that do not touch. */
export type CharSet = ReadonlyArray<readonly [low: number, high: number]>;

/** A regular expression as far as it matters which texts it matches: no captures, no greed. */
export type Regex =
  | Readonly<{ is: 'chars'; set: CharSet }>
  | Readonly<{ is: 'start' | 'end' | 'boundary' | 'inside' }>
  | Readonly<{ is: 'sequence'; items: readonly Regex[] }>
  | Readonly<{ is: 'either'; items: readonly Regex[] }>
  | Readonly<{ is: 'repeat'; item: Regex; least: number; most: number | null }>;

export const MAX_CODE_POINT = 0x10ffff;

/** Sorts ranges, and joins those that touch. */
export function charSet(ranges: ReadonlyArray<readonly [number, number]>): CharSet {
  const joined: Array<[number, number]> = [];
  for (const [low, high] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else joined.push([low, high]);
  }
  return joined;
}

export function complement(set: CharSet): CharSet {
  const rest: Array<[number, number]> = [];
  let from = 0;
  for (const [low, high] of set) {
    if (low > from) rest.push([from, low - 1]);
    from = high + 1;
  }
  if (from <= MAX_CODE_POINT) rest.push([from, MAX_CODE_POINT]);
  return rest;
}
