import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { everything } from '@runledger/access';
import { deletersRules } from '@runledger/commands';
import { DELETERS, type Deleters, type Role } from '@runledger/contracts';
import { eventually } from '@runledger/testkit';
import { openScene, type Scene } from '../test/governance-scene';

/** In all of the workspace: what is registered is for nobody who is kept to a project. */
const WHO = ['editor', 'maintainer', 'admin'] as const satisfies readonly Role[];
type Who = (typeof WHO)[number];
const RANK: Readonly<Record<Deleters, number>> = { editors: 0, maintainers: 1, admins: 2, nobody: 3 };
const mayBy = (deleters: Deleters, who: Who): boolean => WHO.indexOf(who) >= RANK[deleters];

let scene: Scene;
const keys: Partial<Record<Who | 'elsewhere', string>> = {};

type Answer = Readonly<{ status: number; text: string }>;
async function ask(who: keyof typeof keys, said: string, body?: object): Promise<Answer> {
  const [method, at] = said.split(' ') as [string, string];
  const headers = { authorization: `Bearer ${keys[who]}`, ...(body && { 'content-type': 'application/json' }) };
  const answer = await fetch(`${scene.server.url}/${at}`, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, text: await answer.text() };
}
async function done(said: string, body?: object): Promise<Record<string, Record<string, string>>> {
  const { status, text } = await ask('admin', said, body);
  if (status >= 300) throw new Error(`${said}: ${status} ${text}`);
  return JSON.parse(text) as Record<string, Record<string, string>>;
}
const say = (name: string, fields: object) => done(`POST api/v1/commands/${name}`, fields);

