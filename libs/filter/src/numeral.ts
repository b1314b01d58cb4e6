/** A decimal number as people write it. POSIX and RE2 alike, so that stores and the plain definition read the same. */
export const NUMERAL = '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$';
const NUMERAL_REGEX = new RegExp(NUMERAL);

/** The number that a text is; null where it is none, or none that a double can hold. */
export function numberOfText(text: string): number | null {
  if (!NUMERAL_REGEX.test(text)) return null;
  const number = Number(text);
  const isTooSmall = number === 0 && /[1-9]/.test(text.replace(/[eE].*$/, ''));
  return Number.isFinite(number) && !isTooSmall ? number : null;
}
