import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { STORAGE_QUOTA, storageContract } from './storage.contract';

// Each test takes more than the whole quota, so that the window, which may end in between, does not matter.
describe('the limits of a caller', () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  beforeAll(async () => {
    folder = temporaryFolder('limits');
    server = await startAllInOne(`${folder.path}/data`, {
      RUNLEDGER_LIMITS_CALLER: 'points=10',
      RUNLEDGER_LIMITS_WORKSPACE: 'requests=1000',
    });
  }, 120_000);
  afterAll(async () => {
    await server.process.stop();
    folder.remove();
  });

  const ask = async (path: string, body?: object) => {
    const answer = await fetch(server.url + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
  };
  const hundred = Array.from({ length: 100 }, (_, i) => i);
  const points = (run: string) => ({ run, series: [{ key: 'loss', steps: hundred, values: hundred }] });

  it('put off points beyond them, of which nothing is stored, and are shown', async () => {
    expect((await ask('/api/v1/metrics', points('one'))).status).toBe(202);
    const refused = await ask('/api/v1/metrics', points('two'));
    expect(refused.status).toBe(429);
    expect(refused.body).toMatchObject({ error: { code: 'LIMITS_EXCEEDED', details: { quantity: 'points' } } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    const shown = await ask('/api/v1/limits');
    expect(shown.body).toMatchObject({
      limits: [
        { scope: 'workspace', quantity: 'requests', limit: 10_000, windowSeconds: 10 },
        { scope: 'caller', quantity: 'points', limit: 100, remaining: 0 },
      ],
    });
    expect(shown.headers.get('ratelimit-policy')).toContain('"caller-points";q=100;w=10;qu="points"');
    const wait = Number(refused.headers.get('retry-after'));
    expect((await ask('/api/v1/runs/two/series?key=loss&strong=true')).status).toBe(404);
    await new Promise((resolve) => setTimeout(resolve, wait * 1_000));
    expect((await ask('/api/v1/metrics', points('two'))).status).toBe(202);
  });

  it("speak MLflow's words at MLflow's door", async () => {
    const created = await ask('/api/2.0/mlflow/runs/create', { experiment_id: '0' });
    const { run } = created.body as { run: { info: { run_id: string } } };
    const metrics = hundred.map((step) => ({ key: 'loss', value: step, timestamp: step, step }));
    const batch = { run_id: run.info.run_id, metrics };
    const told = [await ask('/api/2.0/mlflow/runs/log-batch', batch)];
    told.push(await ask('/api/2.0/mlflow/runs/log-batch', batch));
    const refused = told.find(({ status }) => status === 429);
    expect(refused?.body).toMatchObject({ error_code: 'REQUEST_LIMIT_EXCEEDED' });
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(refused?.headers.get('ratelimit')).toMatch(/^"caller-points";r=0;t=\d+$/);
  });
});

describe('limits of storage', () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  beforeAll(async () => {
    folder = temporaryFolder('storage-limits');
    server = await startAllInOne(`${folder.path}/data`, STORAGE_QUOTA);
  }, 120_000);
  afterAll(async () => {
    await server.process.stop();
    folder.remove();
  });

  storageContract(() => {
    const { url, key } = server;
    return { write: url, mlflow: url, read: url, key, direct: false };
  });
});
