import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, type Received, type Receiver, startReceiver } from '@runledger/testkit';
import { openScene, type Scene } from '../test/governance-scene';

let scene: Scene;
let receiver: Receiver;
let made = 0;
beforeAll(async () => {
  scene = await openScene();
  await scene.courier();
  await scene.courier(); // what one has found the other leaves alone
});
beforeEach(async () => {
  made++;
  receiver = await startReceiver();
});
afterEach(() => receiver.stop());
afterAll(() => scene.close());

type Data = Readonly<Record<string, unknown>>;
const dataOf = ({ body }: Received): Data => body['data'] as Data;
const nameOf = ({ body }: Received): string => `${String(body['entity'])}.${String(body['action'])}`;
const idOf = ({ headers }: Received): string => String(headers['x-mlflow-delivery-id']);
const run = (name: string): string => `r${made}-${name}`;

async function webhook(fields: object): Promise<string> {
  const said = { name: 'alarm', url: receiver.url, events: ['metric_threshold.crossed'], ...fields };
  const { status, body } = await scene.command('admin', 'create-webhook', said);
  if (status !== 200) throw new Error(JSON.stringify(body));
  const { webhook: id } = body['result'] as { webhook: string };
  await isKnown(id);
  return id;
}
/** Resolves once the courier knows of what was last decided. */
async function isKnown(id: string): Promise<void> {
  await eventually(async () => {
    const [row]: object[] = await scene.source.query(
      `select 1 from custody.webhook_endpoint e where e.webhook = $1 and e.seq >=
         (select max(journalseq) from custody.journal_event where subject = 'webhook/' || $1)`,
      [id],
    );
    return row;
  });
}
const loss = (name: string, ...values: Array<number | string>): Promise<void> => log(name, 'loss', 0, values);
async function log(name: string, key: string, from: number, values: ReadonlyArray<number | string>): Promise<void> {
  const series = [{ key, steps: values.map((_, i) => from + i), values }];
  const { status, body } = await scene.post('author', 'api/v1/metrics', { run: run(name), series });
  if (status !== 202) throw new Error(JSON.stringify(body));
}
const announce = (name: string, experiment = '0', project?: string): Promise<void> =>
  scene.facts(run(name), [{ type: 'run.started', data: { experiment, ...(project && { project }) } }]);
/** Everything is projected, and the courier has had its time to send what it should not. */
async function quiet(): Promise<void> {
  await scene.read('runs');
  await sleep(1_500);
}

