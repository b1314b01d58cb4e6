import { addressSet } from './address';
import { checkTarget } from './check-target';

const said = (url: string, ...ranges: string[]): string => {
  try {
    checkTarget(url, addressSet(ranges));
    return 'fine';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a target that a user sets', () => {
  it.each([
    ['https://ci.example/hook', 'fine'],
    ['http://ci.example/hook', 'OUTBOUND_PLAIN'],
    ['http://1.1.1.1/', 'OUTBOUND_PLAIN'],
    ['https://1.1.1.1/', 'fine'],
    ['https://127.1/', 'OUTBOUND_PRIVATE'],
    ['https://localhost/', 'OUTBOUND_PRIVATE'],
    ['https://a.localhost:8080/', 'OUTBOUND_PRIVATE'],
    ['https://[::ffff:10.0.0.1]/', 'OUTBOUND_PRIVATE'],
    ['https://user@ci.example/', 'OUTBOUND_BAD_URL'],
    ['gopher://ci.example/', 'OUTBOUND_BAD_URL'],
  ])('%s is %s', (url, expected) => expect(said(url)).toBe(expected));

  it('may be private, and without TLS, where its range is allowed', () => {
    expect(said('http://127.0.0.1:8080/', '127.0.0.0/8')).toBe('fine');
    expect(said('http://localhost:8080/', '127.0.0.0/8')).toBe('fine');
    expect(said('http://10.0.0.1/', '127.0.0.0/8')).toBe('OUTBOUND_PRIVATE');
    expect(said('http://inner.example/', '10.0.0.0/8')).toBe('fine');
  });
});
