const M = 0x5bd1e995;

/** murmur2 with the seed of Kafka's default partitioner (org.apache.kafka.common.utils.Utils.murmur2). */
export function murmur2(data: Uint8Array): number {
  let h = 0x9747b28c ^ data.length;
  const blocks = data.length >> 2;
  for (let i = 0; i < blocks; i++) {
    const at = i << 2;
    let k = (data[at] ?? 0) | ((data[at + 1] ?? 0) << 8) | ((data[at + 2] ?? 0) << 16) | ((data[at + 3] ?? 0) << 24);
    k = Math.imul(k, M);
    k ^= k >>> 24;
    k = Math.imul(k, M);
    h = Math.imul(h, M) ^ k;
  }
  const tail = blocks << 2;
  const left = data.length & 3;
  if (left >= 3) h ^= (data[tail + 2] ?? 0) << 16;
  if (left >= 2) h ^= (data[tail + 1] ?? 0) << 8;
  if (left >= 1) h = Math.imul(h ^ (data[tail] ?? 0), M);
  h ^= h >>> 13;
  h = Math.imul(h, M);
  h ^= h >>> 15;
  return h | 0;
}

const utf8 = new TextEncoder();

/** The partition of a key, the same on Kafka and on Postgres. */
export const partitionOf = (key: string, partitions: number): number =>
  (murmur2(utf8.encode(key)) & 0x7fffffff) % partitions;
