import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const advisory = (severity: string) => ({
  id: 1,
  url: 'https://advisories.test/1',
  title: 'Everybody gets in',
  severity,
  vulnerable_versions: '<2.0.0',
  cwe: [],
  cvss: { score: 0, vectorString: null },
});

const version = (number: string) => ({ name: 'a-package', version: number });

type Answer = Readonly<{ status: number; body: object }>;

describe('npm run audit', () => {
  let folder = '';
  let server: Server;
  let answer: Answer;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'runledger-audit-'));
    const dependencies = { 'a-package': '1.0.0' };
    const packages = { '': { name: 'fixture', dependencies }, 'node_modules/a-package': { version: '1.0.0' } };
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'fixture', dependencies }));
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ name: 'fixture', lockfileVersion: 3, packages }));
    server = createServer((request, response) => {
      request.resume();
      const packument = { name: 'a-package', versions: { '1.0.0': version('1.0.0'), '2.0.0': version('2.0.0') } };
      const { status, body } = request.url === '/a-package' ? { status: 200, body: packument } : answer;
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
  afterAll(async () => {
    await new Promise((done) => server.close(done));
    rmSync(folder, { recursive: true });
  });

  /** Its registry is the server above, which answers what the test says. */
  const audit = (told: Answer): Promise<{ code: number | null; out: string }> => {
    answer = told;
    const registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    // npm keeps what it heard about an advisory, by its number.
    const npm_config_cache = mkdtempSync(join(folder, 'cache-'));
    const env = { ...process.env, npm_config_cache, npm_config_registry: registry, npm_config_fetch_retries: '0' };
    return new Promise((done) => {
      const child = spawn(process.execPath, [join(__dirname, 'audit.mjs')], { cwd: folder, env });
      let out = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (out += text.toString()));
      child.on('exit', (code) => done({ code, out }));
    });
  };

  it('passes when nothing is known', async () => {
    const { code, out } = await audit({ status: 200, body: {} });
    expect(out).toContain('0 known vulnerabilities');
    expect(code).toBe(0);
  });

  it('fails on what is high, and tells what it is', async () => {
    const { code, out } = await audit({ status: 200, body: { 'a-package': [advisory('high')] } });
    expect(out).toContain('high: a-package 1.0.0: Everybody gets in https://advisories.test/1');
    expect(code).toBe(1);
  });

  it('tells what is lower, and passes', async () => {
    const { code, out } = await audit({ status: 200, body: { 'a-package': [advisory('moderate')] } });
    expect(out).toContain('1 known vulnerabilities, 0 of level high');
    expect(code).toBe(0);
  });

  it.each([405, 404, 500, 503])('says that nothing was audited when the registry answers %i', async (status) => {
    const { code, out } = await audit({ status, body: { error: 'no' } });
    expect(out).toContain('No audit service answered');
    expect(code).toBe(3);
  });
});
