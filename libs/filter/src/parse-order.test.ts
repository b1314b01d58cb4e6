import { isFault } from '@runledger/kernel';
import { compareItems } from './compare-items';
import type { Item } from './evaluate';
import { parseOrder } from './parse-order';
import { printOrder } from './print-filter';

const codeOf = (texts: string[], entity: Parameters<typeof parseOrder>[1] = 'run'): string => {
  try {
    parseOrder(texts, entity);
  } catch (error) {
    if (isFault(error)) return error.code;
    throw error;
  }
  return 'none';
};

describe('an order', () => {
  it.each([
    ['metrics.loss', 'metrics.`loss` ASC'],
    ['metrics.`val loss` DESC', 'metrics.`val loss` DESC'],
    ['metrics.loss.min asc', 'metrics.`loss`.min ASC'],
    ['params."a b" desc', 'params.`a b` DESC'],
    ['Created DESC', 'start_time DESC'],
    ['attribute.`Run name`', 'run_name ASC'],
    ['tags.x', 'tags.`x` ASC'],
  ])('%s', (text, printed) => {
    const order = parseOrder([text], 'run');
    expect(order.map(printOrder)).toEqual([printed]);
    expect(parseOrder(order.map(printOrder), 'run')).toEqual(order);
  });

  it('is refused when it names something twice, under whichever name', () => {
    expect(codeOf(['Created', 'attributes.start_time DESC'])).toBe('FILTER_BAD_ORDER');
    expect(codeOf(['metrics.loss', 'metrics.loss.min'])).toBe('none');
  });

  it('is refused when it is none', () => {
    expect(codeOf(['metrics.loss upwards'])).toBe('FILTER_BAD_ORDER');
    expect(codeOf(['metrics.loss; select 1'])).toBe('FILTER_BAD_SYNTAX');
    expect(codeOf([''])).toBe('FILTER_BAD_SYNTAX');
    expect(codeOf(['datasets.name'])).toBe('FILTER_BAD_ORDER');
    expect(codeOf(['tags.x'], 'experiment')).toBe('FILTER_BAD_ORDER');
    expect(codeOf(['timestamp'], 'registered-model')).toBe('none');
    expect(codeOf(Array(20).fill('tags.x'))).toBe('FILTER_TOO_LARGE');
  });

  it('puts values first, then NaN, then what is missing, both ways', () => {
    const at = (value: number): Item => ({
      attributes: {},
      metrics: new Map([['m', { latest: value, last: value, min: value, max: value }]]),
    });
    const [missing, nan, low, high] = [
      { attributes: {} },
      at(Number.NaN),
      at(Number.NEGATIVE_INFINITY),
      at(2),
    ] as const;
    const sorted = (text: string) =>
      [missing, nan, low, high].sort((a, b) => compareItems(a, b, parseOrder([text], 'run')));
    expect(sorted('metrics.m')).toEqual([low, high, nan, missing]);
    expect(sorted('metrics.m DESC')).toEqual([high, low, nan, missing]);
  });
});
