import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where to write, where MLflow's door is, and where to read: one process, or three. `direct`: clients reach the store. */
export type StorageDoors = Readonly<{ write: string; mlflow: string; read: string; key: string; direct: boolean }>;

/** What the processes of these tests let a workspace keep, and each of its projects. */
export const STORAGE_QUOTA = {
  RUNLEDGER_LIMITS_WORKSPACE: 'storage=1000',
  RUNLEDGER_LIMITS_PROJECT: 'storage=600',
} as const;

type Standing = Readonly<{ scope: string; project: string | null; limit: number; used: number }>;
type Told = Readonly<{ status: number; body: Record<string, unknown> }>;
const FULL = { error: { code: 'LIMITS_STORAGE_FULL' } };
const FULL_FOR_MLFLOW = { error_code: 'RESOURCE_EXHAUSTED' };

/** In several processes, each counts what the others stored a second after it has been projected. */
const LATE_MS = 1_200;

function openDoors({ write, mlflow, read, key, direct }: StorageDoors) {
  const ask = async (url: string, init: RequestInit = {}): Promise<Told> => {
    const headers = { authorization: `Bearer ${key}`, ...(init.headers as Record<string, string> | undefined) };
    const answer = await fetch(url, { ...init, headers });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const post = (url: string, body: object): Promise<Told> =>
    ask(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const store = (run: string, path: string, body: Buffer | ReadableStream, more: object = {}): Promise<Told> =>
    ask(`${write}/api/v1/runs/${run}/artifacts/${path}`, { method: 'PUT', body, ...more });
  const standings = async (): Promise<Standing[]> =>
    ((await ask(`${read}/api/v1/limits`)).body as { storage: Standing[] }).storage;
  return {
    direct,
    post,
    command: (name: string, fields: object) => post(`${write}/api/v1/commands/${name}`, fields),
    facts: (events: object[]) => post(`${write}/api/v1/events`, { events }),
    store,
    /** By a client that does not say how much there is to come. */
    storeUnannounced: (run: string, path: string, bytes: Buffer) =>
      store(run, path, new Blob([bytes]).stream(), { duplex: 'half' }),
    storeByMlflow: (run: string, path: string, body: Buffer) =>
      ask(`${mlflow}/api/2.0/mlflow-artifacts/artifacts/0/${run}/artifacts/${path}`, { method: 'PUT', body }),
    inParts: (what: 'create' | 'complete', run: string, body: object) =>
      post(`${mlflow}/api/2.0/mlflow-artifacts/mpu/${what}/0/${run}/artifacts`, body),
    async makeRun(): Promise<string> {
      const { body } = await post(`${mlflow}/api/2.0/mlflow/runs/create`, { experiment_id: '0' });
      return (body as { run: { info: { run_id: string } } }).run.info.run_id;
    },
    async paths(run: string): Promise<string[]> {
      const { body } = await ask(`${read}/api/v1/runs/${run}/artifacts?strong=true`);
      return (body as { artifacts: Array<{ path: string }> }).artifacts.map(({ path }) => path).sort();
    },
    standings,
    /** Until so many bytes are told of the project, and every other process may know. */
    async untilKept(project: string, bytes: number): Promise<void> {
      const isKept = async () => (await standings()).some((one) => one.project === project && one.used === bytes);
      for (let i = 0; i < 200 && !(await isKept()); i++) await sleep(100);
      await sleep(LATE_MS);
    },
  };
}

/** Limits of storage, wherever the rooms run. */
export function storageContract(open: () => StorageDoors): void {
  it('take what fits, and refuse the rest before it is stored, at every door', async () => {
    const doors = openDoors(open());
    const run = await doors.makeRun();
    expect((await doors.store(run, 'first', randomBytes(500))).status).toBe(201);
    await doors.untilKept('default', 500);

    const refused = await doors.store(run, 'second', randomBytes(101));
    expect(refused).toMatchObject({ status: 507, body: FULL });
    expect(refused.body).toMatchObject({ error: { details: { scope: 'project', project: 'default', limit: 600 } } });
    const unannounced = await doors.storeUnannounced(run, 'third', randomBytes(101));
    expect(unannounced).toMatchObject({ status: 507, body: FULL });
    const byMlflow = await doors.storeByMlflow(run, 'fourth', randomBytes(101));
    expect(byMlflow).toMatchObject({ status: 507, body: FULL_FOR_MLFLOW });
    if (doors.direct) {
      const begun = await doors.inParts('create', run, { path: 'fifth', num_parts: 1 });
      const { upload_id, credentials } = begun.body as { upload_id: string; credentials: Array<{ url: string }> };
      const sent = await fetch(credentials[0]?.url ?? '', { method: 'PUT', body: randomBytes(101) });
      const parts = [{ part_number: 1, etag: sent.headers.get('etag') }];
      const ended = await doors.inParts('complete', run, { path: 'fifth', upload_id, parts });
      expect(ended).toMatchObject({ status: 507, body: FULL_FOR_MLFLOW });
    }
    expect(await doors.paths(run)).toEqual(['first']);
    expect((await doors.storeByMlflow(run, 'last', randomBytes(100))).status).toBe(200);
    expect(await doors.paths(run)).toEqual(['first', 'last']);
    await doors.untilKept('default', 600);
    if (doors.direct) {
      const begun = await doors.inParts('create', run, { path: 'sixth', num_parts: 1 });
      expect(begun).toMatchObject({ status: 507, body: FULL_FOR_MLFLOW });
    }
  }, 90_000);

  it('hold for each project, and for the workspace, and are shown with their use', async () => {
    const doors = openDoors(open());
    for (const [name, fields] of [
      ['create-project', { project: 'q', name: 'Q' }],
      ['create-experiment', { experiment: 'of-q', project: 'q', name: 'of Q' }],
    ] as const)
      expect((await doors.command(name, fields)).status).toBe(200);
    const data = { project: 'q', experiment: 'of-q' };
    expect((await doors.facts([{ type: 'run.started', subject: 'run/in-q', data }])).status).toBe(202);
    expect(await doors.paths('in-q')).toEqual([]);
    expect((await doors.store('in-q', 'rest', randomBytes(400))).status).toBe(201);
    await doors.untilKept('q', 400);
    const refused = await doors.store('in-q', 'more', randomBytes(1));
    expect(refused).toMatchObject({ status: 507, body: FULL });
    expect(refused.body).toMatchObject({ error: { details: { scope: 'workspace', limit: 1_000, used: 1_000 } } });
    expect(await doors.standings()).toEqual([
      { scope: 'workspace', project: null, limit: 1_000, used: 1_000 },
      { scope: 'project', project: 'default', limit: 600, used: 600 },
      { scope: 'project', project: 'q', limit: 600, used: 400 },
    ]);
  }, 60_000);
}
