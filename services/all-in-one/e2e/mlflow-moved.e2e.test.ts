import { type TemporaryFolder, temporaryFolder } from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';

/** A run that only logs metrics is not looked at each time: whatever happens to it otherwise has to be seen all the same. */
describe('what has moved between two metrics', () => {
  let folder: TemporaryFolder;
  let server: AllInOne;
  let experiment: string;
  let run: string;
  let step = 0;

  beforeAll(async () => {
    folder = temporaryFolder('mlflow-moved');
    server = await startAllInOne(`${folder.path}/data`);
  });
  afterAll(async () => {
    await server.process.stop();
    folder.remove();
  });

  async function send(url: string, method: string, body?: object) {
    const answer = await fetch(server.url + url, {
      method,
      headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, said: (await answer.json()) as object };
  }
  async function mlflow(path: string, body: object) {
    const { status, said } = await send(`/api/2.0/mlflow/${path}`, 'POST', body);
    expect({ path, status, said }).toMatchObject({ status: 200 });
    return said;
  }
  const logMetric = async () =>
    (
      await send('/api/2.0/mlflow/runs/log-metric', 'POST', {
        run_id: run,
        key: 'm',
        value: 1,
        timestamp: 1,
        step: step++,
      })
    ).status;
  const stored = async () => {
    const { said } = await send(`/api/2.0/mlflow/metrics/get-history?run_id=${run}&metric_key=m`, 'GET');
    return (said as { metrics: unknown[] }).metrics.length;
  };

  beforeEach(async () => {
    const made = await mlflow('experiments/create', { name: `e${step++}` });
    experiment = (made as { experiment_id: string }).experiment_id;
    const said = await mlflow('runs/create', { experiment_id: experiment, start_time: 1 });
    run = (said as { run: { info: { run_id: string } } }).run.info.run_id;
    expect([await logMetric(), await logMetric()]).toEqual([200, 200]);
  });

  it.each([
    ['the run is deleted', () => mlflow('runs/delete', { run_id: run }), () => mlflow('runs/restore', { run_id: run })],
    [
      'its experiment is deleted',
      () => mlflow('experiments/delete', { experiment_id: experiment }),
      () => mlflow('experiments/restore', { experiment_id: experiment }),
    ],
  ])('refuses a metric once %s, and takes it once that is undone', async (_what, undo, redo) => {
    await undo();
    expect([await logMetric(), await logMetric(), await stored()]).toEqual([400, 400, 2]);
    await redo();
    expect([await logMetric(), await logMetric(), await stored()]).toEqual([200, 200, 4]);
  });

  it('goes on behind facts that change nothing', async () => {
    await mlflow('runs/log-parameter', { run_id: run, key: 'p', value: '1' });
    await mlflow('runs/set-tag', { run_id: run, key: 't', value: '1' });
    await mlflow('runs/update', { run_id: run, status: 'FINISHED' });
    expect([await logMetric(), await logMetric(), await stored()]).toEqual([200, 200, 4]);
  });

  it('loses none of many that come at once, while params move the place that they stand on', async () => {
    const statuses = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        if (i % 4 !== 0) return logMetric();
        await mlflow('runs/log-parameter', { run_id: run, key: `p${i}`, value: '1' });
        return undefined;
      }),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(45);
    expect(await stored()).toBe(2 + 45);
  });
});
