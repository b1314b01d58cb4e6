import { writeFileSync } from 'node:fs';

/** The control is not erased: what finds her, and not the subject, has looked in the right places. */
export const SUBJECT = 'ada.lovelace@analytical.example';
export const CONTROL = 'grace.hopper@cobol.example';
export const CLEAR = 'a-param-that-tells-of-nobody';
/** Whom a request is about that names the subject, and all that is called like her. */
export const NAMING = { texts: [SUBJECT], containing: true, reference: 'ticket 7' };

/** Where a path is served, and the key of who asks. Both may change while a test runs. */
export type Deployment = Readonly<{ urlOf(path: string): string; key(): string }>;
export type Answer = Readonly<{ status: number; body: string }>;

/** What a client says of two persons, asks of them, and does to have one of them erased. */
export function openErasureScene({ urlOf, key: admin }: Deployment) {
  const headersOf = (key: string) => ({ authorization: `Bearer ${key}` });

  async function ask(path: string, body?: object, key = admin()): Promise<Answer> {
    const headers = { ...headersOf(key), 'content-type': 'application/json' };
    const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
    const answer = await fetch(`${urlOf(path)}/${path}`, init);
    return { status: answer.status, body: await answer.text() };
  }
  async function done<T>(path: string, body?: object, key?: string): Promise<T> {
    const answer = await ask(path, body, key);
    expect([path, answer.status, answer.status < 300 ? '' : answer.body]).toEqual([path, answer.status, '']);
    return JSON.parse(answer.body) as T;
  }
  const command = <T = { result: Record<string, string> }>(name: string, body: object, key?: string): Promise<T> =>
    done<T>(`api/v1/commands/${name}`, body, key);

  return {
    ask,
    done,
    command,

    /** The key of another person, who may approve. */
    async secondAdmin(): Promise<string> {
      await command('create-service-account', { account: 'second', name: 'second' });
      await command('grant', { grantee: { kind: 'account', id: 'second' }, role: 'admin', effect: 'allow' });
      const made = await command<{ result: { secret: string } }>('create-key', { account: 'second', label: 'second' });
      return made.result.secret;
    },

    /** A run and a model of which every field that tells of people names this user. Answers the run. */
    async recordOf(user: string): Promise<string> {
      const tags = [
        { key: 'mlflow.user', value: user },
        { key: 'mlflow.source.name', value: `/home/${user}/train.py` },
      ];
      const create = { experiment_id: '0', start_time: 1, tags };
      const { run } = await done<{ run: { info: { run_id: string } } }>('api/2.0/mlflow/runs/create', create);
      const run_id = run.info.run_id;
      const subject = `run/${run_id}`;
      await done('api/v1/events', {
        events: [
          { subject, type: 'environment.recorded', data: { host: `${user}-laptop`, command: `train --as ${user}` } },
          { subject, type: 'code.recorded', data: { entrypoint: `/home/${user}/train.py` } },
          { subject, type: 'params.logged', data: { params: [{ key: 'control', value: CLEAR }] } },
        ],
      });
      await command('create-model', { name: user.slice(0, 3) });
      await command('enter-inventory', { model: user.slice(0, 3), owner: user, validator: user });
      await done('api/v1/metrics', { run: run_id, series: [{ key: 'loss', steps: [0, 1], values: [1, 0.5] }] });
      return run_id;
    },

    async storeFile(run: string, name: string, text: string): Promise<void> {
      const path = `api/v1/runs/${run}/artifacts/${name}`;
      const headers = { ...headersOf(admin()), 'content-type': 'text/plain' };
      const answer = await fetch(`${urlOf(path)}/${path}`, { method: 'PUT', headers, body: text });
      expect([answer.status, answer.ok ? '' : await answer.text()]).toEqual([answer.status, '']);
    },

    fileOf: (run: string, name: string): Promise<Answer> => ask(`api/v1/runs/${run}/artifacts/${name}`),
    async deleteFile(run: string, name: string): Promise<void> {
      const path = `api/v1/runs/${run}/artifacts/${name}`;
      const answer = await fetch(`${urlOf(path)}/${path}`, { method: 'DELETE', headers: headersOf(admin()) });
      expect([answer.status, answer.ok ? '' : await answer.text()]).toEqual([answer.status, '']);
    },

    /** What MLflow's door says of a run, which has read what was written before. */
    textOf: async (run: string): Promise<string> => (await ask(`api/2.0/mlflow/runs/get?run_id=${run}`)).body,

    usersFound: async (user: string): Promise<number> => {
      const filter = `user_id = '${user}' and tags.\`mlflow.source.name\` LIKE '/home/${user}%'`;
      return (await done<{ runs: unknown[] }>('api/v1/search?strong=true', { filter })).runs.length;
    },

    /** A bundle of everything, into a file; or one that is to be kept, which tells no names and has no files. */
    async takeBundle(file: string, everything: boolean): Promise<string> {
      const path = `api/v1/evidence?project=default&names=${String(everything)}&artifacts=${String(everything)}`;
      const answer = await fetch(`${urlOf(path)}/${path}`, { headers: headersOf(admin()) });
      expect(answer.status).toBe(200);
      writeFileSync(file, Buffer.from(await answer.arrayBuffer()));
      return file;
    },

    /** Whether the ledger has leaves of both records. */
    isInLedger: async (): Promise<boolean> => {
      const { body } = await ask('api/v1/evidence?project=default');
      return body.split('"type":"environment.recorded"').length > 4;
    },

    /** How many differences a check of what is kept finds. */
    async differencesOf(check: 'check' | 'ledger/check'): Promise<unknown> {
      const { body } = await ask(`api/v1/${check}`, {});
      return (JSON.parse(body.trim().split('\n').at(-1) ?? '{}') as { differences?: unknown }).differences;
    },
  };
}
export type ErasureScene = ReturnType<typeof openErasureScene>;
