import { setTimeout as sleep } from 'node:timers/promises';
import { createKeyStore } from '@runledger/access';
import { openDataSource } from '@runledger/postgres';
import { spawnProgram } from '@runledger/testkit';

const FLOOD = `${__dirname}/flood.mjs`;
const QUIETLY = `${__dirname}/quiet.mjs`;
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

/**
 * How long nine quiet tenants wait, alone and beside one who floods, in turns of `seconds`, so that whatever else the machine does falls on both.
 * Both kinds of clients are processes of their own, and the flood's is nice: in reality it runs on another machine, and what it computes
 * itself takes nothing from the servers. The servers are all as they are started.
 */
async function shareWithFlood(shape: Shape, label: string, seconds: number): Promise<Shares> {
  const { write, read } = shape;
  const names = Array.from({ length: QUIET + 1 }, (_, i) => `${label}-${i}`);
  const [loud = '', ...keys] = await keysOf(shape.databaseUrl, names);
  const quiet = spawnProgram(process.execPath, [QUIETLY, write, read, String(seconds), String(EVERY_MS), ...keys]);
  await quiet.line(/quiet/);
  let turns = 0;
  const turn = async (): Promise<number[]> => {
    quiet.kill('SIGUSR2');
    const [, times = ''] = await quiet.line(new RegExp(`turn ${++turns} ended (.*)\\n`), seconds * 1_000 + 60_000);
    return JSON.parse(times) as number[];
  };
  await turn(); // connections, caches, first rows
  const [alone, beside]: [number[], number[]] = [[], []];
  const flood: Record<string, number> = {};
  for (let round = 0; round < ROUNDS; round++) {
    alone.push(...(await turn()));
    const flooding = spawnProgram('nice', [
      ...['-n', '19', process.execPath, FLOOD, write, read, loud, String(CONNECTIONS)],
    ]);
    await flooding.line(/flooding/);
    beside.push(...(await turn()));
    flooding.kill('SIGTERM');
    const [, counts = '{}'] = await flooding.line(/ended (.*)/);
    for (const [status, n] of Object.entries(JSON.parse(counts) as Record<string, number>))
      flood[status] = (flood[status] ?? 0) + n;
    await flooding.ended;
    await sleep(1_000); // what the flood left behind is read and projected
  }
  await quiet.stop();
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
