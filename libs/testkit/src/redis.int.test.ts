import { Redis } from 'ioredis';
import { startRedis } from './redis';

it('starts a Redis that can be killed and started again', async () => {
  const server = await startRedis();
  const client = new Redis(server.url);
  client.on('error', () => undefined);
  await client.set('a', '1');
  await server.kill();
  await server.restart();
  expect(await client.get('a')).toBeNull(); // ioredis has connected anew
  await client.quit();
  await server.stop();
  const late = new Redis(server.url, { lazyConnect: true, retryStrategy: null });
  late.on('error', () => undefined);
  await expect(late.connect()).rejects.toThrow();
});
