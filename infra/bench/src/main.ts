import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { residentMiB, temporaryFolder } from '@runledger/testkit';
import { bareInsert } from './bare-insert';
import { folderBytes, measureDisk } from './disk';
import { measureFill } from './fill-log';
import { measureKills } from './kills';
import { measureLatency } from './latency';
import { measureLedger } from './ledger';
import { measureLive } from './live';
import { describeMachine } from './machine';
import { measureMemory } from './memory';
import { MLFLOW_PARTS, type MlflowPart, measureMlflow } from './mlflow';
import { measureReads } from './reads';
import { startScaledShape } from './scaled-shape';
import { measureSearch } from './search';
import { type Server, startServer } from './server';
import { measureThroughput, type Throughput } from './throughput';
import { measureWeb } from './web';

const HELP = `npm run bench -- [search|fill|reads|web|ledger|mlflow [part …]] [--quick] [--memory-minutes N] [--kafka] [--kills N]

Measures, in one run on this machine: a bare insert, points a second acknowledged and stored, the time from an
acknowledgement to a read that shows it, bytes a point on disk, and memory. Writes infra/bench/results/<commit>.json.

  search               searches over 100,000 runs instead; writes infra/bench/results/search-<commit>.json
  fill                 the time that 100,000 runs of 30 params and 50 metrics take through the doors, the log and the projectors
                       instead; writes infra/bench/results/fill-<commit>.json
  reads                charts of 10 million points, live, search and names instead: the budgets of reading, in one run;
                       writes infra/bench/results/reads-<commit>.json
  web                  the pages in a real browser, on 100,000 runs instead: first load, opening them, a chart of 100 runs,
                       and with --memory-minutes the heap while a run is watched; writes infra/bench/results/web-<commit>.json
  ledger               leaves a second, the notary's share of the pipeline's processor time, and the time to verify evidence of
                       a million events instead; writes infra/bench/results/ledger-<commit>.json
  mlflow [part …]      MLflow's own server, FastTrackML and this one by the same generator, or some parts of it
                       (${MLFLOW_PARTS.join(', ')}); writes infra/bench/results/mlflow-<commit>.json
  --quick              a tenth of the load: a look, not a result
  --memory-minutes N   full load for N minutes, memory watched (the budget is for 10; default 0, left out); of web, the
                       page's heap
  --kafka              the scaled shape too, on a real Kafka
  --kills N            kill -9 the server N times under a stream, and check every acknowledgement (default 20)
`;

const RESULTS = path.resolve(__dirname, '../results');
const say = (text: string): void => console.error(text);
const count = (n: number): string => Math.round(n).toLocaleString('en');
const percent = (share: number): number => Math.round(share * 1000) / 10;

const LOAD = { runs: 24, keys: 20, pointsPerBatch: 10_000 };
const CONNECTIONS = 8;

function sayThroughput({ acknowledgedPerSecond, storedPerSecond }: Throughput, bare: number): void {
  const share = percent(storedPerSecond / bare);
  say(
    `  ${count(acknowledgedPerSecond)} acknowledged, ${count(storedPerSecond)} stored: ${share} % of the bare insert`,
  );
}

/** Throughput of a warm server. */
async function warmThroughput(door: Parameters<typeof measureThroughput>[0], scale: number): Promise<Throughput> {
  await measureThroughput(door, { ...LOAD, batchesPerRun: 10 }, CONNECTIONS);
  return measureThroughput(door, { ...LOAD, batchesPerRun: Math.max(5, Math.round(100 * scale)) }, CONNECTIONS);
}

async function benchAllInOne(bare: number, scale: number, memoryMinutes: number): Promise<Record<string, unknown>> {
  const folder = temporaryFolder('bench');
  const server = await startServer(folder.path);
  const memoryBeforeMiB = residentMiB(server.pid);
  say('all-in-one: points a second through the native door …');
  const throughput = await warmThroughput(server, scale);
  sayThroughput(throughput, bare);
  say('all-in-one: acknowledged to visible at 100,000 points a second …');
  const latency = await measureLatency(server, { pointsPerSecond: 100_000, seconds: Math.max(10, 60 * scale) });
  say(`  p50 ${latency.p50Ms} ms, p99 ${latency.p99Ms} ms`);
  if (memoryMinutes > 0) say(`all-in-one: full load for ${memoryMinutes} minutes …`);
  const memory = memoryMinutes > 0 ? await measureMemory(server, memoryMinutes * 60) : undefined;
  const memoryAfterMiB = residentMiB(server.pid);
  await server.stop();
  const logBytes = folderBytes(path.join(folder.path, 'postgres'));
  const disk = await measureDisk(folder.path);
  say(`  ${disk.bytesPerPoint} bytes a point on disk`);
  folder.remove();
  return {
    throughput,
    percentOfBareInsert: percent(throughput.storedPerSecond / bare),
    latency,
    memoryBeforeMiB,
    memoryAfterMiB,
    memory,
    disk,
    logBytesPerPoint: Math.round((logBytes / disk.points) * 100) / 100,
  };
}

