import { verifyCommand } from '@runledger/evidence';
import type { Command } from 'commander';
import { createByteMeter } from './byte-meter';
import { type CliEnds, CommandExit } from './cli-ends';
import { withBundle } from './fetch-bundle';
import { repeated } from './repeated';
import { saveAnswer } from './save-answer';
import { createServer } from './server';

type Scope = Readonly<Partial<Record<'run' | 'model' | 'version' | 'project' | 'from' | 'to', string>>>;
type EvidenceOptions = Scope & Readonly<{ output: string; artifacts: boolean; names: boolean }>;

/** `evidence` and `verify`: what is handed to somebody who trusts neither us nor the operator, and how he checks it. */
export function addEvidenceCommands(program: Command, ends: CliEnds): void {
  program
    .command('evidence')
    .description('write a bundle that proves what was recorded of a run, a model, a project or a time')
    .requiredOption('-o, --output <file>', 'where to: a tar archive')
    .option('--run <id>', 'of this run')
    .option('--model <name>', 'of this model, with the runs that its versions come from')
    .option('--model-version <number>', 'only this version of the model')
    .option('--project <id>', 'of this project')
    .option('--from <time>', 'with --to: all that was accepted between two times, as 2026-11-26T00:00:00Z')
    .option('--to <time>')
    .option('--no-artifacts', 'leave the bytes of artifacts out')
    .option('--no-names', 'leave sealed what is said of people, in the dossier too: for a bundle that is kept for long')
    .addHelpText(
      'after',
      `
Examples:
  runledger evidence --run first -o first.tar
  runledger evidence --model digits --model-version 3 -o digits-3.tar`,
    )
    .action(async ({ output, artifacts, names, ...scope }: EvidenceOptions & Readonly<{ modelVersion?: string }>) => {
      const { modelVersion, ...named } = scope;
      const asked = { ...named, version: modelVersion, artifacts: String(artifacts), names: String(names) };
      const given = Object.entries(asked).filter((one): one is [string, string] => one[1] !== undefined);
      const query = new URLSearchParams(given);
      await saveAnswer(ends, await createServer(ends).fetch(`evidence?${query.toString()}`), output);
    });

  program
    .command('verify')
    .description('check a bundle of evidence; of one that lies here without a server, and without a network')
    .argument('<bundle>', 'the archive, the folder that it was unpacked into, or an address that answers with it')
    .requiredOption(
      '--key <key>',
      "the log's verifier key, or a file of them, from a place that you trust, never from the bundle; repeat it for more",
      repeated,
    )
    .option(
      '--witness <key>',
      'verifier key of somebody who must have signed the checkpoint too, or a file of them; repeat it for more',
      repeated,
    )
    .addHelpText(
      'after',
      `
Examples:
  curl -s -H "authorization: Bearer $RUNLEDGER_API_KEY" http://127.0.0.1:7070/log/default/vkey > log.vkey
  runledger verify first.tar --key log.vkey
  runledger verify 'http://127.0.0.1:7070/api/v1/evidence?run=first' --key log.vkey`,
    )
    .action(async (bundle: string, { key, witness }: Readonly<{ key: string[]; witness?: string[] }>) => {
      const meter = createByteMeter(ends, 'checked');
      const code = await withBundle(ends, bundle, (file) =>
        verifyCommand(
          file,
          { keys: key, witnesses: witness },
          {
            out(line) {
              meter.leave();
              ends.out.write(`${line}\n`);
            },
            error(line) {
              meter.leave();
              ends.err.write(`${line}\n`);
            },
            progress(read, of) {
              ends.signal.throwIfAborted();
              meter.at(read, of);
            },
          },
        ),
      );
      if (code !== 0) throw new CommandExit(code);
    });
}
