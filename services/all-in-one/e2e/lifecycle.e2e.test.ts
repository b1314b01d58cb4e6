import { existsSync, readFileSync } from 'node:fs';
import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { spawnAllInOne, startAllInOne } from './all-in-one-process';

describe('the all-in-one, from start to stop', () => {
  let folder: TemporaryFolder;
  beforeAll(() => {
    folder = temporaryFolder('lifecycle');
  });
  afterAll(() => folder.remove());

  const post = async (server: { url: string; key: string }, door: string, body: object) =>
    fetch(`${server.url}/api/v1/${door}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const get = async (server: { url: string; key: string }, path: string) =>
    (await fetch(`${server.url}/api/v1/${path}`, { headers: { authorization: `Bearer ${server.key}` } })).json();

  it('says that it is ready, with a link that signs in, keeps data over a restart, and stops cleanly', async () => {
    const data = `${folder.path}/data`;
    const first = await startAllInOne(data);
    // Databases that others have left on this machine are told of, too.
    const said = first.process
      .output()
      .trim()
      .split('\n')
      .filter((line) => !line.includes('databases lie here'));
    expect(said).toEqual([
      expect.stringMatching(/^Runledger is ready/),
      `Open ${first.url}/#key=${first.key}`,
      `export MLFLOW_TRACKING_URI=${first.url} MLFLOW_TRACKING_TOKEN=${first.key}`,
    ]);
    const metric = {
      run: 'r',
      writer: 'w',
      sequence: 0,
      series: [{ key: 'loss', steps: [1, 2], values: [0.5, '-Infinity'] }],
    };
    expect((await post(first, 'metrics', metric)).status).toBe(202);
    const made = await post(first, 'commands/create-experiment', { id: 'c1', name: 'kept' });
    expect(made.status).toBe(200);
    const before = [
      await get(first, 'runs/r/series?key=loss&strong=true'),
      await get(first, 'experiments?strong=true'),
    ];
    expect(await first.process.stop()).toBe(0);

    const second = await startAllInOne(data);
    expect(second.key).toBe(first.key);
    expect([
      await get(second, 'runs/r/series?key=loss&strong=true'),
      await get(second, 'experiments?strong=true'),
    ]).toEqual(before);
    expect(before).toMatchObject([
      { series: [{ values: [0.5, '-Infinity'] }] },
      { experiments: [{ name: 'kept' }, { name: 'Default' }] },
    ]);

    // A second start on the same folder is refused, and leaves the first one alone.
    const third = spawnAllInOne(data);
    expect(await third.ended).not.toBe(0);
    expect(third.output()).toMatch(/is in use by process \d+: stop it first/);
    expect(await get(second, 'experiments')).toEqual(before[1]);
    expect(await second.process.stop()).toBe(0);
  });

  it('finds the postmaster that a killed start left behind', async () => {
    const data = `${folder.path}/killed`;
    const first = await startAllInOne(data);
    expect((await post(first, 'commands/create-experiment', { name: 'survives' })).status).toBe(200);
    first.process.kill('SIGKILL');
    await first.process.ended;
    const second = await startAllInOne(data);
    expect(await get(second, 'experiments?strong=true')).toMatchObject({
      experiments: [{ name: 'survives' }, { name: 'Default' }],
    });
    expect(await second.process.stop()).toBe(0);
  });

  it('takes the key that the operator chose for a new folder, and keeps it 0600', async () => {
    const data = `${folder.path}/chosen`;
    const server = await startAllInOne(data, { RUNLEDGER_ADMIN_KEY: 'chosen-by-the-operator' });
    expect(server.key).toBe('chosen-by-the-operator');
    expect(await get(server, 'experiments?strong=true')).toMatchObject({ experiments: [{ experiment: '0' }] });
    expect(await server.process.stop()).toBe(0);
  });

  it('names a setting that it does not know, and touches nothing', async () => {
    const data = `${folder.path}/misspelt`;
    const spawned = spawnAllInOne(data, { RUNLEDGER_PROT: '1' });
    expect(await spawned.ended).toBe(2);
    expect(spawned.output()).toContain('RUNLEDGER_PROT is not a setting of this process; did you mean RUNLEDGER_PORT?');
    expect(existsSync(data)).toBe(false);
  });

  it('refuses to be open to the network without access control', async () => {
    const spawned = spawnAllInOne(`${folder.path}/open`, { RUNLEDGER_AUTH: 'off', RUNLEDGER_HOST: '0.0.0.0' });
    expect(await spawned.ended).not.toBe(0);
    expect(spawned.output()).toContain('RUNLEDGER_AUTH=off is for loopback only');
  });

  it('lets everybody on this machine in with access control off', async () => {
    const server = await startAllInOne(`${folder.path}/off`, { RUNLEDGER_AUTH: 'off' });
    expect((await fetch(`${server.url}/api/v1/experiments`)).status).toBe(200);
    expect(await server.process.stop()).toBe(0);
  });

  it('helps', async () => {
    const help = spawnAllInOne(folder.path, {}, ['--help']);
    expect(await help.ended).toBe(0);
    expect(help.output()).toContain('RUNLEDGER_DATA');
    expect(readFileSync(`${folder.path}/data/admin.key`, 'utf8')).not.toBe('');
  });
});
