import { isDeepStrictEqual } from 'node:util';
import { DOORS, type DoorName, MlflowClient, withDoor } from './mlflow-doors';
import { type Done, drive, encodeAll, LOADS, type LoadName } from './mlflow-loads';
import { type Asked, askOften, FULL, fill, knows, QUESTIONS } from './mlflow-reads';

export const MLFLOW_PARTS = [...(Object.keys(LOADS) as LoadName[]), 'reads'] as const;
export type MlflowPart = (typeof MLFLOW_PARTS)[number];

type Say = (text: string) => void;
type ByDoor<T> = Readonly<Record<DoorName, T>>;

/** How many times as much as a peer. */
const GOALS: Readonly<Record<LoadName, Partial<Record<DoorName, number>>>> = {
  batches: { mlflow: 50, fasttrackml: 6 },
  'one-run': { mlflow: 50, fasttrackml: 6 },
  singles: { mlflow: 20 },
};
const READ_GOAL = 5;
/** Below this, it does not matter who is faster. */
const FAST_ENOUGH_MS = 20;
const LOAD_SECONDS = 4;

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
const tenths = (n: number): number => Math.round(n * 10) / 10;
const verdict = (ok: boolean): string => (ok ? 'ok' : 'MISSED');

function summarize(done: readonly Done[]): Done {
  return {
    pointsPerSecond: Math.round(median(done.map((d) => d.pointsPerSecond))),
    refused: done.reduce((sum, d) => sum + d.refused, 0),
    clientCpuShare: Math.round(median(done.map((d) => d.clientCpuShare)) * 100) / 100,
    p50Ms: tenths(median(done.map((d) => d.p50Ms))),
    readBackMs: Math.round(median(done.map((d) => d.readBackMs))),
  };
}

function judgeLoad(name: LoadName, rounds: ByDoor<readonly Done[]>, say: Say): Record<string, unknown> {
  const doors = Object.fromEntries(DOORS.map((door) => [door, summarize(rounds[door])])) as ByDoor<Done>;
  const ours = doors.runledger;
  const ratios = (['mlflow', 'fasttrackml'] as const).map((peer) => {
    const times = tenths(ours.pointsPerSecond / doors[peer].pointsPerSecond);
    const least = GOALS[name][peer];
    return { peer, times, ...(least === undefined ? {} : { least, ok: times >= least }) };
  });
  say(
    `  ${name}: ${ours.pointsPerSecond} points/s, median ${ours.p50Ms} ms, read back in ${ours.readBackMs} ms, generator ${ours.clientCpuShare} cores`,
  );
  for (const { peer, times, least, ok } of ratios)
    say(
      `    ${times} × ${peer} (${doors[peer].pointsPerSecond})${ok === undefined ? '' : `, wanted ${least}: ${verdict(ok)}`}`,
    );
  return { ...doors, ratios };
}

/** Servers take the same loads one after another, never together, in alternating rounds; medians of the rounds. */
async function measureLoads(names: readonly LoadName[], rounds: number, say: Say): Promise<Record<string, unknown>> {
  const bodies = encodeAll(names.map((name) => LOADS[name]));
  const seen: Array<{ name: LoadName; of: ByDoor<Done[]> }> = names.map((name) => ({
    name,
    of: { mlflow: [], fasttrackml: [], runledger: [] },
  }));
  for (let round = 0; round < rounds; round++) {
    say(`round ${round + 1} of ${rounds} …`);
    for (const door of DOORS)
      await withDoor(door, async (at) => {
        for (const { name, of } of seen)
          of[door].push(await drive(at, LOADS[name], bodies.get(LOADS[name].path) ?? [], LOAD_SECONDS));
      });
  }
  return Object.fromEntries(seen.map(({ name, of }) => [name, judgeLoad(name, of, say)]));
}

function judgeRead(question: string, asked: Partial<ByDoor<Asked>>, say: Say): Record<string, unknown> {
  const [ours, mlflow, other] = [asked.runledger as Asked, asked.mlflow as Asked, asked.fasttrackml];
  const timesFaster = tenths(mlflow.p50Ms / ours.p50Ms);
  const most = Math.max(other?.p50Ms ?? 0, FAST_ENOUGH_MS);
  const same = isDeepStrictEqual(ours.found, mlflow.found);
  const ok = same && timesFaster >= READ_GOAL && ours.p50Ms <= most;
  say(`  ${question}: ${ours.p50Ms} ms (p95 ${ours.p95Ms}), ${timesFaster} × as fast as MLflow (${mlflow.p50Ms} ms)`);
  say(`    FastTrackML ${other?.p50Ms ?? '—'} ms; wanted ${READ_GOAL} × and at most ${most} ms: ${verdict(ok)}`);
  if (!same) say('    and another answer than MLflow gives');
  const times = Object.fromEntries(Object.entries(asked).map(([door, { p50Ms, p95Ms }]) => [door, { p50Ms, p95Ms }]));
  return { ...times, timesFaster, mostMs: most, sameAnswer: same, ok };
}

async function measureReads(scale: number, say: Say): Promise<Record<string, unknown>> {
  const size = { runs: FULL.runs * scale, points: FULL.points * scale };
  const questions = Object.keys(QUESTIONS);
  const seen = new Map<string, { -readonly [D in DoorName]?: Asked }>(questions.map((question) => [question, {}]));
  for (const door of DOORS)
    await withDoor(door, async (at) => {
      say(`${door}: ${size.runs} runs and a series of ${size.points} points …`);
      const client = new MlflowClient(at, 8);
      const filled = await fill(client, size);
      for (const [name, question] of Object.entries(QUESTIONS)) {
        const of = seen.get(name);
        if (of !== undefined && knows(door, name)) of[door] = await askOften(filled, question);
      }
      await client.close();
    });
  return Object.fromEntries([...seen].map(([question, asked]) => [question, judgeRead(question, asked, say)]));
}

/** MLflow's own server, FastTrackML and this one, by the same generator. `quick` is a look, not a result. */
export async function measureMlflow(
  parts: readonly MlflowPart[],
  quick: boolean,
  say: Say,
): Promise<Record<string, unknown>> {
  const loads = parts.filter((part) => part !== 'reads');
  return {
    loads: loads.length === 0 ? undefined : await measureLoads(loads, quick ? 1 : 5, say),
    reads: parts.includes('reads') ? await measureReads(quick ? 0.1 : 1, say) : undefined,
  };
}
