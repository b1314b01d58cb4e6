import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@runledger/testkit';
import { makeSocketFolder } from './socket-folder';

const SELF = { name: 'self' };
const folder = temporaryFolder('socket');
afterAll(() => folder.remove());

function beside(name: string): string {
  const path = join(folder.path, name);
  mkdirSync(path);
  return path;
}

it('makes a folder that is closed to others, and takes away what a killed server left in it', () => {
  const at = beside('short');
  const path = makeSocketFolder(at, SELF);
  expect(path).toBe(join(at, 'socket'));
  expect(statSync(path ?? '').mode & 0o777).toBe(0o700);
  writeFileSync(join(at, 'socket', '.s.PGSQL.5432'), '');
  makeSocketFolder(at, SELF);
  expect(readdirSync(join(at, 'socket'))).toEqual([]);
});

it('counts the bytes of the path of a socket in it, to the last', () => {
  const rest = 107 - Buffer.byteLength(join(folder.path, 'é', 'socket', '.s.PGSQL.65535'));
  expect(rest).toBeGreaterThan(0);
  expect(makeSocketFolder(beside(`é${'x'.repeat(rest)}`), SELF)).not.toBeNull();
  const longer = beside(`é${'x'.repeat(rest + 1)}`);
  expect(makeSocketFolder(longer, SELF)).toBeNull();
  expect(existsSync(join(longer, 'socket'))).toBe(false);
});

it.each(['with a blank', 'with,comma', 'with"quote'])(
  'has none in a folder %s, which Postgres would take apart',
  (name) => {
    expect(makeSocketFolder(beside(name), SELF)).toBeNull();
  },
);
