import { type FilterNames, offersAt, takeOffer, writeKey } from './filter-offers';
import { filterPlace } from './filter-place';

const NAMES: FilterNames = {
  params: new Map([
    ['lr', ['0.1', '0.01', 'auto']],
    ['odd `key`', ["it's"]],
  ]),
  tags: new Map([['team', ['vision']]]),
  metrics: ['val/loss', 'loss.min', 'lr_now'],
};
const offered = (text: string): string[] => offersAt(filterPlace(text, text.length), NAMES).map((offer) => offer.text);

it('offers names that contain what is typed, those that begin so first', () => {
  expect(offered('lr')).toEqual(['params.lr', 'metrics.lr_now']);
  expect(offered('loss')).toEqual(['metrics.`loss.min`', 'metrics.val/loss']);
  expect(offered('metrics.val/loss.')).toEqual([
    'metrics.val/loss.min',
    'metrics.val/loss.max',
    'metrics.val/loss.last',
  ]);
});

it('offers the comparators of the kind', () => {
  expect(offered('metrics.val/loss ')).not.toContain('LIKE');
  expect(offered('params.lr ')).toEqual(expect.arrayContaining(['>=', 'LIKE', 'IN (']));
  expect(offered('tags.team ')).not.toContain('>=');
});

it('offers values in quotes, and numbers for an order', () => {
  expect(offered('params.lr = ')).toEqual(["'0.1'", "'0.01'", "'auto'"]);
  expect(offered("params.lr = '0.0")).toEqual(["'0.01'"]);
  expect(offered('params.lr >= ')).toEqual(['0.1', '0.01']);
  expect(offered(`${writeKey('params', 'odd `key`')} = `)).toEqual(["'it''s'"]);
  expect(offered('status = ')).toContain("'FAILED'");
});

it('puts an offer in the place of what was typed', () => {
  const text = 'lr AND x';
  const place = filterPlace(text, 2);
  expect(takeOffer(text, 2, place, { text: 'params.lr', kind: '' })).toEqual({
    text: 'params.lr AND x',
    cursor: 10,
  });
});
