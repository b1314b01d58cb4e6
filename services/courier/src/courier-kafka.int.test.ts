import { openLog } from '@runledger/bus';
import { createLogger } from '@runledger/kernel';
import { type KafkaServer, type Receiver, startKafka, startReceiver } from '@runledger/testkit';
import { type CourierScene, openCourierScene } from '../test/courier-scene';

const RUNS = 30;

let kafka: KafkaServer;
let scene: CourierScene;
let receiver: Receiver;
beforeAll(async () => {
  kafka = await startKafka();
  const logger = createLogger('courier', 'silent');
  const more = { kind: 'kafka', brokers: kafka.brokers, clientId: 'courier-test', logger } as const;
  scene = await openCourierScene((postgresUrl) => openLog({ ...more, postgresUrl }));
  receiver = await startReceiver();
}, 120_000);
afterAll(async () => {
  await receiver.stop();
  await scene.close();
  await kafka.stop();
});

it('tells of runs and models whose events come by Kafka, each once, also where a courier comes and goes', async () => {
  await scene.courier();
  await scene.webhook('default', receiver.url);
  const second = await scene.courier();
  for (let i = 0; i < RUNS; i++) await scene.finish('default', `run-${i}`, 'finished', `fact-${i}`);
  await second.stop();
  await scene.models('default')({ name: 'create-model', model: 'm-1', as: 'digits', description: '', tags: [] });
  await scene.finish('default', 'last', 'failed');
  await receiver.until(RUNS + 2);
  const feed = (await scene.readFeed('default', 0, RUNS + 10)).map(({ body }) => body);
  expect(feed.length).toBe(RUNS + 2);
  expect([...new Set(receiver.got.map(({ text }) => text))]).toEqual(feed);
}, 120_000);
