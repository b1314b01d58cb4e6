import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { verifyBundle } from '@runledger/evidence';
import { parseVerifierKey } from '@runledger/merkle';
import { eventually, type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { storesOf, textColumnsOfSeries, whereReadable } from './search-of-stores';

/** The control is not erased: what finds her, and not the subject, has looked in the right places. */
const SUBJECT = 'ada.lovelace@analytical.example';
const CONTROL = 'grace.hopper@cobol.example';
const CLEAR = 'a-param-that-tells-of-nobody';

type Answer = Readonly<{ status: number; body: string }>;
let folder: TemporaryFolder;
let server: AllInOne;
let second = '';
beforeAll(async () => {
  folder = temporaryFolder('erasure');
  for (const name of ['kept', 'handed-out']) mkdirSync(`${folder.path}/${name}`);
  server = await startAllInOne(`${folder.path}/data`);
}, 120_000);
afterAll(async () => {
  await server.process.stop();
  folder.remove();
});

async function ask(path: string, body?: object, key = server.key): Promise<Answer> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  const answer = await fetch(`${server.url}/${path}`, init);
  return { status: answer.status, body: await answer.text() };
}
async function done<T>(path: string, body?: object, key?: string): Promise<T> {
  const answer = await ask(path, body, key);
  expect([path, answer.status, answer.status < 300 ? '' : answer.body]).toEqual([path, answer.status, '']);
  return JSON.parse(answer.body) as T;
}
const command = <T = { result: Record<string, string> }>(name: string, body: object, key?: string): Promise<T> =>
  done<T>(`api/v1/commands/${name}`, body, key);

async function recordOf(user: string): Promise<string> {
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
}

/** `kept` stays with the deployment and leaves names sealed; others are handed out. */
async function takeBundle(name: string, where: 'kept' | 'handed-out'): Promise<string> {
  const answer = await fetch(`${server.url}/api/v1/evidence?project=default&names=${String(where !== 'kept')}`, {
    headers: { authorization: `Bearer ${server.key}` },
  });
  const path = `${folder.path}/${where}/${name}.tar`;
  writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
  return path;
}

const usersFound = async (user: string): Promise<number> => {
  const filter = `user_id = '${user}' and tags.\`mlflow.source.name\` LIKE '/home/${user}%'`;
  return (await done<{ runs: unknown[] }>('api/v1/search?strong=true', { filter })).runs.length;
};
const lastLine = (text: string): unknown => JSON.parse(text.trim().split('\n').at(-1) ?? '');

it('takes from everything that is kept what names somebody, by two persons, and leaves every proof', async () => {
  await command('create-service-account', { account: 'second', name: 'second' });
  await command('grant', { grantee: { kind: 'account', id: 'second' }, role: 'admin', effect: 'allow' });
  const made = await command<{ result: { secret: string } }>('create-key', { account: 'second', label: 'second' });
  second = made.result.secret;
  const runs: Record<string, string> = { [SUBJECT]: await recordOf(SUBJECT), [CONTROL]: await recordOf(CONTROL) };
  expect([await usersFound(SUBJECT), await usersFound(CONTROL)]).toEqual([1, 1]);
  const read = async (user: string): Promise<string> =>
    (await ask(`api/2.0/mlflow/runs/get?run_id=${runs[user] ?? ''}`)).body;
  expect(await read(SUBJECT)).toContain(SUBJECT);
  // Of both of them the ledger has leaves, and what they commit to.
  await eventually(async () => {
    const { body } = await ask('api/v1/evidence?project=default');
    return body.split('"type":"environment.recorded"').length > 4;
  }, 30_000);
  const bundles = [await takeBundle('before', 'kept'), await takeBundle('before', 'handed-out')];
  cpSync(`${folder.path}/data/personal`, `${folder.path}/keys-of-a-backup`, { recursive: true });

  // A hold beats it, and says why.
  const naming = { texts: [SUBJECT], containing: true, reference: 'ticket 7' };
  const { result: hold } = await command('place-hold', { ...naming, reference: 'case 3' });
  const refused = await ask('api/v1/commands/request-erasure', naming);
  expect([refused.status, refused.body]).toEqual([403, expect.stringContaining('case 3')]);
  await command('lift-hold', { hold: hold['hold'] });

  const asked = await command<{ result: { erasure: string }; texts: string[] }>('request-erasure', naming);
  expect(asked.texts).toEqual(
    [SUBJECT, `${SUBJECT}-laptop`, `/home/${SUBJECT}/train.py`, `train --as ${SUBJECT}`].toSorted(),
  );
  const { erasure } = asked.result;
  expect((await ask('api/v1/commands/approve-erasure', { erasure })).body).toContain('ERASURE_BY_REQUESTER');
  expect(await read(SUBJECT)).toContain(SUBJECT);
  await command('approve-erasure', { erasure }, second);

  expect(await read(SUBJECT)).not.toContain(SUBJECT);
  expect(await read(SUBJECT)).toMatch(/"mlflow.user","value":"\[erased \d{4}-\d\d-\d\d\]"/);
  expect(await read(CONTROL)).toContain(CONTROL);
  expect([await usersFound(SUBJECT), await usersFound(CONTROL)]).toEqual([0, 1]);
  await eventually(
    async () => (await ask(`api/v1/erasures/${erasure}`)).body.includes('"leaf":null') === false,
    30_000,
  );
  expect(await done(`api/v1/erasures/${erasure}`)).toMatchObject({
    status: 'approved',
    requested: { by: 'admin', leaf: expect.any(Number) },
    approved: { by: expect.stringContaining('second'), leaf: expect.any(Number) },
    keysDestroyedAt: expect.any(String),
    handedOut: expect.arrayContaining([expect.objectContaining({ kind: 'evidence', actor: 'admin' })]),
    clearBefore: null,
  });

  // Every proof verifies: of bundles from before and after, and of the record against tables, tiles and checkpoints.
  bundles.push(await takeBundle('after', 'handed-out'));
  const vkey = parseVerifierKey((await ask('log/default/vkey')).body.trim());
  for (const bundle of bundles) expect((await verifyBundle(bundle, [vkey])).notices).toEqual([]);
  for (const check of ['check', 'ledger/check'])
    expect([check, lastLine((await ask(`api/v1/${check}`, {})).body)]).toEqual([
      check,
      expect.objectContaining({ kind: 'result', differences: 0 }),
    ]);

  // Keys that come back from a backup are gone again at the start.
  await server.process.stop();
  rmSync(`${folder.path}/data/personal`, { recursive: true });
  cpSync(`${folder.path}/keys-of-a-backup`, `${folder.path}/data/personal`, { recursive: true });
  server = await startAllInOne(`${folder.path}/data`);
  expect(await read(SUBJECT)).not.toContain(SUBJECT);
  expect(await read(CONTROL)).toContain(CONTROL);
  await server.process.stop();

  const data = `${folder.path}/data`;
  expect(await textColumnsOfSeries(data)).toEqual([]);
  const readable = await whereReadable(await storesOf(data, `${folder.path}/kept`), [SUBJECT, CONTROL, CLEAR], data);
  const everywhere = ['rows of Postgres', 'heap and TOAST of Postgres', 'WAL of Postgres', 'kept exports'];
  expect(Object.fromEntries(readable)).toEqual({ [SUBJECT]: [], [CONTROL]: everywhere, [CLEAR]: everywhere });
}, 300_000);
