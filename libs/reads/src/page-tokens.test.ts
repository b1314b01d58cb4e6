import { z } from 'zod';
import { createPageTokens } from './page-tokens';

const tokens = createPageTokens('secret');
const list = ['runs', 'w', 'e', undefined];
const shape = z.strictObject({ run: z.string() });
const refused = 'this page token does not belong to this list';

it('opens what it sealed, for the same list', () => {
  const token = tokens.seal(list, { run: 'rün' });
  expect(tokens.open(list, token, shape)).toEqual({ run: 'rün' });
  expect(tokens.open(list, undefined, shape)).toBeUndefined();
  expect(token).toMatch(/^[\w.-]+$/);
});

it('opens nothing for another list, another workspace, or another secret', () => {
  const token = tokens.seal(list, { run: 'r' });
  for (const other of [['tags', 'w', 'e'], ['runs', 'v', 'e'], ['runs', 'w', 'f'], ['runs', 'w'], []])
    expect(() => tokens.open(other, token, shape)).toThrow(refused);
  expect(() => createPageTokens('other').open(list, token, shape)).toThrow(refused);
});

it('opens nothing that was changed or made up', () => {
  const token = tokens.seal(list, { run: 'r' });
  const [body = '', mac = ''] = token.split('.');
  const forged = Buffer.from(JSON.stringify({ run: 'z' })).toString('base64url');
  for (const bad of ['', '.', body, `${body}.`, `.${mac}`, `${forged}.${mac}`, `${token}x`, 'x'.repeat(10_000)])
    expect(() => tokens.open(list, bad, shape)).toThrow(refused);
});

it('opens nothing that another release sealed for this list, with places of another kind', () => {
  for (const place of [{}, { run: 7 }, { run: 'r', more: 1 }, ['r'], 'r', null])
    expect(() => tokens.open(list, tokens.seal(list, place), shape)).toThrow(refused);
});
