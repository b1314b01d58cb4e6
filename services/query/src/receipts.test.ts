import fc from 'fast-check';
import { receiptOf } from './receipts';

const writer = { topic: 'metrics', writer: 'w', points: 100 };

it('counts only inner gaps while a writer is open', () => {
  const stored = [
    { first: 1, last: 3 },
    { first: 6, last: 6 },
  ];
  expect(receiptOf({ ...writer, stored, closed: null })).toEqual({
    topic: 'metrics',
    writer: 'w',
    sent: null,
    sentPoints: null,
    stored: 4,
    points: 100,
    missing: 3,
    gaps: [
      { first: 0, last: 0 },
      { first: 4, last: 5 },
    ],
  });
});

it('counts everything that is not stored once the writer has closed', () => {
  const closed = { batches: 10, points: 250 };
  const receipt = receiptOf({ ...writer, stored: [{ first: 0, last: 6 }], closed });
  expect(receipt).toMatchObject({ sent: 10, sentPoints: 250, stored: 7, missing: 3, gaps: [{ first: 7, last: 9 }] });
  expect(receiptOf({ ...writer, stored: [], points: null, closed })).toMatchObject({
    stored: 0,
    points: 0,
    missing: 10,
  });
});

it('misses nothing of a writer that sent nothing', () => {
  const receipt = receiptOf({ ...writer, stored: [], closed: { batches: 0, points: 0 } });
  expect(receipt).toMatchObject({ sent: 0, stored: 0, missing: 0, gaps: [] });
});

it('does not miss what a writer stored beyond what it said it had sent', () => {
  const receipt = receiptOf({ ...writer, stored: [{ first: 0, last: 5 }], closed: { batches: 3, points: 0 } });
  expect(receipt).toMatchObject({ sent: 3, stored: 6, missing: 0, gaps: [] });
});

it('finds stored and missing to be all that was sent', () => {
  const ranges = fc.uniqueArray(fc.integer({ min: 0, max: 40 })).map((found) => {
    const sequences = new Set(found);
    const stored: Array<{ first: number; last: number }> = [];
    for (let i = 0; i <= 40; i++)
      if (sequences.has(i)) {
        const before = stored.at(-1);
        if (before?.last === i - 1) before.last = i;
        else stored.push({ first: i, last: i });
      }
    return stored;
  });
  fc.assert(
    fc.property(ranges, (stored) => {
      const receipt = receiptOf({ ...writer, stored, closed: { batches: 41, points: 0 } });
      expect(receipt.stored + receipt.missing).toBe(41);
      expect(receipt.gaps.reduce((sum, gap) => sum + gap.last - gap.first + 1, 0)).toBe(receipt.missing);
    }),
  );
});
