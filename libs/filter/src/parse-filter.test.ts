import { isFault } from '@runledger/kernel';
import fc from 'fast-check';
import { type Entity, VOCABULARIES } from './entities';
import type { Field, Filter, Test } from './filter';
import { parseFilter } from './parse-filter';
import { printFilter } from './print-filter';
import { typeOf } from './read-field';

const refusalOf = (text: string, entity: Entity = 'run'): [string, unknown] => {
  try {
    parseFilter(text, entity);
  } catch (error) {
    if (isFault(error)) return [error.code, error.context['offset']];
    throw error;
  }
  throw new Error(`this was not refused: ${text}`);
};

const number = (field: Field, comparator: string, value: number) => ({ is: 'number', field, comparator, value });
const loss = { part: 'metric', key: 'loss', value: 'latest' } as const;

describe("MLflow's filters", () => {
  it.each([
    ['', { is: 'all', terms: [] }],
    ['metrics.loss < 0.5', number(loss, '<', 0.5)],
    ['metric.loss>=-1e-3', number(loss, '>=', -0.001)],
    ['`metrics`.loss = 1', number(loss, '=', 1)],
    ['metrics.`val loss` != 1', number({ ...loss, key: 'val loss' }, '!=', 1)],
    ['metrics."val/loss" != 1', number({ ...loss, key: 'val/loss' }, '!=', 1)],
    ['metrics.val.loss > 1', number({ ...loss, key: 'val.loss' }, '>', 1)],
    ['params.lr = "0.1"', { is: 'text', field: { part: 'param', key: 'lr' }, comparator: '=', value: '0.1' }],
    ["parameter.lr = '0.1'", { is: 'text', field: { part: 'param', key: 'lr' }, comparator: '=', value: '0.1' }],
    [
      "tags.`mlflow.user` ILIKE 'a%'",
      { is: 'match', field: { part: 'tag', key: 'mlflow.user' }, matcher: 'ILIKE', pattern: 'a%' },
    ],
    ["tag.x like '_'", { is: 'match', field: { part: 'tag', key: 'x' }, matcher: 'LIKE', pattern: '_' }],
    ['params.x IS NULL', { is: 'absent', field: { part: 'param', key: 'x' }, negated: false }],
    ['tags.x is not null', { is: 'absent', field: { part: 'tag', key: 'x' }, negated: true }],
    [
      'run_id IN (\'a\', "b",)',
      { is: 'among', field: { part: 'attribute', key: 'run_id' }, values: ['a', 'b'], negated: false },
    ],
    [
      "attributes.run_id not in ('a')",
      { is: 'among', field: { part: 'attribute', key: 'run_id' }, values: ['a'], negated: true },
    ],
    [
      "status = 'finished'",
      { is: 'text', field: { part: 'attribute', key: 'status' }, comparator: '=', value: 'FINISHED' },
    ],
    ['Created > 12', number({ part: 'attribute', key: 'start_time' }, '>', 12)],
    [
      'attr."Run name" = \'x\'',
      { is: 'text', field: { part: 'attribute', key: 'run_name' }, comparator: '=', value: 'x' },
    ],
    ["datasets.name = 'd'", { is: 'text', field: { part: 'dataset', key: 'name' }, comparator: '=', value: 'd' }],
  ])('%s', (text, tree) => {
    expect(parseFilter(text, 'run')).toEqual(tree);
  });

  it.each<[Entity, string]>([
    ['experiment', "name LIKE 'a%' AND tags.team = 'x' AND creation_time > 5 AND experiment_id IN ('1')"],
    ['registered-model', "name ILIKE '%a%' AND tags.`x y` != 'b'"],
    ['model-version', "name = 'm' AND version_number > 3 AND run_id IN ('a') AND source_path = 'p' AND tag.x = 'y'"],
    ['logged-model', "attributes.model_type = 'x' AND metrics.acc > 0.5 AND params.lr = '1' AND creation_time > 5"],
  ])('of %s are read', (entity, text) => {
    expect(printFilter(parseFilter(text, entity))).toContain('AND');
  });
});

