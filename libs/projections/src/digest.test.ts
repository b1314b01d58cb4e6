import { eventDigest } from './digest';

const digest = (data: unknown, more: object = {}): string =>
  eventDigest({ id: 'e', type: 'tags.set', time: 't', dataversion: 1, data, ...more }).toString('hex');

describe("an event's digest", () => {
  it('is of what was said, whatever the order of members, the id and the time', () => {
    expect(digest({ a: 1, b: { c: [1, { d: 2, e: 3 }] } })).toBe(digest({ b: { c: [1, { e: 3, d: 2 }] }, a: 1 }));
    expect(digest({}, { id: 'other', time: 'later' })).toBe(digest({}));
  });

  it.each([
    [{ a: 1 }, { a: 2 }],
    [{ a: [1, 2] }, { a: [2, 1] }],
    [{ a: 1 }, [['a', 1]]],
    [{ a: '1' }, { a: 1 }],
    [{ a: null }, {}],
    [{ a: 'é' }, { a: 'e\u0301' }],
  ])('tells %j from %j', (one, other) => expect(digest(one)).not.toBe(digest(other)));

  it('tells types and versions apart', () => {
    expect(digest({}, { type: 'tags.deleted' })).not.toBe(digest({}));
    expect(digest({}, { dataversion: 2 })).not.toBe(digest({}));
  });

  it('is the same in every release: it is compared with those that others have stored', () => {
    expect(digest({ tags: [{ key: 'ü', value: '🚀' }] })).toBe(
      '572100a9d820d0c029086a50860e5ac7e89caa6751b25146b7e591305c36802b',
    );
  });
});
