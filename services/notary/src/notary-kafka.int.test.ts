import { openLog } from '@runledger/bus';
import { type KafkaServer, startKafka } from '@runledger/testkit';
import { facts, HOST, metrics, openScene, type Scene } from '../test/notary-scene';
import { brokenStreams, leavesOf, readLog } from '../test/read-log';

let kafka: KafkaServer;
let scene: Scene;
beforeAll(async () => {
  kafka = await startKafka();
  scene = await openScene((postgresUrl, logger) =>
    openLog({ kind: 'kafka', postgresUrl, brokers: kafka.brokers, clientId: 'notary-test', logger }),
  );
  await scene.notary();
}, 120_000);
afterAll(async () => {
  await scene.close();
  await kafka.stop();
});

it('gives every event and every point of a log on Kafka its place, also where the notary is replaced on the way', async () => {
  const address = { url: scene.server.url, workspace: 'default', key: scene.keys.reader };
  await scene.log.publish([facts('r1', ['a', 'b']), metrics('r1', 0), facts('r2', ['c'])]);
  await scene.published();
  const before = await readLog(address, `${HOST}/log/default`);
  const second = await scene.notary({ holder: 'second' });
  for (let i = 1; i < 30; i++) await scene.log.publish([facts(`r${i % 5}`, [`e-${i}`]), metrics(`r${i % 5}`, i)]);
  await second.stop();
  await scene.log.publish([facts('r1', ['last'])]);
  await scene.published();
  const log = await readLog(address, `${HOST}/log/default`);
  const ids = leavesOf(log).flatMap(({ id, type }) => (type === 'tags.set' ? [id] : []));
  expect(ids.toSorted()).toEqual(
    ['a', 'b', 'c', 'last', ...Array.from({ length: 29 }, (_, i) => `e-${i + 1}`)].toSorted(),
  );
  expect(leavesOf(log).reduce((sum, { segment }) => sum + (segment?.points ?? 0), 0)).toBe(300);
  expect(brokenStreams(log)).toEqual([]);
  expect(log.continues(before.checkpoint)).toBe(true);
}, 120_000);
