import type { AlignedCurve } from './align-curves';
import { outlierRanks } from './rank-outliers';

const rank = (writer: string, line: Array<number | null>): AlignedCurve => ({
  run: 'r',
  writer,
  key: 'k',
  line,
  low: [],
  high: [],
  odd: [],
});
const others = Array.from({ length: 6 }, (_, i) =>
  rank(
    `w${i}`,
    [1, 2, 3].map((value) => value + i / 100),
  ),
);

it('finds the rank that stays far from the others', () => {
  expect(outlierRanks([...others, rank('slow', [9, 9, 9])]).map(({ writer }) => writer)).toEqual(['slow']);
});

it('takes one spike for no rank that is odd, nor ranks of which there are few', () => {
  expect(outlierRanks([...others, rank('spiky', [1, 99, 3])])).toEqual([]);
  expect(outlierRanks([...others.slice(0, 2), rank('slow', [9, 9, 9])])).toEqual([]);
});

it('finds a rank that differs where all others are equal', () => {
  const equal = others.map(({ writer = '' }) => rank(writer, [1, 1]));
  expect(outlierRanks([...equal, rank('odd', [1.5, 1.5])])[0]?.writer).toBe('odd');
});
