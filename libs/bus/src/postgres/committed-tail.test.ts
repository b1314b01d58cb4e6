import { CommittedTail } from './committed-tail';

const place = { topic: 'runledger.runs.v1', partition: 0 };
const other = { ...place, partition: 1 };
const limits = { maxRecords: 100, maxBytes: 1e9 };

const stretch = (n: number, bytes = 10, where = place) => ({
  ...where,
  records: Array.from({ length: n }, () => ({
    topic: place.topic,
    key: 'k',
    headers: {},
    value: new Uint8Array(bytes),
  })),
});
const at = (first: number) => ({ first, appended: 1 });

describe('the committed tail', () => {
  const offsets = (tail: CommittedTail, from: number, of = limits) => tail.take(place, from, of).map((r) => r.offset);
  function tailWith(maxBytes = 1e9): CommittedTail {
    const tail = new CommittedTail(maxBytes);
    tail.open(place);
    return tail;
  }

  it('gives neighbours from any offset it has, across transactions', () => {
    const tail = tailWith();
    tail.add(stretch(3), at(10));
    tail.add(stretch(2), at(13));
    expect(offsets(tail, 10)).toEqual([10, 11, 12, 13, 14]);
    expect(offsets(tail, 12)).toEqual([12, 13, 14]);
    expect(offsets(tail, 14)).toEqual([14]);
    expect(offsets(tail, 9)).toEqual([]);
    expect(offsets(tail, 15)).toEqual([]);
  });

  it('forgets what lies before a gap: another process has written there', () => {
    const tail = tailWith();
    tail.add(stretch(3), at(0));
    tail.add(stretch(1), at(5));
    expect(offsets(tail, 0)).toEqual([]);
    expect(offsets(tail, 3)).toEqual([]);
    expect(offsets(tail, 5)).toEqual([5]);
  });

  it('keeps the newest within its bytes, over all partitions', () => {
    const tail = tailWith(8_000);
    tail.open(other);
    tail.add(stretch(1, 3_000), at(0));
    tail.add(stretch(1, 3_000, other), at(0));
    tail.add(stretch(1, 3_000), at(1));
    expect(offsets(tail, 0)).toEqual([]);
    expect(offsets(tail, 1)).toEqual([1]);
    expect(tail.take(other, 0, limits)).toHaveLength(1);
    tail.add(stretch(1, 20_000), at(2));
    expect(offsets(tail, 1)).toEqual([]);
    expect(offsets(tail, 2)).toEqual([]);
    tail.add(stretch(1, 10), at(3));
    expect(offsets(tail, 3)).toEqual([3]);
  });

  it('keeps to the limits of a batch, but gives one record whatever its size', () => {
    const tail = tailWith();
    tail.add(stretch(5, 100), at(0));
    expect(offsets(tail, 0, { maxRecords: 2, maxBytes: 1e9 })).toEqual([0, 1]);
    expect(offsets(tail, 1, { maxRecords: 9, maxBytes: 250 })).toEqual([1, 2]);
    expect(offsets(tail, 0, { maxRecords: 9, maxBytes: 1 })).toEqual([0]);
  });

  it('keeps nothing of what nobody consumes, nor the large buffer that a small value is a part of', () => {
    const tail = tailWith();
    tail.add(stretch(1, 10, other), at(0));
    expect(tail.take(other, 0, limits)).toEqual([]);
    const value = new Uint8Array(1_000_000).subarray(5, 10);
    tail.add({ ...place, records: [{ topic: place.topic, key: 'k', headers: {}, value }] }, at(0));
    expect(tail.take(place, 0, limits)[0]?.value.buffer.byteLength).toBe(5);
  });
});