describe('a threshold', () => {
  it('is told of at the first point at which it holds, once a run, signed, with where it was', async () => {
    await webhook({ condition: 'metrics.loss < 0.1', secret: 'a secret' });
    await announce('a');
    await loss('a', 1, 0.5, 0.09, 0.01);
    await log('a', 'loss', 4, [0.001]);
    await announce('b');
    await loss('b', 1, 0.1, 0.11);
    await receiver.until(1);
    await log('b', 'loss', 3, [0.05]);
    await receiver.until(2);
    await quiet();
    expect(receiver.got.map(dataOf)).toEqual([
      {
        run_id: run('a'),
        experiment_id: '0',
        project: 'default',
        condition: 'metrics.loss < 0.1',
        metric: 'loss',
        value: 0.09,
        step: 2,
        time: expect.any(Number),
      },
      expect.objectContaining({ run_id: run('b'), value: 0.05, step: 3 }),
    ]);
    expect(receiver.got.map(nameOf)).toEqual(['metric_threshold.crossed', 'metric_threshold.crossed']);
    expect(receiver.got[0]?.headers['x-mlflow-signature']).toMatch(/^v1,/);
  });

  it.each<[string, Array<number | string>, number | null]>([
    ['metrics.loss > 100', [1, 'NaN', 'Infinity', 5], 2],
    ['metrics.loss < -100', ['NaN', '-Infinity'], 1],
    ['NOT metrics.loss <= 1e308', [1, 'NaN', 2], 1],
    ['metrics.loss.max > 100', ['NaN', 'NaN'], null],
    ['metrics.loss = 0', [1, -0], 1],
  ])('of what is no number: %s', async (condition, values, step) => {
    await webhook({ condition });
    await announce('x');
    await loss('x', ...values);
    await (step === null ? quiet() : receiver.until(1));
    expect(receiver.got.map((one) => dataOf(one)['step'])).toEqual(step === null ? [] : [step]);
    if (condition === 'metrics.loss > 100') expect(dataOf(receiver.got[0] as Received)['value']).toBe('Infinity');
  });

  it('goes by all that was recorded of the run, over restarts of its process, and not again for them', async () => {
    await webhook({ condition: 'metrics.loss < 0.1 AND metrics.acc.max > 0.9' });
    await announce('a');
    const batch = async (writer: string, sequence: number, key: string, [step, value]: readonly [number, number]) => {
      const series = [{ key, steps: [step], values: [value] }];
      const { status } = await scene.post('author', 'api/v1/metrics', { run: run('a'), writer, sequence, series });
      expect(status).toBe(202);
    };
    await batch('first', 0, 'acc', [100, 0.95]);
    await batch('first', 1, 'loss', [100, 0.5]);
    // Begun anew at an earlier step: the loss that counts is still that of the greatest step.
    await batch('second', 0, 'loss', [50, 0.01]);
    await quiet();
    expect(receiver.got).toEqual([]);
    await batch('second', 1, 'loss', [101, 0.05]);
    await batch('second', 1, 'loss', [101, 0.05]);
    await batch('third', 0, 'loss', [102, 0.04]);
    await receiver.until(1);
    await quiet();
    expect(receiver.got.map((one) => dataOf(one)['step'])).toEqual([101]);
  });

  it('of some runs waits until it is known where a run lies, and leaves the others out', async () => {
    await scene.command('admin', 'create-experiment', { experiment: `e${made}`, name: `e${made}` });
    await webhook({ condition: 'metrics.loss < 1', scope: { kind: 'experiment', id: `e${made}` } });
    await loss('early', 0.5); // nobody has announced it yet
    await announce('foreign');
    await loss('foreign', 0.5);
    await announce('own', `e${made}`);
    await loss('own', 0.5);
    await receiver.until(1);
    await announce('early', `e${made}`);
    await receiver.until(2);
    await quiet();
    expect(receiver.got.map((one) => dataOf(one)['run_id'])).toEqual([run('own'), run('early')]);
  });

  it('that is another one is told of anew, one that was disabled of nothing of meanwhile', async () => {
    const id = await webhook({ condition: 'metrics.loss < 1' });
    await announce('a');
    await loss('a', 0.5);
    await receiver.until(1);
    const change = async (fields: object): Promise<void> => {
      expect((await scene.command('admin', 'change-webhook', { webhook: id, ...fields })).status).toBe(200);
      await isKnown(id);
    };
    await change({ condition: 'metrics.loss < 0.4' });
    await log('a', 'loss', 1, [0.3]);
    await receiver.until(2);
    await change({ status: 'disabled' });
    await announce('b');
    await loss('b', 0.2);
    await quiet();
    await change({ status: 'active' });
    await log('b', 'loss', 1, [0.1]);
    await receiver.until(3);
    await quiet();
    expect(receiver.got.map((one) => [dataOf(one)['run_id'], dataOf(one)['value']])).toEqual([
      [run('a'), 0.5],
      [run('a'), 0.3],
      [run('b'), 0.1],
    ]);
    const [left] = await scene.source.query(
      'select count(*)::int as n from custody.webhook_crossing where webhook = $1',
      [id],
    );
    expect(left.n).toBe(2); // what the first condition found is forgotten
  });

  it('is sent again as it was, from any place', async () => {
    const id = await webhook({ condition: 'metrics.loss < 1' });
    for (const name of ['a', 'b', 'c']) {
      await announce(name);
      await loss(name, 0.5);
      await eventually(() => receiver.got.find((one) => dataOf(one)['run_id'] === run(name)));
    }
    const [{ place }] = await scene.source.query(
      `select place from custody.webhook_entry where webhook = $1 order by place limit 1`,
      [id],
    );
    await scene.command('admin', 'replay-webhook', { webhook: id, after: Number(place) });
    await receiver.until(5);
    expect(receiver.got.slice(3).map(idOf)).toEqual(receiver.got.slice(1, 3).map(idOf));
    expect(receiver.got.slice(3).map(({ text }) => text)).toEqual(receiver.got.slice(1, 3).map(({ text }) => text));
  });

  it('is for its own webhook alone', async () => {
    const other = await startReceiver();
    await webhook({ condition: 'metrics.loss < 1' });
    await webhook({ condition: 'metrics.loss < -1', url: other.url });
    await announce('a');
    await loss('a', 0.5);
    await receiver.until(1);
    await quiet();
    expect(other.got).toEqual([]);
    await other.stop();
  });
});

