import { exactJson } from '@runledger/http';
import type { HistoryPage } from '@runledger/reads';

/** From these halves on, high half first, an int64 is not exact as a double. */
const SAFE_HIGH = 2 ** 21;

/** An int64 of a column, as JSON carries it, mostly without making a bigint. */
function integerAt(column: BigInt64Array, halves: Int32Array, at: number): string {
  const high = halves[2 * at + 1] ?? 0;
  if (high >= SAFE_HIGH || high <= -SAFE_HIGH) return exactJson(column[at] ?? 0n);
  return String(high * 4_294_967_296 + ((halves[2 * at] ?? 0) >>> 0));
}

const halvesOf = ({ buffer, byteOffset, length }: BigInt64Array): Int32Array =>
  new Int32Array(buffer, byteOffset, 2 * length);

/** The items of a JSON array of metrics, as many as there are points. `run` is named in each when it is given. */
export function pointsJson({ steps, times, values }: HistoryPage, key: string, run?: string): string {
  const head = `{"key":${JSON.stringify(key)},"value":`;
  const tail = run === undefined ? '}' : `,"run_id":${JSON.stringify(run)}}`;
  const [stepHalves, timeHalves] = [halvesOf(steps), halvesOf(times)];
  let text = '';
  for (let i = 0; i < values.length; i++) {
    const [time, step] = [integerAt(times, timeHalves, i), integerAt(steps, stepHalves, i)];
    text += `${i === 0 ? '' : ','}${head}${exactJson(values[i])},"timestamp":${time},"step":${step}${tail}`;
  }
  return text;
}
