import { setTimeout as sleep } from 'node:timers/promises';
import { createKeyStore } from '@runledger/access';
import { openDataSource } from '@runledger/postgres';
import { spawnProgram } from '@runledger/testkit';

const FLOOD = `${__dirname}/flood.mjs`;
const QUIET = 9;
const CONNECTIONS = 16;
/** Of one quiet tenant, between the beginnings of two requests. */
const EVERY_MS = 150;
const ROUNDS = 3;

type Shape = Readonly<{ write: string; read: string; databaseUrl: string }>;
/** Milliseconds that quiet tenants waited; `flood` is what the other one got, by status. */
export type Shares = Readonly<{
  alone: number;
  beside: number;
  asked: number;
  flood: Readonly<Record<string, number>>;
}>;

const p99 = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN;

async function keysOf(databaseUrl: string, workspaces: readonly string[]): Promise<string[]> {
  const source = await openDataSource(databaseUrl, { poolSize: 2 });
  try {
    const store = createKeyStore(source);
    const keys: string[] = [];
    for (const workspace of workspaces) {
      await source.query('insert into custody.workspace (id, name) values ($1, $1)', [workspace]);
      keys.push((await store.create({ workspace, label: workspace, actor: workspace, permissions: ['admin'] })).key);
    }
    return keys;
  } finally {
    await source.destroy();
  }
}

/** One tenant who does little: a write and a read by turns, each of which must succeed. */
async function quietly({ write, read }: Shape, key: string, until: number): Promise<number[]> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const times: number[] = [];
  for (let i = 0; performance.now() < until; i++) {
    const start = performance.now();
    const body = JSON.stringify({ run: 'quiet', series: [{ key: 'loss', steps: [i], values: [i] }] });
    const answer = await (i % 2 === 0
      ? fetch(`${write}/api/v1/metrics`, { method: 'POST', headers, body })
      : fetch(`${read}/api/v1/runs?limit=20`, { headers }));
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`a quiet tenant was answered ${answer.status}`);
    times.push(performance.now() - start);
    await sleep(Math.max(0, EVERY_MS - (performance.now() - start)));
  }
  return times;
}

/**
 * How long nine quiet tenants wait, alone and beside one who floods, in turns of `seconds`, so that whatever else the machine does falls on both.
 * The flood is a process of its own: its client does not slow down the others'.
 */
async function shareWithFlood(shape: Shape, label: string, seconds: number): Promise<Shares> {
  const names = Array.from({ length: QUIET + 1 }, (_, i) => `${label}-${i}`);
  const [loud = '', ...keys] = await keysOf(shape.databaseUrl, names);
  const turn = async () => {
    const until = performance.now() + seconds * 1_000;
    return (await Promise.all(keys.map((key) => quietly(shape, key, until)))).flat();
  };
  await turn(); // connections, caches, first rows
  const [alone, beside]: [number[], number[]] = [[], []];
  const flood: Record<string, number> = {};
  for (let round = 0; round < ROUNDS; round++) {
    alone.push(...(await turn()));
    const flooding = spawnProgram(process.execPath, [FLOOD, shape.write, shape.read, loud, String(CONNECTIONS)]);
    await flooding.line(/flooding/);
    beside.push(...(await turn()));
    flooding.kill('SIGTERM');
    const [, counts = '{}'] = await flooding.line(/ended (.*)/);
    for (const [status, n] of Object.entries(JSON.parse(counts) as Record<string, number>))
      flood[status] = (flood[status] ?? 0) + n;
    await flooding.ended;
    await sleep(1_000); // what the flood left behind is read and projected
  }
  return { alone: p99(alone), beside: p99(beside), asked: alone.length + beside.length, flood };
}

/** What happens to be slow once, on a machine that does other work, is nobody's unfairness: that shows every time. */
const TRIES = 3;

/** The first of some tries in which nobody waits longer than so many times as long as alone; else the last one. */
export async function fairestShares(shape: Shape, label: string, seconds: number, most: number): Promise<Shares> {
  let shares = await shareWithFlood(shape, `${label}-1`, seconds);
  for (let attempt = 1; ; attempt++) {
    process.stderr.write(`fair shares, ${label}: ${JSON.stringify(shares)}\n`);
    if (shares.beside <= most * shares.alone || attempt === TRIES) return shares;
    shares = await shareWithFlood(shape, `${label}-${attempt + 1}`, seconds);
  }
}
