import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Redis from 'ioredis';

/** A key past the code under test. */
export async function putIntoRedis(url: string, key: string, text: string): Promise<void> {
  const redis = new Redis(url);
  await redis.set(key, text);
  redis.disconnect();
}

/** Everything that a Redis holds: its own dump of itself, with nothing compressed. */
export async function dumpOfRedis(url: string): Promise<Buffer> {
  const redis = new Redis(url);
  try {
    await redis.config('SET', 'rdbcompression', 'no');
    await redis.save();
    const [, folder = ''] = (await redis.config('GET', 'dir')) as string[];
    const [, file = ''] = (await redis.config('GET', 'dbfilename')) as string[];
    return readFileSync(join(folder, file));
  } finally {
    redis.disconnect();
  }
}
