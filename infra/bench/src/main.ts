import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bareInsert } from './bare-insert';
import { folderBytes, measureDisk } from './disk';
import { measureLatency } from './latency';
import { describeMachine } from './machine';
import { measureMemory, residentMiB } from './memory';
import { startServer } from './server';
import { measureThroughput } from './throughput';

const HELP = `npm run bench -- [--quick] [--memory-minutes N] [--kafka]

Measures, in one run on this machine: a bare insert, points a second acknowledged and stored, the time from an
acknowledgement to a read that shows it, bytes a point on disk, and memory. Writes infra/bench/results/<commit>.json.

  --quick              a tenth of the load: a look, not a result
  --memory-minutes N   full load for N minutes, memory watched (0 leaves it out; the budget is for 10)
`;

const RESULTS = path.resolve(__dirname, '../results');

async function benchAllInOne(scale: number, memoryMinutes: number): Promise<Record<string, unknown>> {
  const say = (text: string): void => console.error(text);
  say('bare insert of 500,000-row RowBinary files …');
  const bare = await bareInsert(Math.max(3, Math.round(20 * scale)));
  say(`  ${Math.round(bare).toLocaleString('en')} rows a second`);

  const server = await startServer(mkdtempSync('/var/tmp/runledger-bench-'));
  try {
    const memoryBefore = residentMiB(server.pid);
    const load = { runs: 24, keys: 20, pointsPerBatch: 10_000, batchesPerRun: Math.max(5, Math.round(100 * scale)) };
    await measureThroughput(server, { ...load, batchesPerRun: 5 }, 8); // warm
    say('points a second through the native door …');
    const throughput = await measureThroughput(server, load, 8);
    const share = throughput.storedPerSecond / bare;
    say(
      `  ${throughput.acknowledgedPerSecond.toLocaleString('en')} acknowledged, ${throughput.storedPerSecond.toLocaleString('en')} stored: ${(share * 100).toFixed(1)} % of the bare insert`,
    );
    say('acknowledged to visible at 100,000 points a second …');
    const latency = await measureLatency(server, { pointsPerSecond: 100_000, seconds: Math.max(10, 60 * scale) });
    say(`  p50 ${latency.p50Ms} ms, p99 ${latency.p99Ms} ms`);
    const memory = memoryMinutes > 0 ? await measureMemory(server, memoryMinutes * 60) : undefined;
    const memoryAfter = residentMiB(server.pid);
    return {
      bareInsertRowsPerSecond: Math.round(bare),
      throughput,
      shareOfBareInsert: share,
      latency,
      memoryBefore,
      memoryAfter,
      memory,
    };
  } finally {
    await server.stop();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { quick: { type: 'boolean' }, help: { type: 'boolean' }, 'memory-minutes': { type: 'string' } },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const machine = describeMachine();
  const allInOne = await benchAllInOne(values.quick ? 0.1 : 1, Number(values['memory-minutes'] ?? 0));
  const results = { machine, quick: values.quick === true, allInOne };
  mkdirSync(RESULTS, { recursive: true });
  const file = path.join(RESULTS, `${String(machine['commit']).slice(0, 12)}${values.quick ? '-quick' : ''}.json`);
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  console.log(JSON.stringify(results, null, 2));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
