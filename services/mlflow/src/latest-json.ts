import { exactJson } from '@runledger/http';
import type { LatestMetrics } from '@runledger/postgres';

/** So many digits every double keeps. */
const SAFE_DIGITS = 15;

/** An int64's digits, as JSON carries it. */
const integer = (digits: string): string => (digits.length <= SAFE_DIGITS ? digits : exactJson(BigInt(digits)));

/** A double's text, as JSON carries it: words are strings, and -0 keeps its sign. */
function double(text: string): string {
  if (text === '-0') return '-0.0';
  const last = text.charCodeAt(text.length - 1);
  return last >= 48 && last <= 57 ? text : `"${text}"`;
}

/** The items of a JSON array of metrics. A page of runs has thousands: they are written from columns, without an object each. */
export function latestJson({ names, values, steps, times }: LatestMetrics): string {
  let text = '';
  for (let i = 0; i < names.length; i++)
    text += `${i === 0 ? '' : ','}{"key":${JSON.stringify(names[i])},"value":${double(values[i] ?? '')},"timestamp":${integer(times[i] ?? '')},"step":${integer(steps[i] ?? '')}}`;
  return text;
}
