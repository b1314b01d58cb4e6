const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

const ofNumber = (value: number): string => {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0.0' : String(value);
  return `"${value}"`;
};

/** int64 as JSON carries it: a number when every reader keeps it exactly, else a string of its digits. */
const ofBigint = (value: bigint): string => (value <= SAFE && value >= -SAFE ? String(value) : `"${value}"`);

function ofArray(items: readonly unknown[]): string {
  let text = '[';
  for (let i = 0; i < items.length; i++) text += (i === 0 ? '' : ',') + exactJson(items[i] ?? null);
  return `${text}]`;
}

/** Loops, since answers have tens of thousands of small objects. */
function ofObject(value: object): string {
  if (Array.isArray(value)) return ofArray(value);
  if (value instanceof JsonText) return value.text;
  if (value instanceof Date) return JSON.stringify(value);
  let text = '{';
  for (const name of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[name];
    if (member !== undefined) text += `${text.length === 1 ? '' : ','}${JSON.stringify(name)}:${exactJson(member)}`;
  }
  return `${text}}`;
}

/** A part of an answer that is JSON already. */
export class JsonText {
  constructor(readonly text: string) {}
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
