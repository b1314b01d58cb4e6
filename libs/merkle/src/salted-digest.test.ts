import { createHmac } from 'node:crypto';
import { saltedDigest } from './salted-digest';

const text = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, at) => (at * 7) % 256));

it.each([0, 1, 20, 32, 63, 64, 65, 200])('is HMAC-SHA-256 under a salt of %i bytes', (salt) => {
  for (const length of [0, 1, 55, 56, 64, 1_000, 65_536, 70_000])
    expect(saltedDigest(text(salt), text(length))).toBe(
      createHmac('sha256', text(salt)).update(text(length)).digest('hex'),
    );
});

// RFC 4231, 4.3
it('is that of the standard', () => {
  expect(saltedDigest(Buffer.from('Jefe'), Buffer.from('what do ya want for nothing?'))).toBe(
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  );
});
