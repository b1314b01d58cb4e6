import { isUuid, uuidv7 } from './ids';

describe('UUIDv7', () => {
  it('is one of RFC 9562, with the time in front', () => {
    const id = uuidv7();
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(isUuid(id)).toBe(true);
    expect(Math.abs(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16) - Date.now())).toBeLessThan(1_000);
  });

  it('rises, within a millisecond, over many of them, and when the clock goes back', () => {
    const now = Date.now() + 60_000;
    const ids = [
      ...Array.from({ length: 20_000 }, () => uuidv7(now)),
      ...Array.from({ length: 100 }, () => uuidv7(now - 10_000)),
      uuidv7(now + 5_000),
    ];
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each([
    '',
    'x',
    '019B7C5E-0000-7000-8000-000000000001',
    '019b7c5e-0000-0000-8000-000000000001',
    '019b7c5e000070008000000000000001',
  ])('is not %p', (text) => expect(isUuid(text)).toBe(false));
});