describe('objectives', () => {
  const define = async (name: string, metric: string, threshold: number): Promise<void> => {
    const definition = { name: `${name} ${made}`, metric, aggregate: 'latest', comparison: '<=', threshold };
    const scope = { kind: 'experiment', id: `o${made}` };
    expect((await scene.command('admin', 'define-objective', { scope, definition })).status).toBe(200);
  };
  const finish = (name: string, id: string): Promise<void> =>
    scene.facts(run(name), [{ id, type: 'run.finished', data: { outcome: 'finished' } }]);

  it('are told of when a run has ended, by what its points came to, and again when it ends again', async () => {
    await scene.command('admin', 'create-experiment', { experiment: `o${made}`, name: `o${made}` });
    await define('small loss', 'loss', 0.1);
    await define('fast', 'seconds', 10);
    await define('light', 'weight', 1);
    const events = ['objective.met', 'objective.missed', 'objective.unmeasured'];
    await webhook({ events, scope: { kind: 'experiment', id: `o${made}` } });
    await announce('a', `o${made}`);
    await announce('elsewhere');
    await loss('a', 1, 0.5, 0.05);
    await log('a', 'seconds', 0, [12.5]);
    await finish('elsewhere', run('end-0'));
    await finish('a', run('end-1'));
    await finish('a', run('end-1'));
    await receiver.until(3);
    await quiet();
    const told = () => new Map(receiver.got.map((one) => [String(dataOf(one)['name']), one]));
    expect(receiver.got.length).toBe(3);
    expect([...told().values()].map(nameOf).sort()).toEqual(events);
    expect(dataOf(told().get(`small loss ${made}`) as Received)).toMatchObject({
      run_id: run('a'),
      experiment_id: `o${made}`,
      outcome: 'met',
      value: 0.05,
      missed_by: null,
      after_start: false,
      position: expect.any(String),
    });
    expect(dataOf(told().get(`fast ${made}`) as Received)).toMatchObject({
      outcome: 'missed',
      value: 12.5,
      missed_by: 2.5,
    });
    expect(dataOf(told().get(`light ${made}`) as Received)).toMatchObject({ outcome: 'no value', value: null });
    await log('a', 'seconds', 1, [9]);
    await finish('a', run('end-2'));
    await receiver.until(6);
    expect(receiver.got.slice(3).map(nameOf).sort()).toEqual([
      'objective.met',
      'objective.met',
      'objective.unmeasured',
    ]);
    const [{ n }] = await scene.source.query('select count(*)::int as n from custody.webhook_judgement');
    expect(n).toBe(0);
  });
});

describe('what makes no sense', () => {
  const events = ['metric_threshold.crossed'];
  it.each<[string, object]>([
    ['a threshold without a condition', { events }],
    ['a condition without its event', { events: ['run.failed'], condition: 'metrics.loss < 1' }],
    ['an empty condition', { events, condition: '' }],
    ['blanks', { events, condition: '  ' }],
    ['a condition of params', { events, condition: "params.lr = '1'" }],
    ['a text', { events, condition: "metrics.loss < 'NaN'" }],
    ['NaN', { events, condition: 'metrics.loss < NaN' }],
    ['half a comparison', { events, condition: 'metrics.loss <' }],
    ['SQL', { events, condition: 'metrics.loss < 1; drop table read.run' }],
    ['a number', { events, condition: 5 }],
    ['NUL', { events, condition: 'metrics.loss < 1\u0000' }],
    ['a thousand and one signs', { events, condition: `metrics.loss < ${'1'.repeat(1_001)}` }],
    [
      'too many comparisons',
      { events, condition: Array.from({ length: 70 }, () => 'metrics.a<1').join(' OR ') + ' OR a' },
    ],
    ['a scope of other events', { events: ['run.failed'], scope: { kind: 'project', id: 'default' } }],
    ['a scope of a kind that there is not', { events, condition: 'metrics.a < 1', scope: { kind: 'run', id: 'a' } }],
    ['a scope without an id', { events, condition: 'metrics.a < 1', scope: { kind: 'project' } }],
  ])('is refused, and nothing is kept: %s', async (_what, fields) => {
    const count = async (): Promise<unknown> =>
      scene.source.query(`select count(*) as n from custody.journal_event where subject like 'webhook/%'`);
    const before = await count();
    const said = { name: 'alarm', url: receiver.url, ...fields };
    const { status, body } = await scene.command('admin', 'create-webhook', said);
    expect([status, body['error'] === undefined]).toEqual([400, false]);
    expect(await count()).toEqual(before);
  });

  it('is refused where it would come by a change', async () => {
    const id = await webhook({ condition: 'metrics.loss < 1' });
    for (const fields of [{ condition: null }, { events: ['run.failed'] }, { condition: 'metrics.loss' }])
      expect((await scene.command('admin', 'change-webhook', { webhook: id, ...fields })).status).toBe(400);
    const { body } = await scene.read(`webhooks/${id}`, 'admin');
    expect(body).toMatchObject({ condition: 'metrics.loss < 1', scope: null, events });
  });
});
