import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds } from './cpu-seconds';
import { encodeLoad } from './curves';
import { Sender } from './send';
import type { Server } from './server';

const LOAD = { runs: 20, keys: 10, pointsPerBatch: 1_000 };

type Moved = Readonly<{ runs?: ReadonlyArray<Readonly<{ run: string; series: { step: number | null } | null }>> }>;
type Waiting = Readonly<{ step: number; acknowledgedAt: number }>;

/** Follows the runs as a browser does, and hands on how far each has come. */
async function follow(
  server: Server,
  runs: readonly string[],
  signal: AbortSignal,
  told: (run: string, step: number) => void,
) {
  const query = new URLSearchParams(runs.map((run): [string, string] => ['run', run]));
  const headers = { authorization: `Bearer ${server.key}` };
  const answer = await fetch(`${server.url}/api/v1/live?${query.toString()}`, { headers, signal });
  if (answer.status !== 200 || answer.body === null) throw new Error(`live: ${answer.status}`);
  let text = '';
  for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1];
      text = text.slice(end + 2);
      for (const { run, series } of (JSON.parse(data ?? '{}') as Moved).runs ?? [])
        if (typeof series?.step === 'number') told(run, series.step);
    }
  }
}

/**
 * Time from an acknowledgement to the event that tells a reader of it, at a fixed rate; and what the server and this process used for it, and the
 * machine's load before, by which to tell whether the path or somebody else took the time.
 */
export async function measureLive(
  server: Server,
  { pointsPerSecond = 50_000, seconds = 30 },
): Promise<Record<string, number>> {
  const perSecond = pointsPerSecond / LOAD.pointsPerBatch;
  const total = Math.round(perSecond * seconds);
  const prefix = `live-${Date.now()}`;
  const batches = encodeLoad({ ...LOAD, batchesPerRun: Math.ceil(total / LOAD.runs) }, prefix).slice(0, total);
  const stepOf = (i: number): number =>
    Math.floor(((Math.floor(i / LOAD.runs) + 1) * LOAD.pointsPerBatch - 1) / LOAD.keys);
  const waiting = new Map<string, Waiting[]>();
  const reached = new Map<string, number>();
  const times: number[] = [];
  const settle = (run: string): void => {
    const at = reached.get(run) ?? -1;
    const left = (waiting.get(run) ?? []).filter(({ step, acknowledgedAt }) => {
      if (step <= at) times.push(Math.max(0, performance.now() - acknowledgedAt));
      return step > at;
    });
    waiting.set(run, left);
  };
  const over = new AbortController();
  const runs = Array.from({ length: LOAD.runs }, (_, r) => `${prefix}-${r}`);
  const followed = follow(server, runs, over.signal, (run, step) => {
    reached.set(run, Math.max(step, reached.get(run) ?? -1));
    settle(run);
  }).catch((error: unknown) => {
    if (!over.signal.aborted) throw error;
  });
  const sender = new Sender(server, 16);
  const [load] = loadavg();
  const own = process.cpuUsage();
  const used = cpuSeconds([server.pid]);
  const begun = performance.now();
  const one = async (i: number): Promise<void> => {
    const { run, bytes } = batches[i] as (typeof batches)[number];
    const { acknowledgedAt } = await sender.batch(bytes);
    waiting.set(run, [...(waiting.get(run) ?? []), { step: stepOf(i), acknowledgedAt }]);
    settle(run);
  };
  const sending: Promise<void>[] = [];
  for (let i = 0; i < total; i++) {
    const early = begun + (i * 1000) / perSecond - performance.now();
    if (early > 1) await sleep(early);
    sending.push(one(i));
  }
  await Promise.all(sending);
  for (let tries = 0; tries < 100 && times.length < total; tries++) await sleep(100);
  const { user, system } = process.cpuUsage(own);
  const hundredths = (s: number): number => Math.round(s * 100) / 100;
  const serverCpuS = hundredths(cpuSeconds([server.pid]) - used);
  const clientCpuS = hundredths((user + system) / 1e6);
  const ended = hundredths((performance.now() - begun) / 1000);
  over.abort();
  await followed;
  await sender.close();
  times.sort((a, b) => a - b);
  const at = (share: number): number => Math.round(times[Math.floor((times.length - 1) * share)] ?? Number.NaN);
  return {
    ...{ pointsPerSecond, batches: total, told: times.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) },
    ...{ loadBefore: load ?? 0, serverCpuS, clientCpuS, seconds: ended },
  };
}
