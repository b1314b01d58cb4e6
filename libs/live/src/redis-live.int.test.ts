import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '@runledger/kernel';
import { eventually, freePort, type RedisServer, startRedis } from '@runledger/testkit';
import { Redis } from 'ioredis';
import type { Live } from './live';
import { listen, liveContract, projected } from './live.contract';
import { openRedisLive } from './redis-live';

const logger = createLogger('live', 'silent');
let redis: RedisServer;
const opened: Live[] = [];
async function open(url = redis.url): Promise<Live> {
  const live = await openRedisLive(url, logger);
  opened.push(live);
  return live;
}
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
afterEach(async () => {
  for (const live of opened.splice(0)) await live.close();
});

liveContract('over Redis', async () => {
  const here = await open();
  const there = await open();
  const close = async (): Promise<void> => {
    await here.close();
    await there.close();
  };
  return { here, there, close };
});

it('starts without Redis, and tells its own listeners', async () => {
  const live = await open(`redis://127.0.0.1:${await freePort()}`);
  const ear = listen(live);
  live.publish([projected(1)]);
  expect(await ear.heard(1)).toEqual([projected(1)]);
});

it('goes on while Redis is killed, and connects again when it is back', async () => {
  const here = await open();
  const there = await open();
  const [near, far] = [listen(here), listen(there)];
  await redis.kill();
  const begun = performance.now();
  for (let i = 0; i < 5_000; i++) here.publish([projected(i)]);
  expect(performance.now() - begun).toBeLessThan(1_000);
  expect(await near.heard(5_000)).toHaveLength(5_000);
  expect(await far.heard(0)).toEqual([]);
  await redis.restart();
  await eventually(async () => {
    here.publish([projected(5_000)]);
    return (await far.heard(0)).some((signal) => signal.kind === 'projected' && signal.nextOffset === 5_000);
  }, 10_000);
});

it('drops signals, and does not keep them all, while Redis hangs', async () => {
  const here = await open();
  const there = await open();
  const far = listen(there);
  await redis.kill('SIGSTOP');
  const begun = performance.now();
  for (let i = 0; i < 20_000; i++) here.publish([projected(i)]);
  expect(performance.now() - begun).toBeLessThan(2_000);
  await redis.kill('SIGCONT');
  await sleep(500);
  expect((await far.heard(1)).length).toBeLessThanOrEqual(1_000);
});

it('does not mind what others publish on its channel', async () => {
  const live = await open();
  const ear = listen(live);
  const other = new Redis(redis.url);
  for (const text of ['', 'null', '{"from":1}', '{"from":"x","signals":3}', '{'])
    await other.publish('runledger.live.v1', text);
  await other.publish('runledger.live.v1', JSON.stringify({ from: 'x', signals: [projected(7)] }));
  expect(await ear.heard(1)).toEqual([projected(7)]);
  other.disconnect();
});
