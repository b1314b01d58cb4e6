import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Lock = { packages: Record<string, Record<string, unknown>> };

const here = { version: '2.0.0', cpu: ['x64'], license: 'MIT', optional: true, os: ['linux'] };
const lockOf = (optionalDependencies: Record<string, string>): Lock => ({
  packages: {
    '': { name: 'fixture' },
    'node_modules/@engine/lib-linux-x64': here,
    'node_modules/engine': { version: '2.0.0', license: 'MIT', optionalDependencies },
  },
});

describe('the lock file', () => {
  let folder = '';
  const path = (): string => join(folder, 'package-lock.json');
  const run = (lock: Lock | null, ...args: string[]): { status: number | null; stderr: string } => {
    if (lock !== null) writeFileSync(path(), JSON.stringify(lock));
    return spawnSync(process.execPath, [join(__dirname, 'lock.mjs'), ...args], { cwd: folder, encoding: 'utf8' });
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'runledger-lock-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is refused when it lacks a package of another platform, and mended', () => {
    const lock = lockOf({ '@engine/lib-linux-x64': '2.0.0', '@engine/lib-darwin-arm64': '2.0.0' });
    const refused = run(lock, '--check');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('lacks @engine/lib-darwin-arm64');
    expect(run(null).status).toBe(0);
    expect(run(null, '--check')).toMatchObject({ status: 0, stderr: '' });
    const { packages } = JSON.parse(readFileSync(path(), 'utf8')) as Lock;
    expect(packages['node_modules/@engine/lib-darwin-arm64']).toEqual({ ...here, cpu: ['arm64'], os: ['darwin'] });
    expect(Object.keys(packages)[0]).toBe('');
  });

  it('is not guessed at', () => {
    const refused = run(lockOf({ 'some-package': '^1.0.0' }));
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('lacks some-package@^1.0.0');
  });
});
