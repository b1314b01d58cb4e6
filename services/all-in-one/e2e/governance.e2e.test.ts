import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { verifyBundle } from '@runledger/evidence';
import { parseVerifierKey } from '@runledger/merkle';
import {
  eventually,
  pythonInterpreter,
  spawnProgram,
  type TemporaryFolder,
  temporaryFolder,
  WORKSPACE,
} from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { postTo } from './post-to';

/** Tries everything by which MLflow's client could get past a gate, and tells how it was refused. */
const ATTEMPTS = `
import json, sys, warnings
warnings.filterwarnings('ignore')
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
client = MlflowClient()
def said(call):
    try:
        call()
        return None
    except MlflowException as refused:
        return [refused.error_code, refused.get_http_status_code(), refused.message]
print('SAID ' + json.dumps({
    'set_registered_model_alias': said(lambda: client.set_registered_model_alias('digits', 'champion', '2')),
    'transition_model_version_stage': said(lambda: client.transition_model_version_stage('digits', '2', 'Production')),
    'delete_model_version': said(lambda: client.delete_model_version('digits', '1')),
    'rename_registered_model': said(lambda: client.rename_registered_model('digits', 'other')),
    'delete_registered_model': said(lambda: client.delete_registered_model('digits')),
}))
`;

const CLI = `${WORKSPACE}/services/cli/bin/runledger.mjs`;
type Told = Readonly<{ code: number; out: string; err: string }>;