async function benchScaled(bare: number, scale: number): Promise<Record<string, unknown>> {
  say('scaled shape on Kafka: points a second …');
  const shape = await startScaledShape();
  try {
    const door = { url: shape.writeUrl, readUrl: shape.readUrl, key: shape.key };
    const throughput = await warmThroughput(door, scale);
    sayThroughput(throughput, bare);
    const latency = await measureLatency(door, { pointsPerSecond: 100_000, seconds: Math.max(10, 30 * scale) });
    say(`  p50 ${latency.p50Ms} ms, p99 ${latency.p99Ms} ms`);
    return { throughput, percentOfBareInsert: percent(throughput.storedPerSecond / bare), latency };
  } finally {
    await shape.stop();
  }
}

/** All of them when none is named. */
function mlflowParts(words: readonly string[]): readonly MlflowPart[] {
  const unknown = words.find((word) => !MLFLOW_PARTS.some((part) => part === word));
  if (unknown !== undefined) throw new Error(`${unknown} is not one of ${MLFLOW_PARTS.join(', ')}`);
  return words.length === 0 ? MLFLOW_PARTS : MLFLOW_PARTS.filter((part) => words.includes(part));
}

type Results = Readonly<{ machine: Record<string, unknown>; quick: boolean }> & Record<string, unknown>;

function writeResults(kind: string, results: Results): void {
  mkdirSync(RESULTS, { recursive: true });
  const commit = String(results.machine['commit']).slice(0, 12);
  const file = path.join(RESULTS, `${kind}${commit}${results.quick ? '-quick' : ''}.json`);
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  console.log(JSON.stringify(results, null, 2));
}

async function withServer<T>(measure: (server: Server) => Promise<T>): Promise<T> {
  const folder = temporaryFolder('bench');
  const server = await startServer(folder.path);
  try {
    return await measure(server);
  } finally {
    await server.stop();
    folder.remove();
  }
}

type Options = Readonly<{
  /** Of the full load. */
  scale: number;
  quick: boolean;
  kafka: boolean;
  kills: number;
  memoryMinutes: number;
  /** What was named behind the part. */
  words: readonly string[];
}>;

async function benchPipeline({ scale, kafka, kills, memoryMinutes }: Options): Promise<Record<string, unknown>> {
  say('bare insert of 500,000-row RowBinary files …');
  const bare = await bareInsert(Math.max(5, Math.round(20 * scale)));
  say(`  ${count(bare)} rows a second`);
  const allInOne = await benchAllInOne(bare, scale, memoryMinutes);
  const scaled = kafka ? await benchScaled(bare, scale) : undefined;
  const killed = kills > 0 ? await measureKills(kills) : undefined;
  return { bareInsertRowsPerSecond: Math.round(bare), allInOne, scaled, kills: killed };
}

async function benchReads({ scale, quick }: Options): Promise<Record<string, unknown>> {
  // The only one of these that waits for disks: it comes before those that leave them gigabytes to write.
  say('live, at 50,000 points a second …');
  const live = await withServer((server) => measureLive(server, { seconds: 30 * scale }));
  say(JSON.stringify(live));
  say('charts of 10 million points …');
  const charts = await measureReads(quick);
  say(JSON.stringify(charts));
  return { live, charts, ...(await measureSearch(100_000 * scale, say)) };
}

async function benchFill({ scale }: Options): Promise<Record<string, unknown>> {
  const runs = 100_000 * scale;
  say(`${runs} runs through the doors and the log …`);
  return { fill: await withServer((server) => measureFill(server, runs, say)) };
}

const PARTS: Readonly<Record<string, (options: Options) => Promise<Record<string, unknown>>>> = {
  search: ({ scale }) => measureSearch(100_000 * scale, say),
  fill: benchFill,
  web: ({ scale, memoryMinutes }) => measureWeb({ runs: 100_000 * scale, minutes: memoryMinutes }, say),
  ledger: ({ scale }) => measureLedger(scale, say),
  reads: benchReads,
  mlflow: ({ words, quick }) => measureMlflow(mlflowParts(words), quick, say),
};

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      kafka: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      kills: { type: 'string', default: '20' },
      'memory-minutes': { type: 'string', default: '0' },
    },
  });
  const [name = '', ...words] = positionals;
  const part = name === '' ? benchPipeline : PARTS[name];
  if (values.help || part === undefined) {
    console.log(HELP);
    if (part === undefined) throw new Error(`${name} is not one of ${Object.keys(PARTS).join(', ')}`);
    return;
  }
  const { quick, kafka } = values;
  const machine = describeMachine();
  const measured = await part({
    ...{ quick, kafka, words, scale: quick ? 0.1 : 1 },
    ...{ kills: Number(values.kills), memoryMinutes: Number(values['memory-minutes']) },
  });
  writeResults(name === '' ? '' : `${name}-`, { machine, quick, ...measured });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
