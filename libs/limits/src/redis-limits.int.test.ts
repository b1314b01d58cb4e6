import { createLogger } from '@runledger/kernel';
import { eventually, freePort, type RedisServer, startRedis } from '@runledger/testkit';
import { Redis } from 'ioredis';
import { limitsContract, only, somebody } from './limits.contract';
import { type LimitOptions, openRedisLimits } from './open-limits';

const logger = createLogger('limits', 'silent');
let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

const opened: Array<{ close(): Promise<void> }> = [];
const open = (options: LimitOptions, url = redis.url) => {
  const limits = openRedisLimits(url, options, logger);
  opened.push(limits);
  return limits;
};
/** Connected: what is asked before counts in the process alone. */
async function connected(options: LimitOptions) {
  const limits = open(options);
  const probe = new Redis(redis.url);
  await eventually(async () => {
    await limits.take(somebody(), 'requests', 1);
    return (await probe.keys('runledger.limit.*')).length > 0;
  }, 5_000);
  await probe.flushall();
  probe.disconnect();
  return limits;
}
afterEach(async () => {
  for (const limits of opened.splice(0)) await limits.close();
});

limitsContract('over Redis', async (options) => {
  const here = open(options);
  const there = open(options);
  await new Promise((connect) => setTimeout(connect, 100));
  const close = async (): Promise<void> => {
    await here.close();
    await there.close();
  };
  return { here, there, close };
});

it('asks Redis a hundred times a window, not once a request, and not at all once it is refused', async () => {
  const limits = await connected(only('workspace', { requests: 100 }));
  const who = somebody();
  const commands = async (): Promise<number> => {
    const probe = new Redis(redis.url);
    const stats = await probe.info('commandstats');
    probe.disconnect();
    return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1] ?? 0);
  };
  const before = await commands();
  for (let i = 0; i < 1_000; i++) await limits.take(who, 'requests', 1);
  const spent = (await commands()) - before;
  expect(spent).toBeGreaterThan(50);
  expect(spent).toBeLessThanOrEqual(101);
  for (let i = 0; i < 1_000; i++) await expect(limits.take(who, 'requests', 1)).rejects.toThrow('1000 requests');
  expect((await commands()) - before).toBeLessThanOrEqual(110);
});

it('counts alone where there is no Redis, and still limits', async () => {
  const limits = open(only('workspace', { requests: 1 }), `redis://127.0.0.1:${await freePort()}`);
  const who = somebody();
  for (let i = 0; i < 10; i++) await limits.take(who, 'requests', 1);
  await expect(limits.take(who, 'requests', 1)).rejects.toMatchObject({ code: 'LIMITS_EXCEEDED' });
});

it('goes on while Redis hangs or is killed, and counts together again when it is back', async () => {
  const here = await connected(only('workspace', { requests: 1 }));
  const there = open(only('workspace', { requests: 1 }));
  await redis.kill('SIGSTOP');
  const begun = performance.now();
  for (let i = 0; i < 10; i++) await here.take(somebody(), 'requests', 1);
  expect(performance.now() - begun).toBeLessThan(4_000);
  await redis.kill('SIGCONT');
  await redis.kill();
  await here.take(somebody(), 'requests', 1);
  await redis.restart();
  await eventually(async () => {
    const who = somebody();
    await here.take(who, 'requests', 10);
    return there.take(who, 'requests', 1).then(
      () => false,
      () => true,
    );
  }, 10_000);
});
