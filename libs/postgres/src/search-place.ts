/** What a part of a place is. */
export type PlacePart = Readonly<{ type: 'text' | 'float8' | 'int8' | 'timestamptz'; nullable: boolean }>;

const isInteger = (text: string): boolean =>
  /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);

/** As Postgres writes each of them, and so can read it. */
const READABLE: Readonly<Record<PlacePart['type'], (text: string) => boolean>> = {
  text: () => true,
  float8: (text) => /^(NaN|-?Infinity|-?\d+(\.\d+)?(e[+-]\d{1,3})?)$/.test(text),
  int8: isInteger,
  timestamptz: (text) => /^\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d){0,2}( BC)?$/.test(text),
};

/** Whether a place is one in this order: a token may be of another release, which ordered otherwise. */
export const isPlaceOf = (parts: readonly PlacePart[], place: ReadonlyArray<string | null>): boolean =>
  place.length === parts.length &&
  parts.every(({ type, nullable }, i) => {
    const text = place[i] ?? null;
    return text === null ? nullable : READABLE[type](text);
  });