/** Something new in project `p` that can be deleted. */
type Thing = Readonly<{ run: string; experiment: string; model: string; loggedModel: string }>;
async function makeThing(project = 'p'): Promise<Thing> {
  const id = randomUUID();
  const [run, experiment, model] = [`run-${id}`, `experiment-${id}`, `model-${id}`];
  await say('create-experiment', { experiment, project, name: experiment });
  await done('POST api/v1/events', {
    events: [{ subject: `run/${run}`, type: 'run.started', data: { project, experiment } }],
  });
  const put = await fetch(`${scene.server.url}/api/v1/runs/${run}/artifacts/file.txt`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${keys.admin}` },
    body: 'bytes',
  });
  if (put.status !== 201) throw new Error(await put.text());
  const { result } = await say('create-logged-model', { experiment, name: model });
  const loggedModel = result?.['loggedModel'] ?? '';
  const file = `api/2.0/mlflow-artifacts/artifacts/${experiment}/models/${loggedModel}/artifacts/file.txt`;
  await fetch(`${scene.server.url}/${file}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${keys.admin}` },
    body: 'bytes',
  }).then(async (answer) => {
    if (!answer.ok) throw new Error(await answer.text());
  });
  await say('create-model', { name: model });
  for (const source of ['one', 'two']) await say('create-version', { model, source, run });
  await say('set-alias', { model, alias: 'best', version: 1 });
  return { run, experiment, model, loggedModel };
}

/** Every way by which something can be deleted: the lines of the table of routes that delete, and facts. `from`: less than this its door refuses. */
type Way = Readonly<{ route: string; from: Who; go(who: Who, thing: Thing): Promise<Answer> }>;
const native = (name: string, from: Who, fields: (thing: Thing) => object): Way => ({
  route: `POST /api/v1/commands/${name}`,
  from,
  go: (who, thing) => ask(who, `POST api/v1/commands/${name}`, fields(thing)),
});
const mlflow = (route: string, from: Who, fields: (thing: Thing) => object): Way => {
  const [method, at] = route.split(' ') as [string, string];
  return { route: `${method} /api/${at}`, from, go: (who, thing) => ask(who, `${method} api/${at}`, fields(thing)) };
};
const WAYS: readonly Way[] = [
  {
    route: 'POST /api/v1/events',
    from: 'editor',
    go: (who, { run }) =>
      ask(who, 'POST api/v1/events', {
        events: [
          { subject: `run/${run}`, type: 'tags.set', data: { tags: [{ key: 'seen', value: 'yes' }] } },
          { subject: `run/${run}`, type: 'run.updated', data: { lifecycle: 'deleted' } },
        ],
      }),
  },
  {
    route: 'DELETE /api/v1/runs/:run/artifacts/*',
    from: 'editor',
    go: (who, { run }) => ask(who, `DELETE api/v1/runs/${run}/artifacts/file.txt`),
  },
  native('delete-experiment', 'editor', ({ experiment }) => ({ experiment })),
  native('delete-logged-model', 'editor', ({ loggedModel }) => ({ loggedModel })),
  native('delete-model', 'maintainer', ({ model }) => ({ model })),
  native('delete-version', 'maintainer', ({ model }) => ({ model, version: 2 })),
  native('remove-alias', 'maintainer', ({ model }) => ({ model, alias: 'best' })),
  mlflow('POST 2.0/mlflow/runs/delete', 'editor', ({ run }) => ({ run_id: run })),
  mlflow('POST 2.0/mlflow/experiments/delete', 'editor', ({ experiment }) => ({ experiment_id: experiment })),
  mlflow('DELETE 2.0/mlflow/registered-models/delete', 'maintainer', ({ model }) => ({ name: model })),
  mlflow('DELETE 2.0/mlflow/registered-models/alias', 'maintainer', ({ model }) => ({ name: model, alias: 'best' })),
  mlflow('DELETE 2.0/mlflow/model-versions/delete', 'maintainer', ({ model }) => ({ name: model, version: '2' })),
  {
    route: 'DELETE /api/2.0/mlflow/logged-models/:model_id',
    from: 'editor',
    go: (who, { loggedModel }) => ask(who, `DELETE api/2.0/mlflow/logged-models/${loggedModel}`),
  },
  {
    route: 'DELETE /api/2.0/mlflow-artifacts/artifacts/*',
    from: 'editor',
    go: (who, { experiment, run }) =>
      ask(who, `DELETE api/2.0/mlflow-artifacts/artifacts/${experiment}/${run}/artifacts/file.txt`),
  },
  {
    route: 'DELETE /api/2.0/mlflow-artifacts/artifacts/*',
    from: 'editor',
    go: (who, { experiment, loggedModel }) =>
      ask(who, `DELETE api/2.0/mlflow-artifacts/artifacts/${experiment}/models/${loggedModel}/artifacts/file.txt`),
  },
];

/** As the policy says it, without the delay of an operator. */
async function setDeleters(deleters: Deleters, project = 'p'): Promise<void> {
  const who = { workspace: 'default', actor: 'operator', permissions: everything };
  const policy = randomUUID();
  const at = new Date().toISOString();
  const rights = everything;
  const command = {
    name: 'set-deleters',
    project,
    policy,
    deleters,
    reference: 'rule 7',
    rights,
    at,
    delayMs: 0,
  } as const;
  await scene.commands.run(deletersRules, who, { id: policy, fields: { project, deleters }, command });
}
/** Until doors know a policy, by a deletion of nothing that there is: whoever may is let through, and others are told. */
async function knownAtDoors(deleters: Deleters, thing: Thing): Promise<void> {
  for (const who of WHO)
    await eventually(async () => {
      const { status } = await ask(who, `DELETE api/v1/runs/${thing.run}/artifacts/not-there`);
      return (status === 200) === mayBy(deleters, who) ? true : undefined;
    }, 10_000);
}
const writtenSql = `select (select count(*) from custody.journal_event) + (select count(*) from custody.log_runs_v1) as n`;
const written = async (): Promise<string> => (await scene.source.query<Array<{ n: string }>>(writtenSql))[0]?.n ?? '';

beforeAll(async () => {
  scene = await openScene({ notary: true });
  keys.admin = scene.keys.admin;
  for (const project of ['p', 'q']) await say('create-project', { project, name: project });
  for (const who of ['editor', 'maintainer'] as const) {
    await say('create-service-account', { account: who, name: who });
    await say('grant', { grantee: { kind: 'account', id: who }, role: who });
    keys[who] = (await say('create-key', { account: who, label: who }))['result']?.['secret'] ?? '';
  }
  await say('create-service-account', { account: 'elsewhere', name: 'elsewhere' });
  for (const [role, project] of Object.entries({ editor: 'p', admin: 'q' }))
    await say('grant', {
      grantee: { kind: 'account', id: 'elsewhere' },
      role,
      project: role === 'editor' ? 'p' : project,
    });
  keys.elsewhere = (await say('create-key', { account: 'elsewhere', label: 'e' }))['result']?.['secret'] ?? '';
}, 60_000);
afterAll(() => scene?.close());

/** Routes whose names say that they take something away, and that are no deletion of what a project has recorded. */
const OTHERS =
  /tag|prompt|trace|dataset|gateway|label-schemas|review-queues|scorers|workspaces|webhook|local-accounts|view|board|comment|metric|chunk|set-deleters|retention.deleters/;

it('is tried at every route that deletes', () => {
  const table = readFileSync(path.join(__dirname, '../route-table.txt'), 'utf8').split('\n');
  const named = table
    .map((line) => line.split(/ {2,}/)[0] ?? '')
    .filter(
      (route) => /^DELETE |delete|remove|clear|purge/.test(route) && !route.includes('ajax-api') && !OTHERS.test(route),
    );
  expect([...new Set(named)].sort()).toEqual(
    [...new Set(WAYS.map(({ route }) => route))].filter((route) => route !== 'POST /api/v1/events').sort(),
  );
});

describe.each(DELETERS)('where %s may delete', (deleters) => {
  beforeAll(async () => {
    await setDeleters('editors');
    const thing = await makeThing();
    await setDeleters(deleters);
    await knownAtDoors(deleters, thing);
  }, 60_000);

  it.each(WHO)(
    'whoever is %s is let through, or told why not, at every door',
    async (who) => {
      // All of it is there before the policy says a word; one thing for each way that deletes, and one for all that are refused.
      const refused = await makeThing();
      for (const way of WAYS.filter(({ from }) => WHO.indexOf(who) >= WHO.indexOf(from))) {
        const may = mayBy(deleters, who);
        const thing = may ? await makeThing() : refused;
        const before = await written();
        const { status, text } = await way.go(who, thing);
        expect([way.route, status, may ? '' : text]).toEqual([
          way.route,
          may ? (way.route === 'POST /api/v1/events' ? 202 : 200) : 403,
          may
            ? ''
            : expect.stringContaining(way.route.includes('mlflow') ? 'PERMISSION_DENIED' : 'DELETION_NOT_ALLOWED'),
        ]);
        if (may) continue;
        expect(text).toContain('by the policy of the project p');
        expect([way.route, await written()]).toEqual([way.route, before]);
      }
    },
    120_000,
  );
});

it('leaves other projects as they are, and everything else in its own: restoring, tags, words', async () => {
  await setDeleters('editors');
  const [gone, elsewhere] = [await makeThing(), await makeThing('q')];
  const remove = ({ run }: Thing) => ({
    events: [{ subject: `run/${run}`, type: 'run.updated', data: { lifecycle: 'deleted' } }],
  });
  await knownAtDoors('editors', gone);
  await done('POST api/v1/events', remove(gone));
  await say('delete-experiment', { experiment: gone.experiment });
  await setDeleters('nobody');
  await knownAtDoors('nobody', gone);
  expect((await ask('editor', 'POST api/v1/events', remove(elsewhere))).status).toBe(202);
  expect((await ask('editor', 'POST api/v1/commands/restore-experiment', { experiment: gone.experiment })).status).toBe(
    200,
  );
  const restored = { events: [{ subject: `run/${gone.run}`, type: 'run.updated', data: { lifecycle: 'active' } }] };
  expect((await ask('editor', 'POST api/v1/events', restored)).status).toBe(202);
  expect((await ask('editor', 'POST api/v1/events', remove(gone))).status).toBe(403);
  const untag = { events: [{ subject: `run/${gone.run}`, type: 'tags.deleted', data: { keys: ['seen'] } }] };
  expect((await ask('editor', 'POST api/v1/events', untag)).status).toBe(202);
}, 60_000);

it('counts the role in the project itself, and nowhere else', async () => {
  await setDeleters('admins');
  const [own, other] = [await makeThing('p'), await makeThing('q')];
  await knownAtDoors('admins', own);
  const remove = ({ experiment }: Thing) => ask('elsewhere', 'POST api/v1/commands/delete-experiment', { experiment });
  expect([(await remove(own)).status, (await remove(other)).status]).toEqual([403, 200]);
  const artifact = ({ run }: Thing) => ask('elsewhere', `DELETE api/v1/runs/${run}/artifacts/file.txt`);
  expect([(await artifact(own)).status, (await artifact(other)).status]).toEqual([403, 200]);
}, 60_000);

it('refuses of a run that nobody has announced, and takes none of a batch in which one is refused', async () => {
  await setDeleters('admins');
  const [own, other] = [await makeThing('p'), await makeThing('q')];
  await knownAtDoors('admins', own);
  const removed = (run: string) => ({ subject: `run/${run}`, type: 'run.updated', data: { lifecycle: 'deleted' } });
  const unknown = await ask('editor', 'POST api/v1/events', { events: [removed('never-announced')] });
  expect([unknown.status, unknown.text]).toEqual([404, expect.stringContaining('INGEST_NO_RUN')]);
  const before = await written();
  const both = await ask('editor', 'POST api/v1/events', { events: [removed(other.run), removed(own.run)] });
  expect([both.status, await written()]).toEqual([403, before]);
  // Of a run that was announced a moment ago it is known where it lies.
  const run = `run-${randomUUID()}`;
  const started = { subject: `run/${run}`, type: 'run.started', data: { project: 'p', experiment: own.experiment } };
  await done('POST api/v1/events', { events: [started] });
  expect((await ask('editor', 'POST api/v1/events', { events: [removed(run)] })).status).toBe(403);
}, 60_000);

it('is told of a run who deleted it, when, and which event proves it', async () => {
  await setDeleters('editors');
  const { run } = await makeThing();
  const told = async (query = ''): Promise<Readonly<{ by: string; at: string; event: string | null }> | null> =>
    (JSON.parse((await ask('admin', `GET api/v1/runs/${run}?strong=true${query}`)).text) as { deleted: never }).deleted;
  const say = (event: string, data: object, who: Who = 'editor') =>
    ask(who, 'POST api/v1/events', { events: [{ id: event, subject: `run/${run}`, type: 'run.updated', data }] });
  await knownAtDoors('editors', { ...(await makeThing()) });
  expect(await told()).toBeNull();
  await say('first', { lifecycle: 'deleted' }, 'maintainer');
  expect(await told()).toMatchObject({ by: 'service-account/maintainer' });
  await say('back', { lifecycle: 'active' });
  expect(await told()).toBeNull();
  const before = new Date().toISOString();
  await say('again', { lifecycle: 'deleted' });
  await say('renamed', { name: 'renamed since' }, 'admin');
  const deleted = await eventually(async () => {
    const found = await told();
    return found?.event ? found : undefined;
  }, 20_000);
  expect(deleted).toMatchObject({ by: 'service-account/editor', event: 'again' });
  expect(Date.parse(deleted.at)).toBeGreaterThanOrEqual(Date.parse(before));
  await eventually(async () => {
    const { status } = await ask('editor', `GET api/v1/proofs/event/${deleted.event}`);
    return status === 200 ? true : undefined;
  }, 20_000);
  expect(await told(`&as_of=${encodeURIComponent(before)}`)).toBeNull();
}, 60_000);
