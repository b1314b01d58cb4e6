import type { Recorded } from '@runledger/contracts';
import { BadRangeFile, decodeRange, encodeRange, type RangeFile } from './range-file';

const record = (offset: number, more: Partial<Recorded> = {}): Recorded => ({
  topic: 'runledger.runs.v1',
  partition: 3,
  offset,
  appended: 1_790_000_000_000 + offset,
  key: `default/run/r${offset}`,
  headers: { ce_id: `e${offset}`, 'with "quotes\\"': 'ünï\n\u{1f680}', empty: '' },
  value: Buffer.from(`value ${offset}`),
  ...more,
});
const header = {
  incarnation: 'log-1',
  topic: 'runledger.runs.v1',
  partition: 3,
  first: 5,
  next: 8,
  previous: 'ab'.repeat(32),
};
const whole: RangeFile = {
  header,
  records: [
    record(5),
    record(6, { value: new Uint8Array(0), key: '', headers: {} }),
    record(7, { value: Uint8Array.from({ length: 256 }, (_, i) => i) }),
  ],
};
const asBuffers = ({ header: of, records }: RangeFile) => ({
  header: of,
  records: records.map((one) => ({ ...one, value: Buffer.from(one.value) })),
});
const refuses = (bytes: Buffer): void => expect(() => decodeRange(bytes)).toThrow(BadRangeFile);

it('gives back every record as it was, and the header', () => {
  expect(asBuffers(decodeRange(encodeRange(whole)))).toEqual(asBuffers(whole));
  const first = { header: { ...header, first: 0, next: 1, previous: null }, records: [record(0)] };
  expect(asBuffers(decodeRange(encodeRange(first)))).toEqual(asBuffers(first));
});

it('makes the same bytes of the same records', () => {
  expect(encodeRange(whole).equals(encodeRange(structuredClone(whole)))).toBe(true);
  expect(encodeRange(whole).toString('latin1')).toMatch(/^runledger\.archive\/1\n\{"incarnation":"log-1",.*\}\n/);
});

it('refuses a file that is cut anywhere, or that has more', () => {
  const bytes = encodeRange(whole);
  for (let length = 0; length < bytes.length; length++) refuses(bytes.subarray(0, length));
  refuses(Buffer.concat([bytes, Buffer.from([0])]));
});

it.each([
  ['a record is left out', { ...whole, records: [record(5), record(7)] }],
  ['records are out of order', { ...whole, records: [record(6), record(5), record(7)] }],
  ['it has one more than it says', { ...whole, records: [...whole.records, record(8)] }],
  ['it has none', { header: { ...header, next: 5 }, records: [] }],
  ['its header is not one', { ...whole, header: { ...header, partition: -1 } }],
])('refuses a file in which %s', (_, file) => refuses(encodeRange(file)));

it('refuses texts that are no UTF-8', () => {
  const bytes = encodeRange(whole);
  const at = bytes.indexOf('default/run/r5');
  bytes[at] = 0xff;
  refuses(bytes);
});
