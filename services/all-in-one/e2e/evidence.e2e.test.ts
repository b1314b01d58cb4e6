import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { verifyBundle } from '@runledger/evidence';
import { parseVerifierKey } from '@runledger/merkle';
import { eventually, type TemporaryFolder, temporaryFolder, WORKSPACE } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';

const run = promisify(execFile);

let folder: TemporaryFolder;
let server: AllInOne;
beforeAll(async () => {
  folder = temporaryFolder('evidence');
  server = await startAllInOne(`${folder.path}/data`);
});
afterAll(async () => {
  await server.process.stop();
  folder.remove();
});

const get = async (path: string): Promise<Response> =>
  fetch(`${server.url}/${path}`, { headers: { authorization: `Bearer ${server.key}` } });
const json = async <T>(path: string): Promise<T> => (await (await get(path)).json()) as T;

/** Keeps a bundle, and answers where. */
async function keep(name: string, query: string): Promise<string> {
  const answer = await get(`api/v1/evidence?${query}`);
  expect([query, answer.status]).toEqual([query, 200]);
  const path = `${folder.path}/${name}.tar`;
  writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
  return path;
}

const sizeOf = async (): Promise<number> =>
  (await json<{ checkpoints: Array<{ size: number }> }>('api/v1/checkpoints?limit=1')).checkpoints[0]?.size ?? 0;

it('of the demo verifies without the server, by us and by a program that shares no code with us', async () => {
  await run(process.execPath, [`${WORKSPACE}/infra/demo/dist/main.js`], {
    env: { ...process.env, RUNLEDGER_URL: server.url, RUNLEDGER_API_KEY: server.key },
    timeout: 240_000,
  });
  let size = -1;
  await eventually(async () => {
    const before = size;
    size = await sizeOf();
    return size > 0 && size === before ? true : await sleep(4_000, undefined);
  }, 120_000);
  const { runs } = await json<{ runs: Array<{ run: string }> }>('api/v1/runs?limit=1');
  const vkey = (await (await get('log/default/vkey')).text()).trim();
  const bundles = [
    await keep('run', `run=${runs[0]?.run}`),
    await keep('project', 'project=default'),
    await keep('time', 'from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z'),
  ];
  const told = await eventually(async () => {
    type Told = { events: Array<{ id: string; type: string; data: { kind: string } }> };
    const { events } = await json<Told>('api/v1/access/events?limit=100');
    const left = events.filter(({ type }) => type === 'access.exported');
    return left.length === bundles.length ? left : undefined;
  });
  expect(told.map(({ data }) => data.kind)).toEqual(bundles.map(() => 'evidence'));
  await server.process.stop();

  const program = `${folder.path}/verify`;
  await run('go', ['build', '-o', program, '.'], { cwd: `${WORKSPACE}/services/notary/e2e/verify`, timeout: 500_000 });
  for (const bundle of bundles) {
    const { manifest, notices } = await verifyBundle(bundle, [parseVerifierKey(vkey)]);
    expect(notices).toEqual([]);
    expect(manifest.points).toBeGreaterThan(100);
    const { stdout } = await run(program, ['-bundle', bundle, '-vkey', vkey], { timeout: 60_000 });
    expect(stdout).toContain(`${manifest.leaves} leaves`);
  }
}, 900_000);
