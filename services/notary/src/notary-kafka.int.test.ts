import { writeFileSync } from 'node:fs';
import { openLog } from '@runledger/bus';
import { verifyBundle } from '@runledger/evidence';
import { parseVerifierKey } from '@runledger/merkle';
import { type KafkaServer, startKafka, temporaryFolder } from '@runledger/testkit';
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

it('exports evidence of a run and of a time from a log on Kafka, which verifies, and finds all of it as it was signed', async () => {
  const folder = temporaryFolder('notary-kafka');
  const ask = (path: string): Promise<Response> =>
    fetch(`${scene.server.url}/${path}`, { headers: { authorization: `Bearer ${scene.keys.auditor}` } });
  try {
    const vkey = parseVerifierKey((await (await ask('log/default/vkey')).text()).trim());
    const counts: Array<readonly [number, number]> = [];
    for (const query of ['run=r1', 'from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z']) {
      const path = `${folder.path}/evidence.tar`;
      writeFileSync(path, Buffer.from(await (await ask(`api/v1/evidence?${query}`)).arrayBuffer()));
      const { manifest } = await verifyBundle(path, [vkey]);
      counts.push([manifest.messages, manifest.points]);
    }
    expect(counts).toEqual([
      [7, 70], // of r1: metrics 0, 1, 6, 11, 16, 21 and 26
      [30, 300],
    ]);
    const checked = await fetch(`${scene.server.url}/api/v1/ledger/check`, {
      method: 'POST',
      headers: { authorization: `Bearer ${scene.keys.admin}`, 'content-type': 'application/json' },
      body: '{}',
    });
    const said = (await checked.text()).trimEnd().split('\n');
    expect(said.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ kind: 'result', differences: 0 }),
    ]);
  } finally {
    folder.remove();
  }
}, 120_000);
