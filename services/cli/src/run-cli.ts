import { isFault } from '@runledger/kernel';
import { Command, CommanderError } from 'commander';
import { addAccessCommands } from './access-commands';
import { addArchiveCommands } from './archive-commands';
import { type CliEnds, CommandExit, EXIT } from './cli-ends';
import { addDeadLetterCommands } from './dead-letter-commands';
import { addErasureCommands } from './erasure-commands';
import { addEvidenceCommands } from './evidence-commands';
import { addGovernanceCommands } from './governance-commands';
import { addQueryCommands } from './query-commands';
import { addRetentionCommands } from './retention-commands';
import { addRunCommands } from './run-commands';
import { addSessionCommands } from './session-commands';
import { addUpkeepCommands } from './upkeep-commands';

function createProgram(ends: CliEnds): Command {
  const program = new Command('runledger')
    .description('Reads runs, metrics and everything about them from a Runledger server.')
    .configureOutput({
      writeOut: (text) => void ends.out.write(text),
      writeErr: (text) => void ends.err.write(text),
    })
    .exitOverride()
    .showHelpAfterError('(add --help for what it takes)')
    .addHelpText(
      'after',
      `
Settings, from the environment:
  RUNLEDGER_URL      address of the server (http://127.0.0.1:7070)
  RUNLEDGER_API_KEY  key that may read runs; on one machine: $(cat .runledger/admin.key). People log in instead: runledger login

Exit codes: 0 done, 1 refused, broken off, or a check that found something, 2 wrong use, 3 no server, 130 interrupted`,
    );
  addRunCommands(program, ends);
  addQueryCommands(program, ends, () => process.stdin);
  addEvidenceCommands(program, ends);
  addDeadLetterCommands(program, ends);
  addErasureCommands(program, ends);
  addRetentionCommands(program, ends);
  addUpkeepCommands(program, ends);
  addArchiveCommands(program, ends);
  addGovernanceCommands(program, ends);
  addSessionCommands(program, ends);
  addAccessCommands(program, ends);
  return program;
}

/** Runs one command line. Answers the exit code; nothing is thrown. */
export async function runCli(args: readonly string[], ends: CliEnds): Promise<number> {
  try {
    await createProgram(ends).parseAsync(args, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommandExit) return error.code;
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    if (ends.signal.aborted) {
      ends.err.write('\ninterrupted\n');
      return EXIT.interrupted;
    }
    ends.err.write(`runledger: ${error instanceof Error ? error.message : String(error)}\n`);
    return isFault(error) && error.code === 'CLI_AWAY' ? EXIT.away : EXIT.refused;
  }
}
