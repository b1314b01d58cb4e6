import { setTimeout as sleep } from 'node:timers/promises';
import { writeMetricBatch } from '@runledger/contracts';
import { uuidv7 } from '@runledger/kernel';
import { Pool } from 'undici';
import { cpuSeconds } from './cpu-seconds';
import { randomNumbers } from './curves';
import { Sender } from './send';
import type { Server } from './server';

const PARAMS = 30;
const TAGS = 3;
const METRICS = 50;
const EXPERIMENTS = 50;
const CONNECTIONS = 16;
const START = 1_790_000_000_000;
/** What a look at the tables may cost beside the filling. */
const LOOK_MS = 2_000;

const runName = (prefix: string, i: number): string => `${prefix}-${i}`;

/** All that is said of a run but its metrics, as a client's one request. */
function eventsOf(prefix: string, i: number): string {
  const random = randomNumbers(i + 1);
  const pick = (most: number): number => Math.floor(random() * most);
  const params = Array.from({ length: PARAMS }, (_, k) => ({ key: `p${k}`, value: `v${pick(20)}` }));
  const tags = Array.from({ length: TAGS }, (_, k) => ({ key: `t${k}`, value: `of ${pick(8)}` }));
  const facts = [
    ['run.started', { experiment: `e${i % EXPERIMENTS}`, name: `run ${i}` }],
    ['params.logged', { params }],
    ['tags.set', { tags }],
    ['run.finished', { outcome: i % 3 === 0 ? 'failed' : 'finished' }],
  ] as const;
  return JSON.stringify({
    events: facts.map(([type, data]) => ({ subject: `run/${runName(prefix, i)}`, type, data })),
  });
}

function pointsOf(prefix: string, i: number): Uint8Array {
  const random = randomNumbers(i + 7);
  return writeMetricBatch({
    run: runName(prefix, i),
    writer: 'bench',
    sequence: 0,
    id: uuidv7(),
    time: START,
    keys: Array.from({ length: METRICS }, (_, k) => `m${k}`),
    keyIndex: Uint32Array.from({ length: METRICS }, (_, k) => k),
    steps: new BigInt64Array(METRICS).fill(100n),
    times: new BigInt64Array(METRICS).fill(BigInt(START + i)),
    values: Float64Array.from({ length: METRICS }, random),
  });
}

/** Rows of each kind that people can read now. */
async function countsOf({ url, key }: Server): Promise<Record<string, number>> {
  const sql = `select (select count() from runs) as runs, (select count() from params) as params, (select count() from tags) as tags,
    (select count() from summaries) as summaries`;
  const answer = await fetch(`${url}/api/v1/sql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ sql, format: 'jsonl' }),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${answer.status}: ${text}`);
  const counts = JSON.parse(text) as Record<string, number | string>;
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, Number(count)]));
}

/** Two requests a run, again while the door is busy. */
async function sendRuns(server: Server, prefix: string, runs: number, told: (sent: number) => void): Promise<void> {
  const pool = new Pool(server.url, { connections: CONNECTIONS, pipelining: 1 });
  const sender = new Sender(server, CONNECTIONS);
  const headers = { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' };
  const tell = async (i: number): Promise<void> => {
    for (;;) {
      const request = { method: 'POST', path: '/api/v1/events', headers, body: eventsOf(prefix, i) } as const;
      const { statusCode, body } = await pool.request(request);
      const answer = await body.text();
      if (statusCode === 202) return;
      if (statusCode !== 429 && statusCode !== 503) throw new Error(`${statusCode}: ${answer}`);
      await sleep(20);
    }
  };
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < runs; i = next++) {
      if (i % 10_000 === 0 && i > 0) told(i);
      await Promise.all([tell(i), sender.batch(pointsOf(prefix, i))]);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS / 2 }, worker));
  await Promise.all([pool.close(), sender.close()]);
}

async function untilRead(server: Server, runs: number): Promise<Record<string, number>> {
  const wanted = { runs, params: runs * PARAMS, tags: runs * TAGS, summaries: runs * METRICS };
  for (;;) {
    const counts = await countsOf(server);
    if (Object.entries(wanted).every(([name, count]) => (counts[name] ?? 0) >= count)) return counts;
    await sleep(LOOK_MS);
  }
}

/**
 * Sends `runs` runs of 30 params, 3 tags and 50 metrics through the doors, and waits until all of them are read. What they take is the
 * log's, the projectors' and the engines' time, and this process's.
 */
export async function measureFill(
  server: Server,
  runs: number,
  say: (text: string) => void,
): Promise<Record<string, unknown>> {
  const used = cpuSeconds([server.pid]);
  const begun = performance.now();
  const seconds = (): number => Math.round((performance.now() - begun) / 100) / 10;
  await sendRuns(server, `fill-${Date.now()}`, runs, (sent) => say(`  ${sent} of ${runs} runs after ${seconds()} s`));
  const acknowledgedS = seconds();
  const counts = await untilRead(server, runs);
  const readableS = seconds();
  const runsPerSecond = Math.round(runs / readableS);
  say(`  ${runs} runs acknowledged after ${acknowledgedS} s, read after ${readableS} s: ${runsPerSecond} a second`);
  const serverCpuS = Math.round(cpuSeconds([server.pid]) - used);
  return { runs, acknowledgedS, readableS, runsPerSecond, counts, serverCpuS };
}
