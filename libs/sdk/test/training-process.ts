// Run as a process, which the tests kill: `training-process.ts <how> <url> <spool>` logs to a run and tells on its way.
import { startRun } from '../src/start-run';

const [how = '', url = '', spool = ''] = process.argv.slice(2);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function train(): Promise<void> {
  const run = await startRun({
    url,
    spool,
    experiment: 'digits',
    name: how,
    env: {},
    maxAgeMs: 30,
    connectTimeoutMs: 200,
    signals: how === 'signal',
  });
  say(`run ${run.id} ${run.writer}`);
  let step = 0;
  const log = (n: number): void => {
    for (const end = step + n; step < end; step++) run.log({ loss: step, accuracy: -step }, { step });
  };
  const forever = async (): Promise<never> => {
    for (;;) {
      log(100);
      const { points } = await run.synced();
      say(`synced ${points}`);
    }
  };
  const ways: Record<string, () => Promise<void> | void> = {
    /** Logs until it is killed, and tells how much is on the disk. */
    killed: forever,
    signal: forever,
    /** Never gives the event loop a turn. */
    blocked: () => {
      for (;;) {
        log(100);
        const until = performance.now() + 2;
        while (performance.now() < until);
      }
    },
    /** Ends without a finish. */
    'runs-out': () => log(100),
    exits: () => {
      log(100);
      process.exit(3);
    },
    throws: () => {
      log(100);
      throw new Error('training broke');
    },
    finishes: async () => {
      log(100);
      await run.artifact('model.bin', Buffer.alloc(10_000, 1));
      const finish = await run.finish('finished', { timeoutMs: 300 });
      say(`finish ${JSON.stringify(finish)}`);
    },
  };
  await ways[how]?.();
}

void train();
