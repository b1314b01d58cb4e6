import type { Role } from '@runledger/contracts';
import { type Answer, openScene, type Scene } from './governance-scene';

/** `p` is whose project the callers are kept to, `q` another one. */
export type Side = 'p' | 'q';
/** Stands in everything that is of a side, and in no id. */
export const MARKS: Readonly<Record<Side, string>> = { p: 'mark-of-the-own', q: 'mark-of-the-other' };

/** Roles that somebody has in project `p` alone. */
export const LIMITED = ['viewer', 'editor', 'maintainer', 'auditor', 'admin'] as const satisfies readonly Role[];
export type Limited = (typeof LIMITED)[number];

export type World = Readonly<{
  scene: Scene;
  keys: Readonly<Record<Limited, string>>;
  loggedModels: Readonly<Record<Side, string>>;
  ask(key: string, method: string, path: string, body?: object): Promise<Readonly<{ status: number; text: string }>>;
}>;

async function must(answer: Promise<Answer>): Promise<Record<string, unknown>> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return (body['result'] ?? body) as Record<string, unknown>;
}

/** Something of every kind that lies in a project. Ids are the kind and the side, but of logged models: answers theirs. */
async function fill({ command, facts, metrics, keys, server }: Scene, side: Side): Promise<string> {
  const mark = MARKS[side];
  const [project, experiment, run] = [`project-${side}`, `experiment-${side}`, `run-${side}`];
  const say = (name: string, fields: object): Promise<Record<string, unknown>> => must(command('admin', name, fields));
  await say('create-project', { project, name: `${mark} project` });
  await say('create-experiment', { experiment, project, name: `${mark} experiment` });
  const param = { type: 'params.logged', data: { params: [{ key: `param ${mark}`, value: mark }] } };
  const tag = { type: 'tags.set', data: { tags: [{ key: `tag ${mark}`, value: mark }] } };
  const started = { type: 'run.started', id: `event-${side}`, data: { project, experiment, name: `${mark} run` } };
  await facts(run, [started, param, tag], 'admin');
  await facts(
    `second-${side}`,
    [{ type: 'run.started', data: { project, experiment, name: `${mark} second` } }],
    'admin',
  );
  await metrics(run, { [`loss ${mark}`]: 0.5, loss: 0.5 });
  const headers = { authorization: `Bearer ${keys.admin}`, 'content-type': 'text/plain' };
  const put = { method: 'PUT', headers, body: `${mark} file` };
  const stored = await fetch(`${server.url}/api/v1/runs/${run}/artifacts/${mark}.txt`, put);
  if (!stored.ok) throw new Error(await stored.text());
  await say('write-note', { run, text: `${mark} note` });
  await say('save-view', { view: `view-${side}`, experiment, name: `${mark} view`, search: 'x' });
  await say('write-comment', { comment: `comment-${side}`, about: { kind: 'run', id: run }, text: `${mark} comment` });
  const { loggedModel } = await say('create-logged-model', { experiment, name: mark });
  const scope = { kind: 'experiment', id: experiment };
  const definition = { name: `${mark} objective`, metric: 'loss', aggregate: 'last', comparison: '<=', threshold: 1 };
  await say('define-objective', { objective: `objective-${side}`, scope, definition });
  const hook = {
    webhook: `webhook-${side}`,
    name: 'alarm',
    url: 'https://ci.example/',
    description: `${mark} webhook`,
  };
  await say('create-webhook', { ...hook, events: ['objective.met'], scope: { kind: 'project', id: project } });
  return loggedModel as string;
}

/** Two projects with something of everything in each, and callers who are kept to the first. */
export async function openWorld(): Promise<World> {
  const scene = await openScene({ notary: true });
  const loggedModels = { p: await fill(scene, 'p'), q: await fill(scene, 'q') };
  const keys: Partial<Record<Limited, string>> = {};
  for (const role of LIMITED) {
    await must(scene.command('admin', 'create-service-account', { account: role, name: role }));
    const grantee = { kind: 'account', id: role };
    await must(scene.command('admin', 'grant', { grantee, role, project: 'project-p' }));
    const { secret } = await must(scene.command('admin', 'create-key', { account: role, label: role }));
    keys[role] = secret as string;
  }
  await must(scene.read('runs', 'admin')); // everything is projected
  return {
    scene,
    loggedModels,
    keys: keys as Record<Limited, string>,
    async ask(key, method, path, body) {
      const stop = new AbortController();
      const answer = await fetch(scene.server.url + path, {
        method,
        signal: stop.signal,
        headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      });
      if (answer.headers.get('content-type')?.startsWith('text/event-stream')) {
        stop.abort();
        return { status: answer.status, text: '' };
      }
      return { status: answer.status, text: Buffer.from(await answer.arrayBuffer()).toString('latin1') };
    },
  };
}
