import type { ArchiveAnswer, ArchiveLine } from '@runledger/contracts/http';
import type { Command } from 'commander';
import { cut, failed, linesOf, runCheck } from './check-lines';
import { type CliEnds, CommandExit, EXIT } from './cli-ends';
import { createServer } from './server';
import { layTable } from './text-table';

type Flags = Readonly<{ json?: boolean }>;

function standings({ archives, partitions }: ArchiveAnswer): string {
  const names = [
    'partition',
    'archived to',
    'log begins at',
    'files',
    'bytes',
    'last archived',
    'verified since',
    'last dropped',
  ];
  const rows = partitions.map((one) => [
    `${one.topic}/${one.partition}`,
    one.archivedTo,
    one.droppedTo,
    one.ranges,
    one.bytes,
    one.lastArchivedAt,
    one.verifiedAt,
    one.lastDroppedAt,
  ]);
  if (rows.length > 0) return layTable(names, rows);
  return archives ? 'nothing is archived yet\n' : 'there is no archive: set RUNLEDGER_ARCHIVE\n';
}

function told(line: ArchiveLine): string {
  switch (line.kind) {
    case 'archived':
      return `archived offsets ${line.first} to ${line.next - 1} of ${line.topic}/${line.partition}: ${line.bytes} bytes, sha256:${line.digest}\n`;
    case 'dropped':
      return `dropped what is before offset ${line.before} of ${line.topic}/${line.partition}\n`;
    case 'held':
      return line.topic === null
        ? `held by ${line.by}: try again in a minute\n`
        : `held at offset ${line.offset} of ${line.topic}/${line.partition} by ${line.by}\n`;
    case 'result':
      return `${line.ranges} files written, ${line.bytes} bytes; ${line.dropped} messages dropped\n`;
    case 'failed':
      return '';
    default:
      return line satisfies never;
  }
}

async function archiveNow(ends: CliEnds, json: boolean): Promise<void> {
  let last: ArchiveLine | undefined;
  for await (const line of linesOf<ArchiveLine>(await createServer(ends).stream('archive', {}))) {
    last = line;
    ends.out.write(json ? `${JSON.stringify(line)}\n` : told(line));
  }
  if (last?.kind === 'failed') throw failed(last);
  if (last?.kind !== 'result') throw cut();
}

/** `archive`: where what is old in the log is kept. */
export function addArchiveCommands(program: Command, ends: CliEnds): void {
  const archive = program
    .command('archive')
    .description('what is old in the log: how far it is archived, archive it now, verify it');
  archive
    .command('status', { isDefault: true })
    .description('how far each partition is archived, and where the log begins')
    .option('--json', 'answer as JSON')
    .action(async ({ json = false }: Flags) => {
      const answer = await createServer(ends).read<ArchiveAnswer>('archive');
      ends.out.write(json ? `${JSON.stringify(answer)}\n` : standings(answer));
    });
  archive
    .command('run')
    .description('archive what is old enough now, and drop from the log what may go; says what holds messages there')
    .option('--json', 'answer as JSON lines')
    .action(async ({ json = false }: Flags) => archiveNow(ends, json));
  archive
    .command('verify')
    .description('read every file of the archive back; exit code 1 where one is not what was put there')
    .option('--json', 'answer as JSON lines')
    .action(async ({ json = false }: Flags) => {
      const { differences } = await runCheck(ends, 'archive/verify', {}, json);
      if (differences > 0) throw new CommandExit(EXIT.refused);
    });
  archive.addHelpText(
    'after',
    `
It needs a key of an admin of the first workspace.

Examples:
  runledger archive
  runledger archive run
  runledger archive verify`,
  );
}