describe('beyond MLflow', () => {
  it('there are OR, NOT and parentheses, of which NOT binds most and OR least', () => {
    expect(
      printFilter(parseFilter("NOT params.a='1' AND params.b='2' OR (params.c='3' AND params.d='4')", 'run')),
    ).toBe("(NOT params.`a` = '1' AND params.`b` = '2') OR (params.`c` = '3' AND params.`d` = '4')");
  });

  it('a metric has its least, greatest and last value, unless the whole name is quoted', () => {
    expect(parseFilter('metrics.loss.min < 0.1', 'run')).toEqual(number({ ...loss, value: 'min' }, '<', 0.1));
    expect(parseFilter('metrics.`a.b`.last < 0.1', 'run')).toEqual(
      number({ ...loss, key: 'a.b', value: 'last' }, '<', 0.1),
    );
    expect(parseFilter('metrics.`loss.min` < 0.1', 'run')).toEqual(number({ ...loss, key: 'loss.min' }, '<', 0.1));
    expect(parseFilter("params.a.min = '1'", 'run')).toMatchObject({ field: { part: 'param', key: 'a.min' } });
  });

  it('a param is compared with numbers as a number, with texts as a text', () => {
    const lr = { part: 'param', key: 'lr' } as const;
    expect(parseFilter('params.lr >= 1e-3', 'run')).toEqual(number(lr, '>=', 0.001));
    expect(parseFilter('params.lr = 0.1', 'run')).toEqual(number(lr, '=', 0.1));
    expect(parseFilter("params.lr = '0.1'", 'run')).toMatchObject({ is: 'text', value: '0.1' });
  });

  it('quotes are doubled inside quotes', () => {
    expect(parseFilter("tags.`a``b` = 'it''s'", 'run')).toEqual({
      is: 'text',
      field: { part: 'tag', key: 'a`b' },
      comparator: '=',
      value: "it's",
    });
  });
});

describe('a filter is refused with the place where it went wrong', () => {
  it.each([
    ['metrics.loss', 'FILTER_BAD_COMPARISON', 12],
    ["metrics.loss = '1'", 'FILTER_BAD_COMPARISON', 15],
    ["metrics.loss LIKE '1'", 'FILTER_BAD_COMPARISON', 13],
    ["params.lr > '0.1'", 'FILTER_BAD_COMPARISON', 12],
    ['params.lr BETWEEN 1', 'FILTER_BAD_COMPARISON', 10],
    ['tags.lr > 0.1', 'FILTER_BAD_COMPARISON', 8],
    ['params.lr = x', 'FILTER_BAD_COMPARISON', 12],
    ['params.lr IN ()', 'FILTER_BAD_COMPARISON', 14],
    ["params.lr = 'x", 'FILTER_BAD_SYNTAX', 12],
    ["params.lr = 'x' params.b = 'y'", 'FILTER_BAD_SYNTAX', 16],
    ["params.lr = 'x' AND", 'FILTER_BAD_SYNTAX', 19],
    ["(params.lr = 'x'", 'FILTER_BAD_SYNTAX', 16],
    ["params.lr = 'x'; drop table x", 'FILTER_BAD_SYNTAX', 15],
    ["params.`a`b = 'x'", 'FILTER_BAD_SYNTAX', 0],
    ["'x' = 'x'", 'FILTER_BAD_SYNTAX', 0],
    ["nothing = 'x'", 'FILTER_UNKNOWN_FIELD', 0],
    ["constructor = 'x'", 'FILTER_UNKNOWN_FIELD', 0],
    ["things.x = 'x'", 'FILTER_UNKNOWN_FIELD', 0],
    ["params.`` = 'x'", 'FILTER_UNKNOWN_FIELD', 0],
    ["datasets.size = 'x'", 'FILTER_UNKNOWN_FIELD', 0],
    ['datasets.name IS NULL', 'FILTER_BAD_COMPARISON', 17],
    ["tags.x RLIKE 'a(?=b)'", 'FILTER_BAD_REGEX', 17],
    ["tags.x = '\u0000'", 'FILTER_BAD_SYNTAX', 0],
    ["tags.x = '\ud800'", 'FILTER_BAD_SYNTAX', 0],
  ])('%s', (text, code, offset) => {
    expect(refusalOf(text)).toEqual([code, offset]);
  });

  it.each<[Entity, string, string]>([
    ['experiment', 'metrics.x > 1', 'FILTER_UNKNOWN_FIELD'],
    ['experiment', "params.x = '1'", 'FILTER_UNKNOWN_FIELD'],
    ['experiment', 'creation_time > 1.5', 'FILTER_BAD_COMPARISON'],
    ['experiment', "experiment_id LIKE '1%'", 'FILTER_BAD_COMPARISON'],
    ['registered-model', 'creation_timestamp > 1', 'FILTER_UNKNOWN_FIELD'],
    ['model-version', "version_number = '1'", 'FILTER_BAD_COMPARISON'],
  ])('of %s: %s', (entity, text, code) => {
    expect(refusalOf(text, entity)[0]).toBe(code);
  });

  it('quickly, when it is too large', () => {
    const begun = performance.now();
    expect(refusalOf('x'.repeat(1_000_000))[0]).toBe('FILTER_TOO_LARGE');
    expect(refusalOf('('.repeat(10_000))[0]).toBe('FILTER_TOO_LARGE');
    expect(refusalOf('NOT '.repeat(10_000))[0]).toBe('FILTER_TOO_LARGE');
    expect(refusalOf(Array(200).fill("tags.x = 'y'").join(' OR '))[0]).toBe('FILTER_TOO_LARGE');
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});

const key = fc.oneof(
  fc.constantFrom('a', 'loss.min', 'a`b', 'a"b', "it's", 'val/loss', 'ünï', 'AND'),
  fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }).filter((k) => !k.includes('\0') && k.isWellFormed()),
);
const text = fc.string({ maxLength: 6, unit: 'grapheme' }).filter((t) => !t.includes('\0') && t.isWellFormed());

