import { Fault } from '@runledger/kernel';
import type { ByteRange } from './artifacts';

export const badRange = (): Fault =>
  new Fault('invalid', 'ARTIFACTS_BAD_RANGE', 'the range must lie within the bytes that there are');

/** What can be known without the size. @throws Fault invalid ARTIFACTS_BAD_RANGE */
export function checkRange({ first, last }: ByteRange): void {
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last) || first < 0 || last < first) throw badRange();
}
