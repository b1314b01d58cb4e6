import type { RebuildLine } from '@runledger/contracts/http';
import { Argument, type Command } from 'commander';
import { createTicker, cut, failed, linesOf, runCheck } from './check-lines';
import { type CliEnds, CommandExit, EXIT } from './cli-ends';
import { createServer } from './server';

type CheckFlags = Readonly<{ repair?: boolean; artifacts?: boolean; json?: boolean }>;

/** `check` and `rebuild`: whether what people read is what the log says, and how it becomes so again. */
export function addUpkeepCommands(program: Command, ends: CliEnds): void {
  program
    .command('check')
    .description(
      'read the whole log again and compare it with what people read and with the ledger; exit code 1 where something differs',
    )
    .option('--repair', 'rebuild what differs, thing by thing')
    .option('--no-artifacts', 'do not read the stored files, which may be many gigabytes')
    .option('--json', 'answer as JSON lines')
    .addHelpText(
      'after',
      `
It needs a key of an admin of the first workspace, and nobody waits for it. Names each difference: what it is about, where it lies, a few rows
that are missing (-) and that should not be there (+). Then each leaf of the ledger is compared with the record that it commits to, with the stored
files that it names, with its tiles and with every checkpoint: what differs there cannot be repaired. With --repair the exit code is 0 where all was repaired.

Examples:
  runledger check
  runledger check --repair`,
    )
    .action(async ({ repair = false, artifacts = true, json = false }: CheckFlags) => {
      const read = await runCheck(ends, 'check', { repair }, json);
      const ledger = await runCheck(ends, 'ledger/check', { artifacts }, json);
      if (read.differences > read.repaired || ledger.differences > 0) throw new CommandExit(EXIT.refused);
    });

  program
    .command('rebuild')
    .description('fill a projection anew from the log, beside the one that is read meanwhile, and put it in its place')
    .addArgument(
      new Argument('<projection>', 'metadata: runs, experiments, models; series: points; console: lines').choices([
        'metadata',
        'console',
        'series',
      ]),
    )
    .addHelpText(
      'after',
      `
It needs a key of an admin of the first workspace. It goes on when you interrupt it here, and begins again where it was when the server is
stopped. Needed after an upgrade? No: a release that fills a projection in another way rebuilds it by itself.

Example:
  runledger rebuild series`,
    )
    .action(async (projection: string) => {
      const tick = createTicker(ends);
      let last: RebuildLine | undefined;
      for await (const line of linesOf<RebuildLine>(await createServer(ends).stream('rebuild', { projection }))) {
        last = line;
        if (line.kind === 'failed') throw failed(line);
        tick(line);
      }
      if (last?.kind !== 'progress' || last.stage !== 'done') throw cut();
      ends.err.write(ends.err.isTTY ? '\n' : '');
      ends.out.write(`${projection} is rebuilt\n`);
    });
}
