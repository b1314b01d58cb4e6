import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DemoOptions, HELP, readOptions } from './demo-options';
import { type Dataset, packDigits } from './digits';
import { readConnection, whatIsWrong } from './find-server';
import { type Output, Progress } from './progress';
import { ReadBack, type RunResult } from './read-back';
import { resultTable } from './result-table';
import { type Ended, type Program, runSweep } from './run-sweep';
import { trialName, trialsOf } from './sweep';
import type { Connection, Task } from './task';

export type DemoProcess = Readonly<{
  args: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  out: Output;
  program: Program;
  stop: AbortSignal;
}>;

const BATCH_SIZE = 64;
const FIRST_SEED = 1;

function tasksOf(options: DemoOptions, connection: Connection, dataset: Dataset): Task[] {
  const sweep = new Date().toISOString();
  return trialsOf(options.runs).map((trial, i) => ({
    connection,
    experiment: options.experiment,
    sweep,
    name: trialName(trial),
    trial,
    steps: options.steps,
    batchSize: BATCH_SIZE,
    seed: FIRST_SEED + i,
    dataset,
  }));
}

/** Answers the exit code: 0 when every run ended well and every point that was sent is stored. */
export async function demo({ args, env, out, program, stop }: DemoProcess): Promise<number> {
  const say = (text: string): void => void out.write(`${text}\n`);
  const options = readOptions(args);
  if (options.help) {
    say(HELP);
    return 0;
  }
  const connection = readConnection(env, options.readUrl);
  const wrong = await whatIsWrong(connection);
  if (wrong !== undefined) {
    say(wrong);
    return 1;
  }
  const startedAt = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'runledger-demo-'));
  try {
    const dataset = packDigits(join(folder, 'digits.bin'));
    say(`${dataset.count} handwritten digits (${dataset.source}, ${dataset.digest.slice(0, 19)}…)`);
    say(`${options.runs} runs of ${options.steps} steps, logged to ${connection.url}\n`);
    const tasks = tasksOf(options, connection, dataset);
    const events = new Progress(tasks, out);
    const ended = await runSweep({ program, tasks, events, stop });
    if (stop.aborted) {
      say('\nStopped. The runs that were training are marked as killed.');
      return 130;
    }
    return await summarize(ended, { connection, say, startedAt });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Summary = Readonly<{ connection: Connection; say(text: string): void; startedAt: number }>;

async function summarize(ended: ReadonlyArray<Ended | null>, { connection, say, startedAt }: Summary): Promise<number> {
  const readBack = new ReadBack(connection);
  const results: RunResult[] = [];
  try {
    for (const one of ended) if (one !== null) results.push(await readBack.read(one));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    say(`\nThe runs cannot be read back: ${why}`);
    say(`What was not delivered is kept in ${connection.spool}; the next run on this folder sends it.`);
    return 1;
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const sum = (of: (result: RunResult) => number): number => results.reduce((all, result) => all + of(result), 0);
  const failed = ended.length - results.length;
  const broken = results.filter(({ whole, status }) => !whole || status !== 'finished');
  say(`\nRead back from the server:\n\n${resultTable(results)}\n`);
  const sent = sum(({ sentPoints }) => sentPoints ?? 0);
  say(
    `sent ${sent} points, stored ${sum((r) => r.storedPoints)}, missing batches ${sum((r) => r.missing)}, in ${seconds} s`,
  );
  if (failed > 0) say(`${failed} of ${ended.length} runs failed.`);
  for (const { run, status } of broken) say(`Run ${run} (${status}) is not whole on the server.`);
  return failed === 0 && broken.length === 0 ? 0 : 1;
}
