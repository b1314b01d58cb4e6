import type { AlignedCurves } from './align-curves';
import { csvOf, svgOf } from './curve-files';

const CURVES = {
  x: [1, 2, 3],
  curves: [
    { run: 'a', key: 'k', line: [1, null, 3], low: [0, null, 3], high: [2, null, 3], odd: [{ at: 2, what: 'NaN' }] },
    { run: 'b', key: 'k', line: [undefined, 5, undefined], low: [], high: [], odd: [] },
  ],
} as unknown as AlignedCurves;

it('writes what is drawn as a table, with what is not finite by its name', () => {
  expect(csvOf(CURVES, ['a "x", y', 'b'], 'step')).toBe(
    [
      'step,"a ""x"", y","a ""x"", y (low)","a ""x"", y (high)",b,b (low),b (high)',
      '1,1,0,2,,,',
      '2,NaN,,,5,,',
      '3,3,3,3,,,',
      '',
    ].join('\n'),
  );
});

it('draws a picture in which hostile names are text, and gaps stay gaps', () => {
  const look = { title: '<script>alert(1)</script>', names: ['"><img src=x>', 'b'], logY: false, axis: 'step' };
  const svg = svgOf(CURVES, look);
  expect(svg).not.toMatch(/<script|<img/);
  expect(svg).toContain('&lt;script&gt;');
  // The line of `a` begins twice, before and behind its gap.
  expect(svg.match(/d="(M[^"]*)" fill="none" stroke="#4263eb" stroke-width/)?.[1]?.match(/M/g)).toHaveLength(2);
  expect(svgOf({ x: [], curves: [] }, look)).toContain('</svg>');
});
