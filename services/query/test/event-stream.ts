import { setTimeout as sleep } from 'node:timers/promises';
import type { Scene } from './query-scene';

export type Told = Readonly<{ id: string; event: string; data: Record<string, unknown> }>;

function parse(block: string): Told | null {
  const fields = new Map(
    block
      .split('\n')
      .filter((line) => !line.startsWith(':'))
      .map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
  const data = fields.get('data');
  return data === undefined
    ? null
    : { id: fields.get('id') ?? '', event: fields.get('event') ?? '', data: JSON.parse(data) as Told['data'] };
}

/** Follows a stream of server-sent events over a real socket. */
export async function followStream(scene: Scene, query: string, lastEventId?: string, key = scene.keys.reader) {
  const stop = new AbortController();
  const headers: Record<string, string> = { authorization: `Bearer ${key}` };
  if (lastEventId !== undefined) headers['last-event-id'] = lastEventId;
  const answer = await fetch(`${scene.server.url}/api/v1/live${query}`, { headers, signal: stop.signal });
  const told: Told[] = [];
  const ended = (async () => {
    let rest = '';
    for await (const chunk of answer.body ?? []) {
      rest += Buffer.from(chunk as Uint8Array).toString();
      const blocks = rest.split('\n\n');
      rest = blocks.pop() ?? '';
      told.push(...blocks.flatMap((block) => parse(block) ?? []));
    }
  })().catch(() => undefined);
  return {
    answer,
    told,
    ended,
    /** Resolves when an event says it, and gives all until then. */
    async until(says: (event: Told) => boolean, ms = 5_000): Promise<Told[]> {
      const end = Date.now() + ms;
      while (!told.some(says)) {
        if (Date.now() > end) throw new Error(`not told within ${ms} ms: ${JSON.stringify(told)}`);
        await sleep(10);
      }
      return told;
    },
    async stop(): Promise<void> {
      stop.abort();
      await ended;
    },
  };
}
