import { type Receiver, type Spawned, spawnProgram, startReceiver, WORKSPACE } from '@runledger/testkit';
import { type CourierScene, openCourierScene } from '../test/courier-scene';

const RUNS = 40;

let scene: CourierScene;
let receiver: Receiver;
const started: Spawned[] = [];
beforeAll(async () => {
  scene = await openCourierScene();
  receiver = await startReceiver();
});
afterAll(async () => {
  for (const one of started) await one.stop();
  await receiver.stop();
  await scene.close();
});

async function courier(failpoint = ''): Promise<Spawned> {
  const one = spawnProgram(process.execPath, [`${WORKSPACE}/services/courier/dist/main.js`], {
    env: {
      RUNLEDGER_PORT: '0',
      RUNLEDGER_POSTGRES_URL: scene.databaseUrl,
      RUNLEDGER_SECRET_KEY: scene.keyFile,
      RUNLEDGER_WEBHOOK_RANGES: '127.0.0.0/8',
      RUNLEDGER_FAILPOINT: failpoint,
    },
  });
  started.push(one);
  await one.line(/the courier is ready/);
  return one;
}

it('is killed after a delivery and before it is noted, again and again: nothing is lost, and the order stays', async () => {
  const first = await courier('courier.after-post:5');
  const webhook = await scene.webhook('default', receiver.url, ['run.failed'], 'a secret');
  for (let i = 0; i < RUNS; i++) await scene.finish('default', `run-${i}`, 'failed', `fact-${i}`);
  await first.ended;
  const second = await courier('courier.after-post:7');
  await second.ended;
  await courier();
  await scene.waitFor(async () => (await scene.stateOf('default', webhook))?.place === RUNS, 60_000);
  const ids = receiver.got.map(({ headers }) => String(headers['x-mlflow-delivery-id']));
  const bodies = new Map(ids.map((id, i) => [id, receiver.got[i]?.text]));
  const feed = await scene.readFeed('default', 0, RUNS + 1);
  expect([...bodies.values()]).toEqual(feed.map(({ body }) => body)); // a Map keeps the order of the first
  expect(ids.length).toBe(RUNS + 2); // the two that were in doubt came twice
}, 120_000);
