import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';

/** The door that is measured. */
export type Door = Readonly<{
  url: string;
  key: string /** Where it is read, when that is another process. */;
  readUrl?: string;
}>;
export type Sent = Readonly<{ position: string; acknowledgedAt: number }>;

/** Keeps `connections` requests under way. */
export class Sender {
  readonly #pool: Pool;
  readonly #reads: Pool;
  constructor(
    private readonly door: Door,
    connections: number,
  ) {
    this.#pool = new Pool(door.url, { connections, pipelining: 1 });
    this.#reads = new Pool(door.readUrl ?? door.url, { connections, pipelining: 1 });
  }

  /** Sends one batch, again while the door is busy. */
  async batch(bytes: Uint8Array): Promise<Sent> {
    for (;;) {
      const { statusCode, body } = await this.#pool.request({
        method: 'POST',
        path: '/api/v1/metrics',
        headers: { authorization: `Bearer ${this.door.key}`, 'content-type': 'application/x-protobuf' },
        body: bytes,
      });
      const answer = await body.text();
      if (statusCode === 202)
        return { position: (JSON.parse(answer) as { position: string }).position, acknowledgedAt: performance.now() };
      if (statusCode !== 429 && statusCode !== 503) throw new Error(`${statusCode}: ${answer}`);
      await sleep(20);
    }
  }

  /** Resolves when a read at this position is answered. */
  async visible(run: string, position: string): Promise<void> {
    const path = `/api/v1/runs/${run}/series?key=train/metric_0&limit=1&wait=30000&at-least=${position}`;
    const { statusCode, body } = await this.#reads.request({
      method: 'GET',
      path,
      headers: { authorization: `Bearer ${this.door.key}` },
    });
    const answer = await body.text();
    if (statusCode !== 200) throw new Error(`${statusCode}: ${answer}`);
  }

  async close(): Promise<void> {
    await Promise.all([this.#pool.close(), this.#reads.close()]);
  }
}
