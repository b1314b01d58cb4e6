const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

const ofNumber = (value: number): string => {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0.0' : String(value);
  return `"${value}"`;
};

/** int64 as JSON carries it: a number when every reader keeps it exactly, else a string of its digits. */
const ofBigint = (value: bigint): string => (value <= SAFE && value >= -SAFE ? String(value) : `"${value}"`);

function ofObject(value: object): string {
  if (Array.isArray(value)) return `[${value.map((item) => exactJson(item ?? null)).join(',')}]`;
  if (value instanceof Date) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${exactJson(member)}`).join(',')}}`;
}

/**
 * JSON of an answer, with every number exact: NaN and the infinities are strings, as are integers (bigint) beyond 2^53, and
 * -0 keeps its sign. JSON.stringify would write null, throw, and lose the sign.
 */
export function exactJson(value: unknown): string {
  if (typeof value === 'number') return ofNumber(value);
  if (typeof value === 'bigint') return ofBigint(value);
  if (typeof value === 'object' && value !== null) return ofObject(value);
  return JSON.stringify(value) ?? 'null';
}
