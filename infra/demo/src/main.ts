import { demo } from './demo';
import { receiveTask } from './run-sweep';
import { trainRun } from './train-run';

const TRAIN = 'train-one-run';

/** This program again: by way of whatever runs it now. */
function trainingProgram() {
  const file = require.main?.filename ?? __filename;
  return { file, args: file === __filename ? [TRAIN] : [__filename, TRAIN] };
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args[0] === TRAIN && process.send !== undefined) return receiveTask(trainRun);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(130);
      stop.abort();
    });
  process.exitCode = await demo({
    args,
    env: process.env,
    out: process.stdout,
    program: trainingProgram(),
    stop: stop.signal,
  });
  return undefined;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
