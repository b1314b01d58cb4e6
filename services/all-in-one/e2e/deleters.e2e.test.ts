import { execFileSync } from 'node:child_process';
import { eventually, type TemporaryFolder, temporaryFolder, WORKSPACE } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { openErasureScene } from './erasure-scene';
import { runCases } from './python-cases';

type Term = Readonly<{ deleters: string; from: string }> | null;
type Deleters = Readonly<{ held: Term; next: Term; you: boolean }>;

let folder: TemporaryFolder;
let server: AllInOne;
let editor: string;
const { ask, done, command } = openErasureScene({ urlOf: () => server.url, key: () => server.key });
const deleters = async (key?: string): Promise<Deleters> =>
  (await done<{ deleters: Deleters }>('api/v1/projects/default/retention', undefined, key)).deleters;
const cli = (...args: string[]): string =>
  execFileSync(process.execPath, [`${WORKSPACE}/services/cli/bin/runledger.mjs`, ...args], {
    env: { ...process.env, RUNLEDGER_URL: server.url, RUNLEDGER_API_KEY: server.key },
    encoding: 'utf8',
    stdio: 'pipe',
  });

/** A server as anybody starts it: with the day that loosening waits. */
beforeAll(async () => {
  folder = temporaryFolder('deleters');
  server = await startAllInOne(`${folder.path}/data`);
  await command('create-service-account', { account: 'trainer', name: 'trainer' });
  await command('grant', { grantee: { kind: 'account', id: 'trainer' }, role: 'editor' });
  const made = await command<{ result: { secret: string } }>('create-key', { account: 'trainer', label: 'trainer' });
  editor = made.result.secret;
}, 60_000);
afterAll(async () => {
  await server.process.stop();
  folder.remove();
});

it('is told beforehand as the document of the API says it, and changes nothing; days that are none are refused', async () => {
  type Parameter = Readonly<{ name: string; in: string; example?: unknown }>;
  const { paths } = await done<{ paths: Record<string, { get?: { parameters: Parameter[] } }> }>('openapi.json');
  const path = '/api/v1/projects/{project}/retention/preview';
  const given = (paths[path]?.get?.parameters ?? []).filter(({ example }) => example !== undefined);
  const [project] = given.filter((one) => one.in === 'path').map(({ example }) => String(example));
  const query = given
    .filter((one) => one.in === 'query')
    .map(({ name, example }): [string, string] => [name, String(example)]);
  const at = `api/v1/projects/${project}/retention/preview?`;
  expect(await done(`${at}${new URLSearchParams(query).toString()}`, undefined, editor)).toMatchObject({
    ...{
      project: 'default',
      points: { days: 90, runs: 0, points: 0 },
      artifacts: { days: null, from: expect.any(String) },
    },
  });
  expect(await done('api/v1/projects/default/retention')).toMatchObject({ policies: [] });
  for (const bad of ['points=', 'points=soon', 'points=-1', 'artifacts=1e3', 'points=99999', 'lock=0', 'weeks=2'])
    expect([bad, (await ask(at + bad)).status]).toEqual([bad, 400]);
  const locked = await ask(`${at}lock=30`);
  expect([locked.status, locked.body]).toEqual([409, expect.stringContaining('ARTIFACTS_NO_LOCK')]);
});

it('is said as the document of the API says it, and so is how long is kept', async () => {
  type Body = { requestBody: { content: Record<string, { schema: { example: object } }> } };
  const { paths } = await done<{ paths: Record<string, { post?: Body }> }>('openapi.json');
  for (const [name, told] of [
    ['set-retention', { points: { days: 90 }, artifacts: { days: null } }],
    ['set-deleters', { deleters: 'maintainers' }],
  ] as const) {
    const example = paths[`/api/v1/commands/${name}`]?.post?.requestBody.content['application/json']?.schema.example;
    expect(await command(name, example ?? {})).toMatchObject({ result: { project: 'default', ...told } });
  }
  expect(await done('api/v1/projects/default/retention')).toMatchObject({
    points: { held: null, next: { days: 90 } },
    deleters: { held: { deleters: 'maintainers' }, next: null, you: true, refusal: null },
    policies: [{ said: { points: 90, artifacts: null } }, { said: { deleters: 'maintainers' } }],
  });
  const refusal = 'by the policy of the project default, its maintainers and admins alone delete';
  expect(await done('api/v1/projects/default/retention/deleters', undefined, editor)).toMatchObject({
    ...{ project: 'default', deleters: { held: { deleters: 'maintainers' }, you: false, refusal } },
  });
  expect((await deleters(editor)).you).toBe(false);
});

it('is set and told on the command line: fewer at once, more a day later', () => {
  const from = (who: string): unknown =>
    JSON.parse(cli('retention', 'deleters', 'default', '--from', who, '--reference', 'rule 8'));
  expect(from('admins')).toMatchObject({ project: 'default', deleters: 'admins' });
  expect(cli('retention', 'show', 'default')).toMatch(/who may delete: admins\n/);
  const { from: later } = from('editors') as { from: string };
  expect(Date.parse(later) - Date.now()).toBeGreaterThan(23 * 3_600_000);
  expect(cli('retention', 'show', 'default')).toMatch(/who may delete: admins; editors from 20/);
  expect(from('admins')).toMatchObject({ deleters: 'admins' });
  expect(() => from('everybody')).toThrow();
});

it('tells MLflow’s client why it may not, and a second start knows it', async () => {
  await server.process.stop();
  server = await startAllInOne(`${folder.path}/data`);
  const { results } = await runCases('not_allowed.py', { url: server.url, key: editor });
  expect([...results]).toEqual([['case_deletions_are_refused_with_the_reason', null]]);
}, 120_000);

it('is a leaf of the project, whose proof verifies', async () => {
  const { policies } = await done<{ policies: Array<{ event: string; by: string }> }>(
    'api/v1/projects/default/retention',
  );
  expect(policies.map(({ by }) => by)).toEqual(policies.map(() => 'admin'));
  for (const { event } of policies) {
    const proofs = await eventually(async () => {
      const { status, body } = await ask(`api/v1/proofs/event/${event}`);
      return status === 200 ? (JSON.parse(body) as { proofs: Array<{ stream: string }> }).proofs : undefined;
    }, 30_000);
    expect(proofs).toMatchObject([{ stream: 'retention/default' }]);
  }
}, 60_000);