const fieldOf = (entity: Entity): fc.Arbitrary<Field> => {
  const { attributes, prefixes } = VOCABULARIES[entity];
  const parts = new Set(Object.values(prefixes));
  const all: Array<fc.Arbitrary<Field>> = [
    fc.constantFrom(...Object.keys(attributes)).map((name) => ({ part: 'attribute', key: name })),
    key.map((k): Field => ({ part: 'tag', key: k })),
  ];
  if (parts.has('param')) all.push(key.map((k): Field => ({ part: 'param', key: k })));
  if (parts.has('metric'))
    all.push(
      fc
        .tuple(key, fc.constantFrom('latest' as const, 'last' as const, 'min' as const, 'max' as const))
        .map(([k, value]): Field => ({ part: 'metric', key: k, value })),
    );
  if (parts.has('dataset'))
    all.push(
      fc
        .constantFrom('name' as const, 'digest' as const, 'context' as const)
        .map((k): Field => ({ part: 'dataset', key: k })),
    );
  if (parts.has('link'))
    all.push(
      fc
        .constantFrom('kind' as const, 'uri' as const, 'external_id' as const, 'version' as const)
        .map((k): Field => ({ part: 'link', key: k })),
    );
  return fc.oneof(...all);
};

function testOf(field: Field, entity: Entity): fc.Arbitrary<Test> {
  const type = typeOf(field, entity);
  const absent = fc.boolean().map((negated): Test => ({ is: 'absent', field, negated }));
  if (type === 'number' || type === 'integer')
    return fc.oneof(
      absent,
      fc
        .tuple(
          fc.constantFrom('=' as const, '!=' as const, '<' as const, '<=' as const, '>' as const, '>=' as const),
          type === 'integer' ? fc.integer() : fc.double({ noNaN: true }),
        )
        .map(([comparator, value]): Test => ({ is: 'number', field, comparator, value })),
    );
  const word = type === 'word' ? text.map((t) => t.toUpperCase()) : text;
  const tests: Array<fc.Arbitrary<Test>> = [
    fc
      .tuple(fc.constantFrom('=' as const, '!=' as const), word)
      .map(([comparator, value]) => ({ is: 'text', field, comparator, value })),
    fc
      .tuple(fc.array(word, { minLength: 1, maxLength: 3 }), fc.boolean())
      .map(([values, negated]) => ({ is: 'among', field, values, negated })),
  ];
  if (type !== 'id')
    tests.push(
      fc
        .tuple(fc.constantFrom('LIKE' as const, 'ILIKE' as const), word)
        .map(([matcher, pattern]) => ({ is: 'match', field, matcher, pattern })),
      fc.constantFrom('a+|b', "x'y", '^$').map((pattern) => ({ is: 'match', field, matcher: 'RLIKE', pattern })),
    );
  if (field.part !== 'dataset' && field.part !== 'link') tests.push(absent);
  return fc.oneof(...tests);
}

const filterOf = (entity: Entity): fc.Arbitrary<Filter> =>
  fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fieldOf(entity).chain((field) => testOf(field, entity)),
      fc.array(tie('filter'), { minLength: 2, maxLength: 3 }).map((terms): Filter => ({ is: 'all', terms })),
      fc.array(tie('filter'), { minLength: 2, maxLength: 3 }).map((terms): Filter => ({ is: 'any', terms })),
      tie('filter').map((term): Filter => ({ is: 'not', term })),
    ),
  })).filter;

describe('a filter that is printed', () => {
  it.each(Object.keys(VOCABULARIES) as Entity[])(
    'is read as the same tree again, for every filter of a %s',
    (entity) => {
      fc.assert(
        fc.property(filterOf(entity), (filter) => {
          expect(parseFilter(printFilter(filter), entity)).toEqual(filter);
        }),
        { numRuns: 300 },
      );
    },
  );

  it('needs no clause for any text that it may be given', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), (given) => {
        try {
          parseFilter(given, 'run');
        } catch (error) {
          expect(isFault(error) && error.kind).toBe('invalid');
        }
      }),
    );
  });
});
