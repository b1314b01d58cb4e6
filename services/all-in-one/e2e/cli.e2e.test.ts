import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { eventually, spawnProgram, type TemporaryFolder, temporaryFolder, WORKSPACE } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { openVisitor } from './browser';
import { postTo } from './post-to';

const MAIN = `${WORKSPACE}/services/cli/bin/runledger.mjs`;

describe('the command line, against a server', () => {
  let folder: TemporaryFolder;
  let server: AllInOne;

  const send = (path: string, body: object) => postTo(server)(path, body);

  beforeAll(async () => {
    folder = temporaryFolder('cli');
    server = await startAllInOne(`${folder.path}/data`, { RUNLEDGER_LOCAL_ACCOUNTS: 'on' });
    for (const [run, lr] of [
      ['first', 0.1],
      ['second', 0.2],
    ] as const) {
      const subject = `run/${run}`;
      const events = [
        { subject, type: 'run.started', data: { experiment: 'e1', name: `run ${run}` } },
        {
          subject,
          type: 'params.logged',
          data: {
            params: [
              { key: 'lr', value: lr },
              { key: 'opt', value: 'adam' },
            ],
          },
        },
      ];
      await send('events', { events });
      await send('metrics', { run, series: [{ key: 'loss', steps: [0, 1, 2], values: [0.9, 0.4, 1 / (10 * lr)] }] });
    }
    await send('sql?strong=true', { sql: 'select 1' });
  }, 120_000);
  afterAll(async () => {
    await server.process.stop();
    folder.remove();
  });

  type Told = Readonly<{ code: number; out: string; err: string }>;
  const cli = (args: readonly string[], env: Record<string, string> = {}, typed = ''): Promise<Told> =>
    new Promise((resolve) => {
      const given = { ...process.env, RUNLEDGER_URL: server.url, RUNLEDGER_API_KEY: server.key, ...env };
      const child = execFile(process.execPath, [MAIN, ...args], { env: given }, (error, out, err) =>
        resolve({ code: Number(error?.code ?? 0), out, err }),
      );
      child.stdin?.end(typed);
    });
  const done = async (...args: string[]): Promise<string> => {
    const { code, out, err } = await cli(args);
    expect([args, code, err]).toEqual([args, 0, expect.any(String)]);
    return out;
  };

  it('makes accounts, grants and keys, which let in until they are revoked', async () => {
    expect(await done('accounts', 'create', 'trainer', '--name', 'The trainer')).toBe('trainer\n');
    await done('grants', 'give', 'viewer', 'account', 'trainer');
    const key = (await done('keys', 'create', 'trainer', '--label', 'nightly', '--scope', 'runs:read')).trim();
    expect(key).toMatch(/^rlk_[\w-]{43}$/);
    const as = { RUNLEDGER_API_KEY: key };
    expect((await cli(['whoami'], as)).out).toContain('service-account/trainer');
    expect((await cli(['accounts'], as)).err).toContain('access:read');
    const keys = JSON.parse(await done('keys', '--json')) as Array<{ key: string; account: string }>;
    const { key: id = '' } = keys.find(({ account }) => account === 'trainer') ?? {};
    expect(await done('grants')).toMatch(/"trainer".*viewer/);
    await done('grants', 'give', 'viewer', 'account', 'trainer', '--deny');
    await done('keys', 'revoke', id);
    await eventually(async () => (await cli(['whoami'], as)).code === 1 || undefined, 10_000, 500);
    const declared = ['declare', 'github', 'trainer', '--claim', 'sub=*', '--scope', 'runs:read'];
    expect((await cli(['trusts', ...declared])).err).toContain('TRUST_TOO_WIDE');
    expect(await done('people')).toMatch(/^person +issuer/);
  });

  it('lets somebody sign in by a password, in a browser, until the account is removed', async () => {
    const password = 'correct horse battery';
    const { out, code } = await cli(['local-accounts', 'set', 'mia'], {}, `${password}\n`);
    expect([code, out]).toEqual([0, expect.stringMatching(/^[\w-]{36}\n$/)]);
    expect((await cli(['local-accounts', 'set', 'mia'], {}, 'short\n')).err).toContain('password');
    await done('grants', 'give', 'viewer', 'person', out.trim());
    expect(await done('local-accounts')).toMatch(/\nmia +[\w-]{36} /);
    const { page, violations, close } = await openVisitor(`${folder.path}/profile`);
    try {
      await page.goto(`${server.url}/models`);
      await page.getByRole('textbox', { name: 'Name' }).fill('mia');
      await page.getByRole('textbox', { name: 'Password' }).fill('wrong');
      expect(await violations()).toEqual([]);
      await page.getByRole('button', { name: 'Sign in by password' }).click();
      await page.getByText('Name or password is wrong').waitFor();
      await page.getByRole('textbox', { name: 'Password' }).fill(password);
      await page.getByRole('button', { name: 'Sign in by password' }).click();
      await page.getByRole('heading', { name: 'Models' }).first().waitFor();
      expect(await page.evaluate('document.cookie')).toBe('');
      expect(await done('local-accounts', 'remove', 'mia')).toBe('mia is removed\n');
      await eventually(
        async () => ((await page.goto(`${server.url}/api/v1/me`))?.status() === 401 ? true : undefined),
        10_000,
        500,
      );
    } finally {
      await close();
    }
  });

  it('lists, searches and compares', async () => {
    expect(await done('runs')).toMatch(/^run +name +experiment +status/);
    expect((await done('runs', '-n', '1')).trimEnd().split('\n').length).toBe(2);
    const found = await done(
      'search',
      "metrics.loss.min < 0.45 AND params.opt = 'adam'",
      '--order',
      'params.lr DESC',
      '--param',
      'lr',
      '--metric',
      'loss',
    );
    expect(found.split('\n')[1]).toMatch(/^second .* 0\.2 +0\.5$/);
    const compared = await done('compare', 'first', 'second');
    expect(compared).toMatch(/param +lr +0\.1 +0\.2/);
    expect(compared).not.toContain('adam');
    expect(await done('compare', 'first', 'second', '--all')).toContain('adam');
    expect(compared).toMatch(/metric +loss +1 +0\.5 \(-0\.5\)/);
    expect(JSON.parse(await done('compare', 'first', 'second', '--baseline', 'second', '--json'))).toMatchObject({
      baseline: 'second',
      params: [{ key: 'lr', values: [0.1, 0.2] }],
      metrics: [{ key: 'loss' }],
    });
    expect(await done('compare', 'first', 'second', '--importance', 'loss')).toMatch(
      /what matters to loss, over 2 runs/,
    );
    expect((JSON.parse(await done('search', '', '--json')) as unknown[]).length).toBe(2);
  });

  it('asks SQL, and saves what it gets once it is whole', async () => {
    const sql = 'select run, count(*) as n from points group by run order by run';
    expect(await done('sql', sql)).toBe('run     n\nfirst   3\nsecond  3\n');
    expect(JSON.parse(await done('sql', sql, '--json'))).toMatchObject({
      rows: [
        ['first', '3'],
        ['second', '3'],
      ],
    });
    const file = `${folder.path}/points.parquet`;
    const { err } = await cli(['export', 'points', '--filter', "params.lr = '0.1'", '-o', file]);
    expect(err).toMatch(/points\.parquet: \d+\.\d kB in/);
    expect(readFileSync(file).subarray(0, 4).toString()).toBe('PAR1');
    expect(existsSync(`${file}.part`)).toBe(false);
    expect((await done('export', 'params', '-f', 'csv', '--key', 'lr', '--run', 'first')).split('\n')[1]).toBe(
      '"first","lr","0.1",0.1',
    );
    const line: unknown = JSON.parse(await done('export', 'params', '--json', '--key', 'lr', '--run', 'first'));
    expect(line).toMatchObject({ run: 'first', key: 'lr', value: '0.1' });
  });

  it('compares what is read with the log, rebuilds it, and lists what was set aside', async () => {
    const checked = await cli(['check']);
    expect(checked).toMatchObject({ code: 0, out: '' });
    expect(checked.err).toMatch(/[1-9]\d* records read, [1-9]\d* tables compared: no difference\n/);
    expect(checked.err).toMatch(
      /leaves of the ledger compared with log, stored files, tiles and \d+ checkpoints: no diff/,
    );
    const lines = await cli(['check', '--no-artifacts', '--json']);
    const told = lines.out.trimEnd().split('\n');
    const results = told.map((line) => JSON.parse(line) as { kind: string; differences?: number });
    expect(results.filter(({ kind }) => kind === 'result')).toEqual([
      expect.objectContaining({ differences: 0 }),
      expect.objectContaining({ differences: 0 }),
    ]);
    const before = await cli(['runs', '--json']);
    expect(await cli(['rebuild', 'console'])).toMatchObject({ code: 0, out: 'console is rebuilt\n' });
    expect(await cli(['runs', '--json'])).toEqual(before);
    expect(await cli(['rebuild', 'nothing'])).toMatchObject({ code: 2, err: expect.stringContaining('metadata') });
    expect(await cli(['dead-letters', 'list'])).toMatchObject({ code: 0 });
    expect(await cli(['check'], { RUNLEDGER_API_KEY: 'nobody' })).toMatchObject({
      code: expect.not.stringMatching('0'),
    });
  });

  it('takes evidence of a run away, and checks it when the server is not asked', async () => {
    const bundle = `${folder.path}/first.tar`;
    const key = await (
      await fetch(`${server.url}/log/default/vkey`, { headers: { authorization: `Bearer ${server.key}` } })
    ).text();
    // The ledger has the run some seconds after it was acknowledged.
    while ((await cli(['evidence', '--run', 'first', '-o', bundle])).code !== 0);
    const away = { RUNLEDGER_URL: 'http://127.0.0.1:1', RUNLEDGER_API_KEY: '' };
    const checked = await cli(['verify', bundle, '--key', key.trim()], away);
    expect(checked).toMatchObject({ code: 0, out: expect.stringMatching(/^[1-9]\d* leaves/), err: '' });
    const url = `${server.url}/api/v1/evidence?run=first`;
    const fetched = await cli(['verify', url, '--key', key.trim()]);
    expect(fetched).toMatchObject({ code: 0, out: expect.stringMatching(/^[1-9]\d* leaves/) });
    expect(await cli(['verify', url, '--key', key.trim()], away)).toMatchObject({
      code: 1,
      err: expect.stringContaining('answered 401 instead of a bundle'),
    });
    const bytes = readFileSync(bundle);
    writeFileSync(`${bundle}.cut`, bytes.subarray(0, bytes.length - 10_240));
    expect(await cli(['verify', `${bundle}.cut`, '--key', key.trim()], away)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^EVIDENCE_/),
    });
    expect(await cli(['evidence', '--run', 'nobody', '-o', bundle])).toMatchObject({ code: 1 });
    expect(await cli(['verify', bundle])).toMatchObject({ code: 2, err: expect.stringContaining('--key') });
  }, 60_000);

  it('says what went wrong, and what to do next', async () => {
    expect(await cli(['sql', 'select nope from'])).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('SQL_BAD_SYNTAX'),
    });
    expect(await cli(['runs'], { RUNLEDGER_API_KEY: 'wrong' })).toMatchObject({
      code: 1,
      err: expect.stringContaining('admin.key'),
    });
    expect(await cli(['runs'], { RUNLEDGER_URL: 'http://127.0.0.1:1' })).toMatchObject({
      code: 3,
      err: expect.stringContaining('npm start'),
    });
    expect(await cli(['runs'], { RUNLEDGER_URL: 'nonsense' })).toMatchObject({
      code: 1,
      err: expect.stringContaining('RUNLEDGER_URL'),
    });
    expect(await cli(['compare', 'first', 'nobody'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('runledger runs'),
    });
    expect(await cli(['rums'])).toMatchObject({ code: 2, err: expect.stringContaining('runs') });
    expect(await cli(['runs', '-n', 'many'])).toMatchObject({ code: 2 });
    expect(await cli(['export', 'points', '-o', '/nowhere/x'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('ENOENT'),
    });
    expect(await cli(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('RUNLEDGER_API_KEY') });
    for (const command of ['runs', 'search', 'compare', 'sql', 'export', 'evidence', 'verify'])
      expect(await done(command, '--help')).toMatch(/Examples?:\n/);
  });

  it('stops on Ctrl-C, and leaves no part of a file', async () => {
    const silent = createServer((request) => void request.resume()).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const asked = new Promise((resolve) => silent.once('request', resolve));
    const spawned = spawnProgram(process.execPath, [MAIN, 'export', 'points', '-o', `${folder.path}/never.parquet`], {
      env: { RUNLEDGER_URL: `http://127.0.0.1:${port}` },
    });
    await asked;
    spawned.kill('SIGINT');
    expect(await spawned.ended).toBe(130);
    expect(spawned.output()).toContain('interrupted');
    expect(
      [`${folder.path}/never.parquet`, `${folder.path}/never.parquet.part`].filter((file) => existsSync(file)),
    ).toEqual([]);
    silent.closeAllConnections();
    silent.close();
  });

  it('notices an answer that breaks off, and keeps nothing of it', async () => {
    const broken = createServer((_, response) => {
      response.write('PAR1');
      setTimeout(() => response.destroy(), 100);
    }).listen(0, '127.0.0.1');
    await once(broken, 'listening');
    const { port } = broken.address() as AddressInfo;
    const file = `${folder.path}/half.parquet`;
    const told = await cli(['export', 'points', '-o', file], { RUNLEDGER_URL: `http://127.0.0.1:${port}` });
    expect(told).toMatchObject({ code: 1, err: expect.stringContaining('broke off') });
    expect([file, `${file}.part`].filter((one) => existsSync(one))).toEqual([]);
    broken.closeAllConnections();
    broken.close();
  });

  it('lets a training script ask, before it starts, which runs did the same work', async () => {
    // The SDK is CommonJS: an ES module imports it whole.
    const script = `
      import sdk from ${JSON.stringify(`${WORKSPACE}/libs/sdk/dist/index.js`)};
      const { findSameRuns, startRun } = sdk;
      const params = { lr: 0.5, nested: 'as text' };
      const inputs = [{ name: 'mnist', digest: 'sha256:${'ab'.repeat(32)}', context: 'train' }];
      const before = await findSameRuns({ params, inputs });
      const run = await startRun({ experiment: 'e1', name: 'asked', params, spool: ${JSON.stringify(`${folder.path}/spool`)} });
      run.inputs(inputs);
      const { delivered } = await run.finish();
      const { RUNLEDGER_URL: url, RUNLEDGER_API_KEY: key } = process.env;
      const seen = await fetch(url + '/api/v1/runs/' + run.id + '?strong=true', { headers: { authorization: 'Bearer ' + key } });
      const after = await findSameRuns({ params, inputs });
      const other = await findSameRuns({ params: { ...params, lr: 0.6 }, inputs });
      console.log(JSON.stringify({ run: run.id, delivered, status: seen.status, before, after, other }));`;
    writeFileSync(`${folder.path}/train.mjs`, script);
    const env = { ...process.env, RUNLEDGER_URL: server.url, RUNLEDGER_API_KEY: server.key };
    const { stdout } = await promisify(execFile)(process.execPath, [`${folder.path}/train.mjs`], { env });
    const told = JSON.parse(stdout);
    expect([told.delivered, told.status, told.before.runs, told.other.runs]).toEqual([true, 200, [], []]);
    expect(told.after.fingerprint).toBe(told.before.fingerprint);
    expect(told.after.runs).toEqual([expect.objectContaining({ run: told.run, name: 'asked', status: 'finished' })]);
    expect(told.other.fingerprint).not.toBe(told.before.fingerprint);
  }, 60_000);
});