describe("a gate, and MLflow's own client", () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  const api = (path: string, body: object) => postTo(server)(path, body);
  const accuracy = (value: number, step: number) =>
    api('metrics', { run: 'r', series: [{ key: 'accuracy', steps: [step], values: [value] }] });
  async function attempts(): Promise<Record<string, [string, number, string] | null>> {
    const python = spawnProgram(await pythonInterpreter(), ['-c', ATTEMPTS], {
      env: {
        MLFLOW_TRACKING_URI: server.url,
        MLFLOW_TRACKING_TOKEN: server.key,
        MLFLOW_DISABLE_TELEMETRY: 'true',
        MLFLOW_HTTP_REQUEST_MAX_RETRIES: '1',
        GIT_PYTHON_REFRESH: 'quiet',
      },
    });
    await python.ended;
    const [, line] = /^SAID (.*)$/m.exec(python.output()) ?? [];
    if (line === undefined) throw new Error(python.output());
    return JSON.parse(line) as Awaited<ReturnType<typeof attempts>>;
  }

  beforeAll(async () => {
    folder = temporaryFolder('governance');
    server = await startAllInOne(`${folder.path}/data`);
    await api('events', { events: [{ type: 'run.started', subject: 'run/r', data: { experiment: '0' } }] });
    await accuracy(0.5, 0);
    const definition = { name: 'accurate', metric: 'accuracy', aggregate: 'max', comparison: '>=', threshold: 0.9 };
    const scope = { kind: 'project', id: 'default' };
    await api('commands/define-objective', { objective: 'accurate', scope, definition });
    await api('commands/create-model', { name: 'digits' });
    for (let made = 0; made < 2; made++)
      await api('commands/create-version', { model: 'digits', source: 's', run: 'r' });
    await api('commands/set-alias', { model: 'digits', version: 1, alias: 'champion' });
    for (const target of [
      { kind: 'alias', name: 'champion' },
      { kind: 'stage', name: 'Production' },
    ])
      await api('commands/set-gate', { model: 'digits', target, objectives: ['accurate'] });
  }, 120_000);
  afterAll(async () => {
    await server.process.stop();
    folder.remove();
  });

  it('refuses every way around it with 403 PERMISSION_DENIED and the reason, and opens once the objective is met', async () => {
    const missed = 'missing: objective "accurate" is missed by 0.4: the value is 0.5';
    const name =
      'the model keeps its name while it has gates (to the alias champion, the stage Production); lift them first';
    expect(await attempts()).toEqual({
      set_registered_model_alias: ['PERMISSION_DENIED', 403, expect.stringContaining(missed)],
      transition_model_version_stage: ['PERMISSION_DENIED', 403, expect.stringContaining(missed)],
      delete_model_version: ['PERMISSION_DENIED', 403, expect.stringContaining('version 1 holds the alias champion')],
      rename_registered_model: ['PERMISSION_DENIED', 403, expect.stringContaining(name)],
      delete_registered_model: ['PERMISSION_DENIED', 403, expect.stringContaining(name)],
    });
    await accuracy(0.95, 1);
    expect(await attempts()).toEqual({
      set_registered_model_alias: null,
      transition_model_version_stage: null,
      delete_model_version: null, // version 2 holds the alias by now
      rename_registered_model: ['PERMISSION_DENIED', 403, expect.stringContaining(name)],
      delete_registered_model: ['PERMISSION_DENIED', 403, expect.stringContaining(name)],
    });
  }, 180_000);

  const cli = (...args: string[]): Promise<Told> =>
    new Promise((resolve) => {
      const env = { ...process.env, RUNLEDGER_URL: server.url, RUNLEDGER_API_KEY: server.key };
      execFile(process.execPath, [CLI, ...args], { env }, (error, out, err) =>
        resolve({ code: Number(error?.code ?? 0), out, err }),
      );
    });

  it('tells CI by its exit code, judges runs and lists overdue reviews from the command line', async () => {
    await api('commands/enter-inventory', { model: 'digits', owner: 'Vision', reviewBy: '2020-01-31' });
    expect(await cli('gate', 'digits', '2', '--for', 'champion')).toMatchObject({ code: 0 });
    await accuracy(0.2, 2);
    const definition = { name: 'steady', metric: 'accuracy', aggregate: 'min', comparison: '>=', threshold: 0.3 };
    const scope = { kind: 'project', id: 'default' };
    await api('commands/define-objective', { objective: 'steady', scope, definition });
    const target = { kind: 'stage', name: 'Staging' };
    const needs = { objectives: ['steady'], approvals: [{ meaning: 'validated', persons: 1 }] };
    await api('commands/set-gate', { model: 'digits', target, ...needs });
    const closed = await cli('gate', 'digits', '2', '--for', 'stage:Staging');
    expect([closed.code, closed.out]).toEqual([
      1,
      expect.stringMatching(/missing:\n {2}objective "steady" is missed by 0\.1/),
    ]);
    const asJson = JSON.parse((await cli('gate', 'digits', '2', '--for', 'stage:Staging', '--json')).out) as object;
    expect(asJson).toMatchObject({ passes: false, missing: [expect.any(String), expect.any(String)] });
    expect((await cli('gate', 'digits', '2', '--for', 'stage:None')).code).toBe(2);
    expect((await cli('gate', 'digits', '9', '--for', 'champion')).code).toBe(1);
    const judged = await cli('objectives', '--run', 'r', '--check');
    expect([judged.code, judged.out]).toEqual([1, expect.stringMatching(/^accurate +met +0\.95[^]*^steady +missed/m)]);
    expect((await cli('objectives', '--project', 'default')).out).toMatch(
      /steady +steady +project default +accuracy +min >= 0\.3/,
    );
    const overdue = await cli('inventory', '--check');
    expect([overdue.code, overdue.out]).toEqual([1, expect.stringMatching(/^digits .*2020-01-31 +overdue/m)]);
    const shown = await cli('approve', 'digits', '2');
    const [, digest = ''] = /^evidence ([0-9a-f]{64})$/m.exec(shown.out) ?? [];
    const own = await cli('approve', 'digits', '2', '--meaning', 'validated', '--name', 'Ada', '--evidence', digest);
    expect([own.code, own.err]).toEqual([1, expect.stringContaining('APPROVAL_BY_AUTHOR')]);
    expect((await cli('approve', 'digits', '2', '--evidence', digest)).code).toBe(2);
  });

  it('is part of the evidence of a model: approvals, results and promotions, which verify without the server', async () => {
    await api('commands/lift-gate', { model: 'digits', target: { kind: 'stage', name: 'Staging' } });
    await server.process.stop();
    // Another person than the author, who was the admin.
    server = await startAllInOne(`${folder.path}/data`, { RUNLEDGER_AUTH: 'off' });
    const [, digest = ''] = /^evidence ([0-9a-f]{64})$/m.exec((await cli('approve', 'digits', '2')).out) ?? [];
    const given = await cli(
      'approve',
      'digits',
      '2',
      '--meaning',
      'validated',
      '--name',
      'Grace Hopper',
      '--evidence',
      digest,
    );
    expect(given).toMatchObject({ code: 0 });
    const bundle = `${folder.path}/model.tar`;
    const page = await eventually(async () => {
      const answer = await fetch(`${server.url}/api/v1/evidence?model=digits&version=2`);
      writeFileSync(bundle, Buffer.from(await answer.arrayBuffer()));
      const html = answer.ok ? await untar(bundle, 'dossier.html') : '';
      return html.includes('Grace Hopper') ? html : await sleep(1_000, undefined);
    }, 60_000);
    const vkey = (await (await fetch(`${server.url}/log/default/vkey`)).text()).trim();
    const { manifest } = await verifyBundle(bundle, [parseVerifierKey(vkey)]);
    expect(Object.keys((manifest.complete as { streams: object }).streams).sort()).toEqual([
      expect.stringMatching(/^model\//),
      'objective/accurate',
      'objective/steady',
      'run/r',
    ]);
    for (const told of [digest, 'Promotions through gates', 'alias champion', 'steady: missed by'])
      expect([told, page.includes(told)]).toEqual([told, true]);
  }, 180_000);
});

const untar = async (path: string, file: string): Promise<string> =>
  (await promisify(execFile)('tar', ['-xOf', path, file])).stdout;
