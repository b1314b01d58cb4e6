import { newLinks, withLinks } from './links';

const ticket = { kind: 'ticket', uri: 'https://tickets.example/1' };
const job = { kind: 'job', uri: 'https://ci.example/7', externalId: '7', version: '2' };
const held = [{ ...ticket, externalId: null, version: null }];

describe('links', () => {
  it('are kept once each, in the order in which they were first said', () => {
    expect(withLinks(held, [job, ticket, job])).toEqual([...held, job]);
    expect(newLinks(held, [ticket])).toEqual([]);
  });

  it('differ where any of the four differs', () => {
    const others = [
      { ...ticket, kind: 'issue' },
      { ...ticket, externalId: '1' },
      { ...ticket, version: '1' },
    ];
    expect(newLinks(held, others)).toEqual(others);
  });
});
