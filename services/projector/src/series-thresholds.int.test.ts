import { rebuild } from '../test/upkeep-lines';
import { metrics, openScene, type Scene } from '../test/upkeep-scene';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene('thresholds');
  scene.keeper();
});
afterAll(() => scene.close());

const watch = (webhook: string, condition: string, status = 'active', workspace = 'default'): Promise<unknown> =>
  scene.source.query(
    `insert into custody.webhook_endpoint (workspace, webhook, seq, url, events, status, place, condition, watch)
     values ($1, $2, 1, 'https://ci.example/', '{metric_threshold.crossed}', $3, 0, $4, 1)`,
    [workspace, webhook, status, condition],
  );
const found = async (webhook: string): Promise<unknown[]> => {
  const rows: unknown[] = await scene.source.query(
    'select run, metric, step, value, ord from custody.webhook_crossing where webhook = $1 order by run',
    [webhook],
  );
  return rows;
};

it('finds each run once, in what comes after the webhook; by no repetition, and by no rebuild', async () => {
  await scene.log.publish([metrics('before', 0, { value: 0.01 })]);
  await scene.settled();
  await watch('hook', 'metrics.acc < 0.1');
  await watch('paused', 'metrics.acc < 0.1', 'paused');
  await watch('disabled', 'metrics.acc < 0.1', 'disabled');
  await watch('foreign', 'metrics.acc < 0.1', 'active', 'other');
  const first = metrics('a', 0);
  await scene.log.publish([first, metrics('a', 1, { value: 0.05 }), metrics('a', 2, { value: 0.02 }), first]);
  await scene.log.publish([metrics('b', 0)]);
  await scene.settled();
  const crossing = { run: 'a', metric: 'acc', step: '11', value: 0.05, ord: 1 };
  expect(await found('hook')).toEqual([crossing]);
  expect(await found('paused')).toEqual([crossing]);
  expect([...(await found('disabled')), ...(await found('foreign'))]).toEqual([]);

  // A batch that comes again with its sequence has no effect, whatever it holds.
  await scene.log.publish([metrics('b', 0, { value: 0.01 })]);
  await scene.settled();
  expect(await found('hook')).toEqual([crossing]);

  await scene.source.query('delete from custody.webhook_crossing');
  await rebuild(scene, 'series');
  expect(await found('hook')).toEqual([]);
});

it('holds up nobody by a condition that it cannot read', async () => {
  await watch('from-the-future', 'metrics.acc SOUNDS LIKE 5');
  await watch('beside', 'metrics.acc > 100');
  await scene.log.publish([metrics('c', 0, { value: 101 })]);
  await scene.settled();
  expect(await found('from-the-future')).toEqual([]);
  expect(await found('beside')).toMatchObject([{ run: 'c', step: '1', value: 101 }]);
});
